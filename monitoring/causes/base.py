"""The contract: what is asked (an alarm, what is read of each asset), what is noticed (signals), and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pandian.events import Cause

#: One asset of the inventory, as docs/inventory.md has it.
Document = Mapping[str, Any]
#: Asset and field; an empty field: the asset's records as a whole.
Place = tuple[str, str]
#: What an AUC fell of: data that the model reads moved; people or what they meet changed, while the data is as it was;
#: the model itself, as a new version; or nothing that was seen.
Verdict = Literal["data", "behaviour", "model", "unknown"]
#: What began at the time that is asked about: the AUC fell, probabilities went off, or labels stopped being positive.
What = Literal["fall", "calibration", "famine"]
#: Which side of a field moved.
Kind = Literal[
    "missing", "spelled", "types", "written", "values", "stuck", "distinct", "schema", "mean", "new", "known",
    "strange", "stale", "fresh", "orphans", "early", "late", "duplicates", "silence", "rate",
]  # fmt: skip

#: Least uncertainty of an alarm's beginning: labels come no finer.
_LEAST_MS = 60_000


@dataclass(frozen=True, slots=True)
class Fall:
    """How far the AUC fell among the impressions of one segment."""

    segment: str
    """A name of :mod:`pandian.segments`: ``user``, ``group`` or ``source``."""
    value: str
    """Which one, such as ``known``."""
    size: float
    """AUC before less AUC now."""
    low: float
    """Lower end of its interval."""
    labels: int
    """How many of the newest labels are of it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How a version's scores lie: how many are in each of some buckets, from low to high."""

    before: Sequence[int]
    """Of what was answered before the fall."""
    after: Sequence[int]
    """And since."""
    auc_high: float | None = None
    """Upper end of the interval of the AUC since; None: not known."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A model's AUC has fallen, or something else is wrong with it."""

    subject: str
    """Model and version, such as ``sasrec@20260301-101500-3fa9c1``."""
    since: int
    """Estimated beginning of the change, epoch milliseconds."""
    time: int
    """When it was noticed, epoch milliseconds."""
    size: float
    """AUC before less AUC now; 0 of what is no fall."""
    uncertainty_ms: int | None = None
    """Standard error of ``since``; None: a quarter of the time until it was noticed, a minute at least."""
    falls: Sequence[Fall] = ()
    """The same by segment, where that is known."""
    scores: Scores | None = None
    """What the version answered; None: not known, and then what it answers is taken to be as it was."""
    what: What = "fall"

    @property
    def error_ms(self) -> float:
        """The standard error of ``since``, in milliseconds."""
        if self.uncertainty_ms is not None:
            return max(self.uncertainty_ms, 1)
        return max((self.time - self.since) / 4, _LEAST_MS)

    @property
    def settled(self) -> int:
        """A time before which nothing of the change was there, most surely: three standard errors before ``since``."""
        return round(self.since - 3 * self.error_ms)


@dataclass(frozen=True, slots=True)
class Use:
    """What a model takes from a field, or from the records of an asset as a whole."""

    role: str
    """Such as ``user``, ``item``, ``price``; ``records`` of an asset; empty: none."""
    weight: float
    """Share of what the model knows that hangs on it, 0 to 1: a judgement, see docs/causes.md."""
    path: Sequence[str] = ()
    """From the record to the model, in words."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which fields a model reads, and how."""

    uses: Mapping[Place, Use]
    since: int | None = None
    """When this version of the model began to answer, epoch milliseconds; None: not known."""

    def of(self, place: Place) -> Use:
        """Return what the model takes from a place: little, but not nothing, of one that nobody maps."""
        return self.uses.get(place, UNMAPPED)


#: A field may matter in ways that no mapping knows: as a sign that its producer was changed.
UNMAPPED = Use("", 0.02)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something moved."""

    asset: str
    field: str
    """Empty: the records as a whole."""
    kind: Kind
    since: int
    """When it most likely began, epoch milliseconds."""
    error_ms: float
    """Standard error of that."""
    log10_evidence: float
    """Decimal logarithm of an e-value or Bayes factor against "nothing moved"."""
    size: float
    """Share of the records, or values, that moved, 0 to 1."""
    before: str
    after: str
    other: Place | None = None
    """The place that it is measured by, where that is another one."""

    @property
    def place(self) -> Place:
        """Asset and field."""
        return self.asset, self.field

    @property
    def against(self) -> str:
        """The asset that it is measured by; empty: its own past."""
        return self.other[0] if self.other is not None else ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place that moved, with all that speaks against it."""

    cause: Cause
    score: float
    """Expected share of what the model knows that moved with it, 0 to 1."""
    behaviour: bool
    """Whether what moved is what people do rather than what the data is like."""
    role: str
    path: Sequence[str]
    since: int
    """When it most likely began, epoch milliseconds."""
    signals: Sequence[Signal]
    """The heaviest first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an AUC fell, as far as the data tells."""

    verdict: Verdict
    suspects: Sequence[Suspect]
    """The likeliest first."""
    segments: Sequence[Fall]
    """Where the drop sits: those that fell clearly more than the whole, the furthest first."""
    text: str
    """A few sentences for people."""

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The suspects as an alert tells them."""
        return tuple(one.cause for one in self.suspects)

    def document(self) -> dict[str, Any]:
        """Return it as JSON values: each cause with its score, role, way to the model and beginning."""
        return {
            "verdict": self.verdict,
            "causes": [
                {
                    **asdict(one.cause),
                    "score": round(one.score, 4),
                    "behaviour": one.behaviour,
                    "role": one.role or None,
                    "path": list(one.path),
                    "since": one.since,
                }
                for one in self.suspects
            ],
            "segments": [asdict(one) for one in self.segments],
            "text": self.text,
        }
