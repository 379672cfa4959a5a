"""Which rules a field's name calls for: all name patterns, written out as phrases of words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from streams.inventory.classify.base import DENIED, Rule
from streams.inventory.classify.names import LEAF, LONGEST, WHOLE, NameReader, Words


class Named(NamedTuple):
    """A rule that a field's name calls for."""

    rule: Rule
    weight: float
    """Confidence that the name alone gives, between 0 and 1."""
    phrase: str
    """The words of the name that say so."""


#: Paths whose names are kept as read. They come again with every look at an asset, and in many assets.
_NAMES = 20_000


class RuleIndex:
    """Rules by the phrases that end a field's name."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_phrase: dict[Words, list[tuple[Rule, float]]] = defaultdict(list)
        for rule in rules:
            for phrase, weight in _weights(rule).items():
                self._by_phrase[phrase].append((rule, weight))
        self._reader = NameReader({word for phrase in self._by_phrase for word in phrase})
        self.named = lru_cache(_NAMES)(self._named)
        """Return the rules that the name of a path calls for, each with its best phrase."""

    def _named(self, path: str) -> tuple[Named, ...]:
        best: dict[int, Named] = {}
        for reading in self._reader.read(path).readings():
            # The longest phrase speaks for the rule: "customer state" is no state of an order, whatever "state" is.
            spoken: dict[int, Named] = {}
            for phrase, factor in reading:
                for rule, weight in self._by_phrase.get(phrase, ()):
                    if id(rule) not in spoken:
                        spoken[id(rule)] = Named(rule, weight * factor, _said(phrase))
            for key, found in spoken.items():
                known = best.get(key)
                if known is None or known.weight < found.weight:
                    best[key] = found
        return tuple(found for found in best.values() if found.weight > DENIED)


def _weights(rule: Rule) -> dict[Words, float]:
    """Return the weight of each phrase: the greatest of those that patterns give it, or that it is denied."""
    weights: dict[Words, float] = {}
    for pattern, weight in rule.names.items():
        for phrase in phrases(pattern):
            known = weights.get(phrase, weight)
            weights[phrase] = DENIED if DENIED in (known, weight) else max(known, weight)
    return weights


def _said(phrase: Words) -> str:
    """Return the words that a person reads in the name."""
    return " ".join(phrase[1:] if phrase[0] in (LEAF, WHOLE) else phrase)


def phrases(pattern: str) -> Iterator[Words]:
    """Write out a pattern such as ``order|invoice number|id``: four phrases of two words.

    Raises:
        ValueError: when a phrase is longer than names are read.
    """
    for phrase in product(*(part.split("|") for part in pattern.split())):
        if len(phrase) > LONGEST:
            raise ValueError(f"{pattern!r}: a name pattern has at most {LONGEST} words")
        yield phrase
