"""A change of an asset's schema that was noticed in one source partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final, Literal

from streams.inventory.drift.found import Place

Kind = Literal["appeared", "vanished", "type", "meaning"]

#: A change is told when chance would bring it about, by the rates seen, at most this often.
CHANCE: Final = 1e-9
LOG10_CHANCE: Final = -9.0


@dataclass(frozen=True, slots=True)
class Change:
    """A field appeared, vanished, or changed its JSON types."""

    change: Kind
    field: str
    place: Place
    """The first record that has it (vanished: the first of the first window that lacks it)."""
    records: int
    """Tested records before it."""
    share: float
    """Share of the records that have the field or the type: since then (vanished: before)."""
    log10_chance: float
    """Bound on the probability that there was no change, decimal logarithm."""
    before: tuple[str, ...] = ()
    """JSON types before a change of types."""
    after: tuple[str, ...] = ()
    producer: str | None = None
    """Who wrote the first record that has it, where the envelope says so."""

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [*astuple(self)]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Change:
        """Return the change whose :meth:`state` this is."""
        change, field, place, records, share, chance, before, after, producer = state
        return cls(
            change, field, Place(*place), records, share, chance, tuple(before), tuple(after), producer
        )
