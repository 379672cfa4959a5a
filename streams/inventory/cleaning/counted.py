"""How many values of a field each rule changes, and how many of its numbers are negative or zero, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streams.inventory.cleaning.base import Signs
from streams.inventory.cleaning.plan import PLAIN, FieldPlan
from streams.inventory.occurrences import Occurrences
from streams.inventory.profile.policy import BatchMeta

#: Texts, and their characters, whose outcome is remembered.
_CACHED = 8_192
_CHARACTERS = 1 << 18
#: Texts of one batch that are joined in one go.
_TEXTS = 8_192

#: What is counted besides rules.
NEGATIVE, ZERO = "negative", "zero"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?")

Found = tuple[str, ...]
#: What :meth:`streams.inventory.profile.field.FieldProfile.latest_texts` gives.
Latest = tuple[Mapping[str, int], Sequence[str], int]
_NOTHING: Found = ()
#: Returns the place in the batch of the record that a value, by its number, is of.
Locate = Callable[[int], int | None]


class FieldCounts:
    """Counts for one field. Exact, and the same however the values are cut into batches.

    Of a batch that the profile has counted, only values that it did not keep before are looked at, and occurrences are
    searched only when there is something to say of one. Where it does not tell, the texts of a batch are tested
    together.

    Args:
        hidden: whether the field is personal: then no value is remembered.
    """

    __slots__ = (
        "_batches",
        "_cache",
        "_characters",
        "_cleaner",
        "_hidden",
        "_known",
        "found",
        "plan",
        "planned",
        "texts",
    )

    def __init__(self, *, hidden: bool = False) -> None:
        self.texts = 0
        """Texts that were looked at."""
        self.planned = 0
        """Of these, those looked at with the field's own plan; the others only with the rules for any text."""
        self.found: dict[str, Occurrences] = {}
        """By rule, the values that it would change; ``negative`` and ``zero`` for such numbers, also as texts."""
        self.plan: FieldPlan | None = None
        self._cleaner = PLAIN.cleaner(typed=False, missing=False)
        self._hidden = hidden
        self._cache: dict[str, Found] = {}
        self._characters = 0
        self._known: dict[str, tuple[int, Found]] = {}
        """Texts that the profile keeps and of which there is something to say, with the counts it had of them."""
        self._batches = 0
        """How many batches the profile had counted then; negative when that is not known."""

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
        self._known = {}
        self._batches = -1

    def add_numbers(self, values: Sequence[int | float], locate: Locate, meta: BatchMeta) -> None:
        """Count numbers."""
        least = min(values)
        if least > 0:
            return
        if least < 0:
            self._note(NEGATIVE, [place for place, value in enumerate(values) if value < 0], locate, meta)
        if 0 in values:
            self._note(ZERO, [place for place, value in enumerate(values) if value == 0], locate, meta)

    def add_texts(self, texts: Sequence[str], latest: Latest | None, locate: Locate, meta: BatchMeta) -> None:
        """Count texts.

        Args:
            texts: those of a batch.
            latest: what the profile, which has counted them already, says of them; None when it says nothing.
            locate: finds their records.
            meta: says where these stand.
        """
        self.texts += len(texts)
        self.planned += len(texts) * (self.plan is not None)
        told = None if latest is None or self._hidden else self._told(*latest)
        if told is None:
            for start in range(0, len(texts), _TEXTS):
                piece = texts[start : start + _TEXTS]
                if self._suspects(piece):
                    self._count(piece, self._outcomes(piece), _shifted(locate, start), meta)
        elif told and latest is not None:
            self._count_told(texts, told, latest[0], locate, meta)

    def _told(self, kept: Mapping[str, int], new: Sequence[str], batches: int) -> Mapping[str, Found] | None:
        """Return the texts in the batch of which there is something to say; None when the profile does not tell."""
        followed = batches == self._batches + 1
        self._batches = batches
        if not followed:
            self._known = {text: (kept[text], found) for text, found in self._outcomes(list(kept)).items()}
            return None
        told = dict(self._outcomes(new)) if new and self._suspects(new) else {}
        # What is kept was seen again if its count grew; what is not kept any more may have been.
        told |= {text: found for text, (count, found) in self._known.items() if kept.get(text) != count}
        return told

    def _count_told(
        self,
        texts: Sequence[str],
        told: Mapping[str, Found],
        kept: Mapping[str, int],
        locate: Locate,
        meta: BatchMeta,
    ) -> None:
        """Count by the profile's counts where it has them: to go through the texts takes ten times as long."""
        grown: dict[str, dict[str, int]] = {}
        for text, found in told.items():
            if text not in kept:
                self._count(texts, told, locate, meta)
                break
            for name in found:
                grown.setdefault(name, {})[text] = kept[text] - self._known.get(text, (0,))[0]
        else:
            for name, counts in grown.items():
                self._note_grown(name, counts, texts, locate, meta)
        for text, found in told.items():
            if text in kept:
                self._known[text] = (kept[text], found)
            else:
                self._known.pop(text, None)

    def _note_grown(
        self, name: str, counts: Mapping[str, int], texts: Sequence[str], locate: Locate, meta: BatchMeta
    ) -> None:
        one = self.found.setdefault(name, Occurrences())
        last = next((place for place in range(len(texts) - 1, -1, -1) if texts[place] in counts), 0)
        first = last if one.first else next((place for place, text in enumerate(texts) if text in counts), 0)
        _note(one, sum(counts.values()), (locate(first), locate(last)), meta)

    def _suspects(self, texts: Sequence[str]) -> bool:
        signs = Signs(texts)
        return any(rule.suspects(signs) for rule in self._cleaner.rules) or signs.begins_with("-0")

    def _count(
        self, texts: Sequence[str], outcomes: Mapping[str, Found], locate: Locate, meta: BatchMeta
    ) -> None:
        if not outcomes:
            return
        places: dict[str, list[int]] = {}
        for place in [place for place, text in enumerate(texts) if text in outcomes]:
            for name in outcomes[texts[place]]:
                places.setdefault(name, []).append(place)
        for name, found in places.items():
            self._note(name, found, locate, meta)

    def _outcomes(self, texts: Sequence[str]) -> Mapping[str, Found]:
        """Return, of each text of which there is something to say, what."""
        distinct = set(texts)
        if self._hidden:
            return self._looked_at(distinct)
        cache = self._cache
        new = distinct.difference(cache)
        found = (
            {text: cache[text] for text in distinct if cache.get(text)} if len(new) < len(distinct) else {}
        )
        if new:
            fresh = self._looked_at(new)
            found |= fresh
            self._remember(new, fresh)
        return found

    def _looked_at(self, texts: set[str]) -> dict[str, Found]:
        found = dict(self._cleaner.clean(dict.fromkeys(texts, 1)).rules)
        for text in texts:
            if text[:1] in "-0" and _NUMBER.fullmatch(text):
                name = NEGATIVE if text.strip("-0.") and text[0] == "-" else ZERO
                if name == NEGATIVE or not text.strip("-0."):
                    found[text] = (*found.get(text, _NOTHING), name)
        return found

    def _remember(self, new: set[str], found: Mapping[str, Found]) -> None:
        self._characters += sum(map(len, new))
        if len(self._cache) + len(new) > _CACHED or self._characters > _CHARACTERS:
            self._cache = {}
            self._characters = 0
            return
        self._cache.update({text: found.get(text, _NOTHING) for text in new})

    def _note(self, name: str, places: Sequence[int], locate: Locate, meta: BatchMeta) -> None:
        one = self.found.setdefault(name, Occurrences())
        _note(one, len(places), (locate(places[0]), locate(places[-1])), meta)

    def merge(self, other: FieldCounts) -> None:
        """Add what another one counted in other records."""
        self.texts += other.texts
        self.planned += other.planned
        for name, theirs in other.found.items():
            self.found.setdefault(name, Occurrences()).merge(theirs)
        if other.plan is not None:
            self.learn(other.plan)
        if other._hidden:
            self.hide()

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values; values that are remembered are not part of it."""
        return {
            "texts": [self.texts, self.planned],
            "found": {name: one.state() for name, one in self.found.items()},
            "plan": None if self.plan is None else self.plan.state(),
            "hidden": self._hidden,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.texts, self.planned = state["texts"]
        for name, one in state["found"].items():
            self.found.setdefault(name, Occurrences()).restore(one)
        self._hidden = state["hidden"]
        self._batches = -1
        if state["plan"] is not None:
            self.learn(FieldPlan.restored(state["plan"]))

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON values: by rule, in the order of the most values."""
        ordered = sorted(self.found.items(), key=lambda item: (-item[1].count, item[0]))
        return {
            "texts": self.texts,
            "planned": self.planned,
            "found": {name: one.document() for name, one in ordered},
            "notes": [] if self.plan is None else list(self.plan.notes),
        }


def _shifted(locate: Locate, start: int) -> Locate:
    return (lambda place: locate(start + place)) if start else locate


def _note(
    one: Occurrences, count: int, places: tuple[int | None, int | None] | None, meta: BatchMeta
) -> None:
    if places is None or places[0] is None or places[1] is None:
        one.count += count
    else:
        one.add(count, places[0], places[1], meta)
