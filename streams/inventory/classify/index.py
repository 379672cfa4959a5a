"""Which rules a field's name calls for: all name patterns, written out as phrases of words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from streams.inventory.classify.base import LOOKS, Rule
from streams.inventory.classify.names import LONGEST, NameReader, Words


class Named(NamedTuple):
    """A rule that a field's name calls for."""

    rule: Rule
    weight: float
    """Confidence that the name alone gives, between 0 and 1."""
    phrase: str
    """The words of the name that say so."""


class RuleIndex:
    """Rules by the phrases that end a field's name."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        #: Rules that values alone can prove, by what a field looks like.
        self.by_values: dict[str, tuple[Rule, ...]] = {
            looks: tuple(rule for rule in rules if rule.proof and looks in rule.accepts) for looks in LOOKS
        }
        self._by_phrase: dict[Words, list[tuple[Rule, float]]] = defaultdict(list)
        for rule in rules:
            for pattern, weight in rule.names.items():
                for phrase in phrases(pattern):
                    self._by_phrase[phrase].append((rule, weight))
        self._reader = NameReader({word for phrase in self._by_phrase for word in phrase})

    def named(self, path: str) -> list[Named]:
        """Return the rules that the name of ``path`` calls for, each with its best phrase."""
        best: dict[int, Named] = {}
        for phrase, factor in self._reader.read(path).phrases():
            for rule, weight in self._by_phrase.get(phrase, ()):
                found = Named(rule, weight * factor, " ".join(phrase))
                known = best.get(id(rule))
                if known is None or known.weight < found.weight:
                    best[id(rule)] = found
        return list(best.values())


def phrases(pattern: str) -> Iterator[Words]:
    """Write out a pattern such as ``order|invoice number|id``: four phrases of two words.

    Raises:
        ValueError: when a phrase is longer than names are read.
    """
    for phrase in product(*(part.split("|") for part in pattern.split())):
        if len(phrase) > LONGEST:
            raise ValueError(f"{pattern!r}: a name pattern has at most {LONGEST} words")
        yield phrase
