"""What the sampled values of one field look like: computed once, shared by all rules, and only when asked for."""

from __future__ import annotations

import html
import re
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streams.inventory.base import FieldEvidence
from streams.inventory.masking.tags import TAGS

#: Sampled values looked at, and characters of each.
LOOK = 256
CLIP = 512
#: A form that none of so many values has, taken evenly from all, is not looked for in the rest: one that half of
#: the values have is missed once in a thousand times.
PROBES = 10

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
#: By which a spreadsheet keeps digits as text: "'00123", "=""00123""".
_MARKED = re.compile(r"'(\+?[0-9][^']*)|=\"([^\"]*)\"")
#: Share of numbers from which a field of strings counts as one of numbers.
_NUMERIC = 0.9

#: Share of the values from which a tag counts as the many values that it stands for. Less can be chance: one
#: order number in ten passes for a card.
_TAGGED = 0.2

_SPACED = str.maketrans("_-", "  ")
_WORDS = re.compile(r"[\W_]+").split
_LISTED = re.compile(r"[\s,;&+|、，]+").split
_ADDRESS = re.compile("[/#]").split
#: Characters of the longest text of which single words tell something.
_SHORT = 60

Mask = NDArray[np.bool_]


class FieldFacts:
    """The values of one field, at most :data:`LOOK`, without blanks around, clipped to :data:`CLIP` characters."""

    def __init__(self, evidence: FieldEvidence) -> None:
        self.evidence = evidence
        looked_at = evidence.samples[:LOOK]
        samples = [(text, count) for one, count in looked_at if (text := _clean(one))]
        samples = _spread(samples, evidence.count)
        self.values = [text for text, _ in samples]
        self.size = len(samples)
        """How many values are looked at."""
        self._counts = [count for _, count in samples]

    @property
    def samples(self) -> list[tuple[str, int]]:
        """The values with how often each was seen."""
        return list(zip(self.values, self._counts, strict=True))

    @cached_property
    def looks(self) -> str:
        """``number`` (JSON), ``digits`` (strings that are numbers), ``text``, ``boolean``, ``container``, ``none``."""
        types = self.evidence.types
        if not self.values:
            return "container" if types.get("object") or types.get("array") else "none"
        strings, numbers, booleans = (types.get(name, 0) for name in ("string", "number", "boolean"))
        if booleans > strings + numbers:
            return "boolean"
        if (
            numbers == 0
            and sum(_NUMBER.fullmatch(text) is not None for text in self.values[:32]) < 16 < self.size
        ):
            return "text"
        if self.share(~np.isnan(self.numbers)) < _NUMERIC:
            return "text"
        return "number" if numbers > strings else "digits"

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The values as numbers; NaN where one is none."""
        match = _NUMBER.fullmatch
        return np.array([float(text) if match(text) else np.nan for text in self.values], dtype=np.float64)

    @cached_property
    def whole(self) -> Mask:
        """Which values are whole numbers."""
        return np.asarray(self.numbers == np.floor(self.numbers))

    @cached_property
    def folded(self) -> list[str]:
        """The values in lower case, their words separated by single blanks."""
        return [_fold(text) for text in self.values]

    @cached_property
    def probes(self) -> list[str]:
        """At most :data:`PROBES` of the values, from all over them."""
        return self.values[:: max(1, self.size // PROBES)][:PROBES]

    @cached_property
    def folded_probes(self) -> list[str]:
        """The :attr:`probes` as in :attr:`folded`."""
        return [_fold(text) for text in self.probes]

    @cached_property
    def entries(self) -> frozenset[str]:
        """What of the :attr:`probes` may be an entry of a vocabulary: see :func:`entries_of`."""
        return frozenset(entry for text in self.folded_probes for entry in entries_of(text))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all short :attr:`probes`, see :func:`words_of`."""
        return frozenset(word for text in self.probes for word in words_of(text))

    @cached_property
    def listed(self) -> list[list[str]]:
        """What each of the :attr:`probes` lists, see :func:`listed_in`."""
        return [listed_in(text) for text in self.probes]

    @cached_property
    def joined(self) -> str:
        """All :attr:`probes`, each on a line."""
        return "\n".join(self.probes)

    @cached_property
    def signs(self) -> frozenset[str]:
        """The characters of all :attr:`probes`: what is in none of them tells which forms need no look."""
        return frozenset(self.joined)

    @cached_property
    def nothing(self) -> Mask:
        """The mask of no value: always the same array, so that it is told without counting."""
        return np.zeros(self.size, dtype=np.bool_)

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Lengths of the values in characters."""
        return np.array([len(text) for text in self.values], dtype=np.float64)

    @cached_property
    def word_counts(self) -> NDArray[np.float64]:
        """Words of each value; in Chinese text two characters count as a word."""
        return np.array(
            [len(text.split()) + (_han(text) // 2 if not text.isascii() else 0) for text in self.values],
            dtype=np.float64,
        )

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Weight of each value: grows with the logarithm of how often it was seen.

        So neither a few rare misspellings of a common word nor one placeholder among many values decides.
        """
        return 1.0 + np.log2(np.maximum(np.array(self._counts, dtype=np.float64), 1.0))

    @cached_property
    def _weight(self) -> float:
        return float(self.weights.sum())

    def share(self, mask: Mask) -> float:
        """Return the weighted share of the values in ``mask``, between 0 and 1."""
        if mask is self.nothing or not self.size:
            return 0.0
        return 1.0 if mask.all() else float(self.weights @ mask / self._weight)

    @property
    def repeats(self) -> float:
        """How often a value was seen on average."""
        return self.evidence.count / max(self.evidence.distinct, 1.0)

    def all_or_none(self, flag: bool) -> Mask:
        """Return a mask of all values, or of none: for what is true of the field as a whole."""
        return np.ones(self.size, dtype=np.bool_) if flag else self.nothing


def entries_of(folded: str) -> tuple[str, ...]:
    """Return how a vocabulary may list a value: as it is, and without its schema.org prefix."""
    return (folded, _local_name(folded)) if folded.startswith("http") else (folded,)


def words_of(text: str) -> list[str]:
    """Return the words of a short text in lower case; none of one that is longer than a name."""
    return _WORDS(text.casefold()) if len(text) <= _SHORT else []


def listed_in(text: str) -> list[str]:
    """Return what a list such as ``Mo, Tu`` or ``red/blue`` is made of, in lower case."""
    return [_local_name(word.rstrip(":")) for word in _LISTED(text.casefold()) if word]


def _local_name(text: str) -> str:
    """Return the last part of an address such as ``http://schema.org/InStock``."""
    return _ADDRESS(text)[-1] if text.startswith("http") else text


def _spread(samples: list[tuple[str, int]], count: int) -> list[tuple[str, int]]:
    """Write a tag, such as ``[phone]``, as often as its share of all values among the different ones.

    Masking turned many values into that one text: without this, they would weigh as one. A tag is written at most
    :data:`LOOK` times.
    """
    hidden = sum(seen for text, seen in samples if text in TAGS)
    if not hidden:
        return samples
    shown = [(text, seen) for text, seen in samples if text not in TAGS]
    rest = max(count - hidden, sum(seen for _, seen in shown))
    if hidden < _TAGGED * (hidden + rest):
        return samples
    repeats = max(rest / len(shown), 1.0) if shown else 1.0
    copies = {text: max(1, min(round(seen / repeats), LOOK)) for text, seen in samples if text in TAGS}
    return shown + [(text, round(repeats)) for text, number in copies.items() for _ in range(number)]


def _fold(text: str) -> str:
    return " ".join(text.casefold().translate(_SPACED).split())


def _clean(text: str) -> str:
    clipped = text[:CLIP].strip()
    if clipped[:1] in ("'", "="):
        marked = _MARKED.fullmatch(clipped)
        clipped = (marked[1] or marked[2] or "") if marked else clipped
    return html.unescape(clipped) if "&#" in clipped else clipped


def _han(text: str) -> int:
    return sum("\u3400" <= char <= "\u9fff" for char in text)
