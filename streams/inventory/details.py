"""What is told of a field's values one by one: what cleaning changes, outliers, impossible values, noise.

Working it out takes milliseconds a field, and a live inventory is told anew every second: so it is done again only when
the field has grown by a tenth, or means something else. What a field means is kept beside it, for the same reason.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from streams.inventory.base import Classification
from streams.inventory.cleaning import asks_samples, plan, summary
from streams.inventory.meanings import Meanings
from streams.inventory.noise import impossible, noise, outliers
from streams.inventory.profile.evidence import MAX_SAMPLES
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.figures import Figures

#: Fields whose details are kept.
_KEPT = 50_000
_GROWTH = 1.1

_Key = tuple[str, str]
_Known = tuple[int, str, bool, dict[str, Any]]


class Details:
    """Works out the details of fields, and keeps them while they hold."""

    def __init__(self) -> None:
        self.meanings = Meanings()
        self._known: OrderedDict[_Key, _Known] = OrderedDict()

    def of(
        self, key: _Key, field: FieldProfile, figures: Figures, meaning: Classification, now_ms: int
    ) -> dict[str, Any]:
        """Return ``cleaning``, ``outliers``, ``impossible`` and ``noise`` of a field.

        Args:
            key: the asset and the field.
            field: its profile.
            figures: of the same.
            meaning: what it means.
            now_ms: the time of the document, epoch milliseconds.
        """
        masked = field.masked_as is not None
        present = field.occurrences - field.nulls - figures.blanks
        known = self._known.get(key)
        if known is not None and _holds(known, present, meaning.semantic_type, masked):
            self._known.move_to_end(key)
            return known[3]
        found = _details(field, figures, meaning, now_ms)
        self._known[key] = present, meaning.semantic_type, masked, found
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found


def _holds(known: _Known, present: int, semantic_type: str, masked: bool) -> bool:
    count, meant, was_masked, _ = known
    return count <= present < _GROWTH * count and meant == semantic_type and was_masked == masked


def _details(field: FieldProfile, figures: Figures, meaning: Classification, now_ms: int) -> dict[str, Any]:
    shown = field.masked_as is None and asks_samples(meaning.semantic_type)
    samples = [text for text, _ in field.samples(MAX_SAMPLES)[0]] if shown else []
    kept, exact = field.kept()
    others = 0 if exact else max(field.present - sum(kept.values()), 0)
    beyond = None if field.masked_as is not None else outliers(figures, meaning.semantic_type)
    return {
        "cleaning": summary(field, plan(meaning.semantic_type, samples)),
        "outliers": None if beyond is None else beyond.document(),
        "impossible": impossible(meaning.semantic_type, field, now_ms),
        "noise": noise(kept, others) if field.masked_as is None else {},
    }
