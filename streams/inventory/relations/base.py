"""The words of this package: a field with its values, what an asset shows to others, a reference, a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.distinct import Estimate
from streams.inventory.relations.sketch import Hashes

#: Types that say nothing of what a value stands for.
GENERIC: Final = frozenset({"identifier", "uuid", "hash", "unknown", "number"})
#: Of these, the types that most often are no identifiers at all.
VAGUE: Final = frozenset({"unknown", "number"})
#: Types that stand for the same things.
ITEMS: Final = frozenset({"item_id", "sku", "gtin"})
#: Types that may be keys or references. Of masked ones only keyed hashes are compared.
REFERRING: Final = (
    ITEMS
    | GENERIC
    | {
        "session_id",
        "event_id",
        "order_id",
        "user_id",
        "device_id",
        "category_code",
        "seller_id",
        "item_model",
    }
    | {"email", "phone", "social_handle", "national_id", "passport_number", "driver_license", "vehicle_plate"}
    | {"bank_card", "bank_account", "mac_address"}
)
#: Which kind of asset holds the things themselves that an identifier of a type stands for.
HOMES: Final = {
    **dict.fromkeys(ITEMS, "items"),
    "user_id": "users",
    "email": "users",
    "phone": "users",
    "order_id": "orders",
}


class Interval(NamedTuple):
    """A share between 0 and 1 with its 99 % interval; low == estimate == high when it is exact."""

    estimate: float
    low: float
    high: float

    def document(self) -> dict[str, float]:
        """Return the JSON form."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class FieldSet:
    """A field that may be a key or a reference, with the set of its values."""

    path: str
    semantic_type: str
    masked: bool
    count: int
    """Values that are there."""
    distinct: Estimate
    """Different values, bounded also by how often the frequent ones were seen."""
    values: Hashes
    """The different values."""
    near: Hashes
    """Values that look like some of them, see :mod:`.nearby`."""
    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    """Of every value, where all were counted one by one; in ascending order."""
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """How often each was seen."""
    low: float | None = None
    """Where the field holds numbers, the lowest and highest without a hundredth at either end."""
    high: float | None = None

    @property
    def exact(self) -> bool:
        """Whether the set is known without an error."""
        return not self.values.is_estimation_mode()

    @property
    def unique(self) -> Interval:
        """The share of the values that are different."""
        of = max(self.count, 1)
        return Interval(*(min(number / of, 1.0) for number in self.distinct))


@dataclass(frozen=True, slots=True)
class Key:
    """Fields whose values together tell the records of an asset apart."""

    fields: tuple[str, ...]
    unique: Interval
    """The share of the records that have it for which it is unique, but for one of each repetition."""
    present: float
    """The share of the records that have it."""

    def document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"fields": list(self.fields), "unique": self.unique.document(), "present": self.present}


@dataclass(frozen=True, slots=True)
class Signature:
    """What an asset shows to others so that references can be found."""

    asset: str
    kind: str
    records: int
    fields: tuple[FieldSet, ...] = ()
    keys: tuple[Key, ...] = ()


class End(NamedTuple):
    """One end of a reference."""

    asset: str
    field: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The values of one field are values of another, which tells apart what they stand for."""

    source: End
    target: End
    share: Interval
    """Of the source's different values, those that the target has."""
    used: Interval
    """Of the target's different values, those that the source has."""
    orphan_records: int | None
    """Records of the source whose value the target does not have; None where that was not counted."""
    compared: int
    """Different values that were compared."""
    values: int
    """Different values of the source, estimated."""
    strength: float
    """The logarithm of the evidence, natural."""
    evidence: str
    """A sentence that a person can check; it names no value."""

    @property
    def orphans(self) -> Interval:
        """The share of the source's different values that the target does not have."""
        return Interval(1 - self.share.estimate, 1 - self.share.high, 1 - self.share.low)
