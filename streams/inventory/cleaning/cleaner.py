"""Applies a field's rules to its values, in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streams.inventory.cleaning.base import ORDINARY, Rule, Scalar, Signs, SparesOrdinary

#: How often the rules are applied until nothing changes any more. What still changes then was made to do so.
_ROUNDS = 4
#: Texts, and characters, that are tested in one go; see :mod:`streams.inventory.masking.gates`.
_TEXTS = 4_096
_CHARACTERS = 1 << 18


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of distinct values."""

    changed: Mapping[Any, Scalar]
    """The canonical value of each value that is not canonical; all others are."""
    counts: Mapping[str, int]
    """How many values each rule changed, by its name; a value that two rules changed counts with both."""
    values: int
    """How many values were changed at all, all occurrences counted."""
    rules: Mapping[Any, tuple[str, ...]]
    """The names of the rules that changed each value of ``changed``."""


class Cleaner:
    """The rules of one field.

    Guarantees: ``clean(clean(x)) == clean(x)``; what becomes of a value depends on that value alone; never raises;
    time linear in the length of the values.

    Args:
        texts: rules for any text; applied again until nothing changes.
        last: rules that a field's meaning asks for, applied once, in this order: what one of them turned into
            something that is no text is done.
    """

    def __init__(self, texts: Sequence[Rule], last: Sequence[Rule] = ()) -> None:
        self._texts = tuple(texts)
        self._ordinary = tuple(rule for rule in self._texts if not isinstance(rule, SparesOrdinary))
        self._last = tuple(last)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules in their order."""
        return self._texts + self._last

    def suspects(self, texts: Sequence[str]) -> bool:
        """Tell for many texts at once whether any of them may need cleaning; never no wrongly. About 15 ns a text."""
        return any(
            _suspect(self.rules, texts[start : start + _TEXTS]) for start in range(0, len(texts), _TEXTS)
        )

    def _doubtful(self, texts: Sequence[str]) -> Sequence[str]:
        """Return the texts that have to be cleaned one by one: ordinary ones are told apart all together."""
        if not self.suspects(texts):
            return ()
        ordinary = [text for text in texts if ORDINARY.fullmatch(text)]
        if not ordinary or Cleaner(self._ordinary, self._last).suspects(ordinary):
            return texts
        return [text for text in texts if not ORDINARY.fullmatch(text)]

    def clean(self, counts: Mapping[Any, int]) -> Cleaned:
        """Clean distinct values with how often each was seen; what is no text is canonical as it is."""
        changed: dict[Any, Scalar] = {}
        by_rule: Counter[str] = Counter()
        names: dict[Any, tuple[str, ...]] = {}
        total = 0
        texts = [value for value in counts if isinstance(value, str)]
        for text in self._doubtful(texts):
            canonical, by = self.clean_text(text)
            if by:
                changed[text], names[text] = canonical, by
                total += counts[text]
                by_rule.update(dict.fromkeys(by, counts[text]))
        return Cleaned(changed, by_rule, total, names)

    def canonical(self, values: Iterable[Scalar]) -> list[Scalar]:
        """Return the canonical form of each value, in their order."""
        values = list(values)
        kept: dict[str, Scalar] = {}
        for text in {value for value in values if isinstance(value, str)}:
            kept[text] = self.clean_text(text)[0]
        return [kept[value] if isinstance(value, str) else value for value in values]

    def clean_text(self, text: str) -> tuple[Scalar, tuple[str, ...]]:
        """Return a text's canonical value and the names of the rules that changed it, in their order."""
        rules = self._ordinary if ORDINARY.fullmatch(text) else self._texts
        names: dict[str, None] = {}
        value: Scalar = text
        for _ in range(_ROUNDS):
            value, by = _once(rules, value)
            names.update(dict.fromkeys(by))
            if not by or not isinstance(value, str):
                break
        else:
            if _once(rules, value)[1]:
                return text, ()
        value, by = _once(self._last, value)
        names.update(dict.fromkeys(by))
        return (value, tuple(names)) if not _same(value, text) else (text, ())


def _suspect(rules: Sequence[Rule], texts: Sequence[str]) -> bool:
    signs = Signs(texts)
    if len(signs.joined) > _CHARACTERS and len(texts) > 1:
        half = len(texts) // 2
        return _suspect(rules, texts[:half]) or _suspect(rules, texts[half:])
    return any(rule.suspects(signs) for rule in rules)


def _once(rules: Sequence[Rule], value: Scalar) -> tuple[Scalar, list[str]]:
    by = []
    for rule in rules:
        if not isinstance(value, str):
            break
        cleaned = rule.clean(value)
        if cleaned is not value and not _same(cleaned, value):
            by.append(rule.name)
            value = cleaned
    return value, by


def _same(one: Scalar, other: Scalar) -> bool:
    return type(one) is type(other) and one == other
