"""What a field's values were found to need, and which of its numbers are negative or zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from streams.inventory.cleaning.base import Signs
from streams.inventory.cleaning.plan import PLAIN, FieldPlan
from streams.inventory.occurrences import Occurrences
from streams.inventory.profile.policy import BatchMeta

#: Distinct texts, and their characters, whose outcome is remembered.
_CACHED = 4_096
_CHARACTERS = 1 << 18
#: Texts of one batch that are joined in one go.
_TEXTS = 2_048
_MINUS, _ZERO = map(ord, "-0")

#: Returns the place in the batch of the record that a value, by its number, is of.
Locate = Callable[[int], int | None]


class FieldCounts:
    """Counts for one field. Exact, and the same however the values are cut into batches.

    Args:
        hidden: whether the field is personal: then no value is remembered.
    """

    __slots__ = (
        "_cache",
        "_characters",
        "_cleaner",
        "_hidden",
        "negative",
        "plan",
        "planned",
        "rules",
        "texts",
        "zero",
    )

    def __init__(self, *, hidden: bool = False) -> None:
        self.texts = 0
        """Texts that were looked at."""
        self.planned = 0
        """Of these, those looked at with the field's own plan; the others only with the rules for any text."""
        self.rules: dict[str, Occurrences] = {}
        """By rule: values that it would change."""
        self.negative = Occurrences()
        """Numbers, also as texts, below zero."""
        self.zero = Occurrences()
        self.plan: FieldPlan | None = None
        self._cleaner = PLAIN.cleaner(typed=False, missing=False)
        self._hidden = hidden
        self._cache: dict[str, tuple[str, ...]] = {}
        self._characters = 0

    def learn(self, plan: FieldPlan) -> None:
        """Count by this plan from now on; the first one stays."""
        if self.plan is None:
            self.plan = plan
            self._cleaner = plan.cleaner(typed=False, missing=False)
            self._forget()

    def hide(self) -> None:
        """Let go of the values that are remembered, and remember no more."""
        self._hidden = True
        self._forget()

    def _forget(self) -> None:
        self._cache = {}
        self._characters = 0

    def add_numbers(self, values: Sequence[int | float], locate: Locate, meta: BatchMeta) -> None:
        """Count numbers."""
        # The least one is found faster than an array is made of all.
        if min(values) > 0:
            return
        array = np.array(values, dtype=np.float64)
        _note(self.negative, np.flatnonzero(array < 0).tolist(), locate, meta)
        _note(self.zero, np.flatnonzero(array == 0).tolist(), locate, meta)

    def add_texts(self, texts: Sequence[str], locate: Locate, meta: BatchMeta) -> None:
        """Count texts."""
        self.texts += len(texts)
        self.planned += len(texts) * (self.plan is not None)
        for start in range(0, len(texts), _TEXTS):
            piece = texts[start : start + _TEXTS]
            self._add_piece(piece, lambda place, start=start: locate(start + place), meta)

    def _add_piece(self, texts: Sequence[str], locate: Locate, meta: BatchMeta) -> None:
        signs = Signs(texts)
        if any(rule.suspects(signs) for rule in self._cleaner.rules):
            self._count_changes(texts, locate, meta)
        negative, zero = _starts(signs)
        if negative:
            _note(self.negative, _numbers(texts, "-"), locate, meta)
        if zero:
            _note(self.zero, _numbers(texts, "0"), locate, meta)

    def _count_changes(self, texts: Sequence[str], locate: Locate, meta: BatchMeta) -> None:
        """Count what the rules change among the texts."""
        changed = self._outcomes(set(texts))
        if not changed:
            return
        by_rule: dict[str, list[int]] = {}
        for place in [place for place, text in enumerate(texts) if text in changed]:
            for name in changed[texts[place]]:
                by_rule.setdefault(name, []).append(place)
        for name, places in by_rule.items():
            _note(self.rules.setdefault(name, Occurrences()), places, locate, meta)

    def _outcomes(self, distinct: set[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the texts that are changed, with the rules that do."""
        cache = self._cache
        new = [text for text in distinct if text not in cache]
        cleaned = self._cleaner.clean(dict.fromkeys(new, 1))
        found = dict(cleaned.rules)
        found |= {text: cache[text] for text in distinct if cache.get(text)}
        if not self._hidden:
            self._remember(new, cleaned.rules)
        return found

    def _remember(self, new: Sequence[str], rules: Mapping[str, tuple[str, ...]]) -> None:
        self._characters += sum(map(len, new))
        if len(self._cache) + len(new) > _CACHED or self._characters > _CHARACTERS:
            self._forget()
            return
        self._cache.update({text: rules.get(text, ()) for text in new})

    def merge(self, other: FieldCounts) -> None:
        """Add what another one counted in other records."""
        self.texts += other.texts
        self.planned += other.planned
        for name, theirs in other.rules.items():
            self.rules.setdefault(name, Occurrences()).merge(theirs)
        self.negative.merge(other.negative)
        self.zero.merge(other.zero)
        if other.plan is not None:
            self.learn(other.plan)
        if other._hidden:
            self.hide()

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values; values that are remembered are not part of it."""
        return {
            "texts": [self.texts, self.planned],
            "rules": {name: one.state() for name, one in self.rules.items()},
            "numbers": [self.negative.state(), self.zero.state()],
            "plan": None if self.plan is None else self.plan.state(),
            "hidden": self._hidden,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.texts, self.planned = state["texts"]
        for name, one in state["rules"].items():
            self.rules.setdefault(name, Occurrences()).restore(one)
        self.negative.restore(state["numbers"][0])
        self.zero.restore(state["numbers"][1])
        self._hidden = state["hidden"]
        if state["plan"] is not None:
            self.learn(FieldPlan.restored(state["plan"]))

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON values: by rule, in the order of the most values."""
        ordered = sorted(self.rules.items(), key=lambda item: (-item[1].count, item[0]))
        return {
            "texts": self.texts,
            "planned": self.planned,
            "rules": {name: one.document() for name, one in ordered},
            "notes": [] if self.plan is None else list(self.plan.notes),
        }


def _starts(signs: Signs) -> tuple[bool, bool]:
    """Tell whether any text begins with a minus, and whether any begins with the digit zero."""
    raw = signs.raw
    first = raw[1:] * (raw[:-1] == 0)
    return bool((first == _MINUS).any()), bool((first == _ZERO).any())


def _numbers(texts: Sequence[str], sign: str) -> list[int]:
    """Return the places of the texts that are numbers below zero (for ``-``), or zero (for ``0``)."""
    places = [place for place, text in enumerate(texts) if text.startswith(sign)]
    return [place for place in places if _is(texts[place], negative=sign == "-")]


def _is(text: str, *, negative: bool) -> bool:
    bare = text.removeprefix("-")
    if not bare[:1].isdigit() or not bare.replace(".", "", 1).isdecimal() or not bare.isascii():
        return False
    return bool(bare.strip("0.")) == negative


def _note(one: Occurrences, places: Sequence[int], locate: Locate, meta: BatchMeta) -> None:
    if not places:
        return
    first, last = locate(places[0]), locate(places[-1])
    if first is None or last is None:
        one.count += len(places)
    else:
        one.add(len(places), first, last, meta)
