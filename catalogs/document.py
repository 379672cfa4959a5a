"""The inventory document as typed, immutable views.

Here is the one gate for personal values: of a field that is masked, or whose class says that it should be, extremes,
sums, quantiles, lengths and frequent values are dropped while it is read, whatever the document says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Described

from catalogs.exceptions import DocumentError
from pandian.semantics import MASKED_CLASSES

#: Values as JSON has them. Numbers before booleans would take them for numbers.
Value = bool | int | float | str

#: What a document says of the values of a field; nothing of it is kept of masked ones.
_OF_VALUES = ("min", "max", "numbers", "sum", "mean", "stddev", "quantiles", "histogram", "lengths", "top")


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _unknown_is_absent(cls, raw: Any) -> Any:
        """Take null for what is not known, as the document has it."""
        return (
            {key: value for key, value in raw.items() if value is not None} if isinstance(raw, dict) else raw
        )


class Interval(_View):
    """A share between 0 and 1 with the ends of its interval."""

    score: float
    low: float
    high: float


class Estimate(_View):
    """A number with the ends of its interval; exact where they are equal."""

    estimate: float
    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether it was counted."""
        return self.low == self.high


class Quantile(_View):
    """The value at a rank, with the values at the ends of the rank's interval."""

    value: float
    low: float
    high: float


class Histogram(_View):
    """``len(counts) + 1`` edges."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]

    @property
    def drawable(self) -> bool:
        """Whether there is something to draw, and it fits together."""
        return len(self.edges) == len(self.counts) + 1 and any(count > 0 for count in self.counts)


class Top(_View):
    """A frequent value; its true count lies between low and high."""

    value: Value
    count: int
    low: int
    high: int


class Pii(_View):
    """How personal a field is, and the share of its values whose form shows it."""

    cls: str = Described("none", alias="class")
    prevalence: float = 0.0
    low: float = 0.0
    high: float = 1.0


class Field(_View):
    """One field of an asset."""

    path: str = Described(alias="field")
    types: dict[str, int] = {}
    semantic_type: str = "unknown"
    confidence: float = 0.0
    evidence: str = ""
    pii: Pii = Described(default_factory=lambda: Pii.model_validate({}))
    masked: bool = False
    count: int = 0
    missing: int = 0
    nulls: int = 0
    blanks: int = 0
    missing_spelled: int = 0
    distinct: Estimate | None = None
    minimum: Value | None = Described(None, alias="min")
    maximum: Value | None = Described(None, alias="max")
    numbers: int = 0
    mean: float | None = None
    stddev: float | None = None
    quantiles: dict[str, Quantile] = {}
    histogram: Histogram | None = None
    top: tuple[Top, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _show_nothing_of_masked(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        pii = raw.get("pii")
        said = pii.get("class") if isinstance(pii, dict) else None
        if not raw.get("masked") and said not in MASKED_CLASSES:
            return raw
        return {key: value for key, value in raw.items() if key not in _OF_VALUES} | {"masked": True}

    @property
    def places(self) -> int:
        """Places where it could have a value: records, or elements of the array that it is in."""
        return self.count + self.missing

    @property
    def written(self) -> int:
        """How often it was there, null and blank included."""
        return self.count + self.nulls + self.blanks

    @property
    def only_type(self) -> str | None:
        """The JSON type, when all its values have one."""
        found = [name for name, count in self.types.items() if count]
        return found[0] if len(found) == 1 else None

    def quantile(self, rank: float) -> Quantile | None:
        """Return the value at a rank that the document lists."""
        return self.quantiles.get(str(rank))


class Quality(_View):
    """How good an asset is: the grade is that of the lower end of the score."""

    grade: str | None = None
    score: float | None = None
    low: float | None = None
    high: float | None = None
    dimensions: dict[str, Interval] = {}

    @model_validator(mode="before")
    @classmethod
    def _measured_dimensions(cls, raw: Any) -> Any:
        dimensions = raw.get("dimensions") if isinstance(raw, dict) else None
        if not isinstance(dimensions, dict):
            return raw
        known = {name: one for name, one in dimensions.items() if isinstance(one, dict) and _scored(one)}
        return raw | {"dimensions": known}


class Source(_View):
    """Where the records are: a topic or a file."""

    topic: str | None = None
    file: str | None = None
    format: str | None = None
    envelope: str | None = None
    partitions: dict[str, Any] = {}


class Lateness(_View):
    """Seconds between a record's time and its reading."""

    p50: float | None = None
    p99: float | None = None


class Freshness(_View):
    """When the last event of an asset was."""

    last_event: str | None = None
    lateness_s: Lateness = Lateness()

    @property
    def last_event_ms(self) -> int | None:
        """The same in epoch milliseconds; None when it is no instant."""
        return _epoch_ms(self.last_event)


class Lineage(_View):
    """What the envelopes of the records say: how many there were of each, and each fact's values with counts."""

    envelopes: dict[str, int] = {}
    facts: dict[str, dict[str, int]] = {}


class SchemaChange(_View):
    """Something that became different about an asset's fields."""

    change: str = "changed"
    field: str = ""
    time: str | None = None
    before: str | None = None
    after: str | None = None
    records: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _epoch_is_a_time(cls, raw: Any) -> Any:
        time = raw.get("time") if isinstance(raw, dict) else None
        return raw | {"time": _iso(time)} if isinstance(time, (int, float)) else raw


class Point(_View):
    """How an asset was at a time."""

    time: str
    records: int = 0
    score: float | None = None


class Asset(_View):
    """One kind of record in one topic or file."""

    name: str = Described(alias="asset")
    kind: str = "other"
    records: int = 0
    header_records: int = 0
    quarantined: int = 0
    quarantined_reasons: dict[str, int] = {}
    bytes: int = 0
    source: Source = Source()
    freshness: Freshness = Freshness()
    quality: Quality = Quality()
    lineage: Lineage = Lineage()
    schema_changes: tuple[SchemaChange, ...] = ()
    relations: tuple[dict[str, Any], ...] = ()
    history: tuple[Point, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def newest_changes(self) -> list[SchemaChange]:
        """The schema changes, the latest first; those without a time last."""
        return sorted(self.schema_changes, key=lambda one: _epoch_ms(one.time) or 0, reverse=True)

    @property
    def personal(self) -> tuple[Field, ...]:
        """The fields whose values are masked."""
        return tuple(field for field in self.fields if field.masked)


class Inventory(_View):
    """All assets."""

    assets: tuple[Asset, ...]

    def only(self, names: Iterable[str]) -> Inventory:
        """Return the inventory of the assets with these names, in the document's order."""
        wanted = set(names)
        return Inventory(assets=tuple(asset for asset in self.assets if asset.name in wanted))

    @property
    def time_ms(self) -> int | None:
        """The last time that the document itself names: of its history, else of its last event."""
        times = [_epoch_ms(asset.history[-1].time) for asset in self.assets if asset.history]
        times = times or [asset.freshness.last_event_ms for asset in self.assets]
        return max((time for time in times if time is not None), default=None)


def read_inventory(raw: Any) -> Inventory:
    """Return the views of a document: of the whole inventory, or of one asset.

    Raises:
        DocumentError: naming the first place that is not as it must be.
    """
    if isinstance(raw, Mapping) and "asset" in raw and "assets" not in raw:
        raw = {"assets": [raw]}
    try:
        return Inventory.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(_place(part) for part in first["loc"]) or "the document"
        raise DocumentError(place, "is not as an inventory has it") from None


def _place(part: str | int) -> str:
    # Keys of objects can be anything; field names and indices are ours.
    return str(part) if isinstance(part, int) or part.isidentifier() else "…"


def _scored(raw: Mapping[str, Any]) -> bool:
    return all(isinstance(raw.get(key), (int, float)) for key in ("score", "low", "high"))


def _iso(epoch_ms: float) -> str | None:
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None


def _epoch_ms(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * 1000)
