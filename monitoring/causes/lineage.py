"""What a model takes from which field: from the roles of fields, as mappings find them, and the features it is made of.

The weights are judgements, like prior odds: who did what when is all that a sequence of interactions consists of, and
features of items matter as far as a model reads them. ``benchmarks.causes`` checks what follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from monitoring.causes.base import Document, Lineage, Place, Use
from pandian.topics import IMPRESSIONS

#: What hangs on each role of an interaction.
INTERACTIONS: Mapping[str, float] = {
    "user": 1.0, "item": 1.0, "time": 0.8, "action": 0.8, "rating": 0.6, "status": 0.5, "quantity": 0.4,
    "session": 0.4,
}  # fmt: skip
#: And of an item: its identifier ties the rest to what people did; when its row was written is of little account.
ITEMS: Mapping[str, float] = {"item": 0.8, "time": 0.1}
#: When something was shown: by it labels are made, and no model reads it.
_IMPRESSIONS = (IMPRESSIONS, "time")
#: Features of items that the model does not read: filters, reasons and the page are made of them. Those that it reads
#: count the more, up to 1.
UNREAD = 0.4
#: Records as a whole, by what they become; those that become nothing may be all that another system runs on.
_RECORDS: Mapping[str, float] = {"interactions": 1.0, "items": 0.6}
#: A currency is how a price is to be read.
_CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Mapped:
    """How the rows of an asset are read."""

    target: Literal["interactions", "items"]
    roles: Mapping[str, str]
    """Field by role, as ``GET /v1/interactions`` has them."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a model is made of, as its card says."""

    subject: str
    """Model and version."""
    since: int | None = None
    """When it began to answer, epoch milliseconds; None: not known."""
    items: Mapping[str, float] = field(default_factory=dict)
    """By role of an item, such as ``category``: how much of the model hangs on it, 0 to 1; roles that it does not read
    are left out."""


class Mappings:
    """How rows were read from time to time: a field that broke lost its role by that, but a model learnt of it.

    Args:
        most: changes that are kept of all assets together.
    """

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._kept: list[tuple[int, Mapping[str, Mapped]]] = []

    def add(self, mapped: Mapping[str, Mapped], time_ms: int) -> None:
        """Keep how rows are read now, where it is another way than before."""
        if self._kept and self._kept[-1][1] == mapped:
            return
        self._kept = [*self._kept, (time_ms, dict(mapped))][-self._most :]

    def before(self, time_ms: int) -> Mapping[str, Mapped]:
        """Return how rows were read at a time; before the earliest that is known: as then."""
        earlier = [mapped for time, mapped in self._kept if time <= time_ms]
        return earlier[-1] if earlier else self._kept[0][1] if self._kept else {}

    def changes(self) -> Sequence[tuple[int, Mapping[str, Mapped]]]:
        """Return from when on rows were read how, oldest first."""
        return self._kept

    def restore(self, changes: Iterable[tuple[int, Mapping[str, Mapped]]]) -> None:
        """Keep what :meth:`changes` gave, and nothing else."""
        self._kept = sorted(changes, key=lambda one: one[0])[-self._most :]

    def copy(self) -> Mappings:
        """Return another one that keeps the same, and goes its own way from here."""
        other = Mappings(self._most)
        other._kept = [*self._kept]
        return other


def lineage_of(
    mapped: Mapping[str, Mapped],
    features: Features,
    documents: Mapping[str, Document],
    before: Mapping[str, Mapped] | None = None,
) -> Lineage:
    """Return what a model takes from which field.

    Args:
        mapped: by asset; those that become nothing are left out.
        features: of the model.
        documents: by asset; tell which field is the currency of a price.
        before: how rows were read before the AUC fell (:meth:`Mappings.before`); None: as now.
    """
    uses: dict[Place, Use] = {}
    for asset, one in [*mapped.items(), *(before or {}).items()]:
        records = Use("records", _RECORDS[one.target], (asset, one.target, features.subject))
        if uses.get((asset, ""), _NONE).weight < records.weight:
            uses[asset, ""] = records
        for role, name in one.roles.items():
            weight = _weight(one.target, role, features)
            # A field in two roles matters as the weightier.
            if uses.get((asset, name), _NONE).weight < weight:
                uses[asset, name] = _use(asset, name, role, one.target, weight, features)
        if "price" in one.roles:
            uses |= _currencies(asset, documents.get(asset), uses[asset, one.roles["price"]], features)
    path = (".".join(_IMPRESSIONS), "time of impressions", "labels", features.subject)
    shown = Use("time", INTERACTIONS["time"], path)
    return Lineage({_IMPRESSIONS: shown, **uses}, features.since)


_NONE = Use("", 0.0)


def _weight(target: str, role: str, features: Features) -> float:
    if target == "interactions":
        return INTERACTIONS.get(role, UNREAD)
    if role in ITEMS:
        return ITEMS[role]
    return UNREAD + (1 - UNREAD) * features.items.get(role, 0.0)


def _use(asset: str, name: str, role: str, target: str, weight: float, features: Features) -> Use:
    step = "the history" if target == "interactions" else "features of items"
    return Use(role, weight, (f"{asset}.{name}", f"{role} of {target}", step, features.subject))


def _currencies(asset: str, document: Document | None, price: Use, features: Features) -> dict[Place, Use]:
    fields = document["fields"] if document is not None else ()
    return {
        (asset, one["field"]): _use(asset, one["field"], _CURRENCY, "items", price.weight, features)
        for one in fields
        if one["semantic_type"] == "currency"
    }
