"""Field names into words: camelCase, snake_case, dots, glued words, abbreviations and Chinese.

``CustomerID``, ``customer_id``, ``customerid`` and ``customer.id`` all become ``customer id``, 用户ID becomes
``user id``. Only words of the rules' own vocabulary are put together or taken apart, so unknown names stay
what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from streams.inventory.classify.lexicon import ABBREVIATIONS, CHINESE, ENVELOPES, NOISE

Words = tuple[str, ...]

#: Longest part of a path that is read, in characters.
_LOOK = 200
#: Longest phrase that a pattern may have, in words.
LONGEST = 5

_HAN = "\u3400-\u9fff"
_PIECES = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[{_HAN}]+|[^\W\d_A-Za-z{_HAN}]+")
#: RecBole's atomic files write the type behind the name: ``user_id:token``.
_ATOMIC = re.compile(r":(?:token|float|int|str)(?:_seq)?\Z")
#: Two-letter words that may end a glued name, such as ``userid`` or ``createdat``.
_SHORT_HEADS = frozenset({"id", "no", "at", "ip", "ts", "dt", "on"})
_LONGEST_CHINESE = max(map(len, CHINESE))


@dataclass(frozen=True, slots=True)
class FieldName:
    """What a field path says, in words."""

    leaf: Words
    """Words of the last part of the path."""
    words: Words
    """Words of the parts that describe it, outermost first, the leaf's last."""

    def phrases(self) -> Iterator[tuple[Words, float]]:
        """Yield what the name may be called, longest first, with how much of the leaf that covers (0 to 1).

        The head of a compound is its last word, in English and in Chinese, so each phrase ends the name.
        """
        for words, factor in ((self.words, 1.0), (_without_noise(self.words), 0.97)):
            if factor < 1 and words == self.words:
                return
            for length in range(min(LONGEST, len(words)), 0, -1):
                uncovered = max(0, len(self.leaf) - length)
                yield words[-length:], factor * 0.96**uncovered


def _without_noise(words: Words) -> Words:
    end = len(words)
    while end > 1 and (words[end - 1] in NOISE or words[end - 1].isdigit()):
        end -= 1
    return words[:end]


class NameReader:
    """Reads field paths into words.

    Args:
        vocabulary: words of all name patterns; the words that are known.
    """

    def __init__(self, vocabulary: Set[str]) -> None:
        self._vocabulary = vocabulary
        self._glue = frozenset(vocabulary | ABBREVIATIONS.keys())

    def read(self, path: str) -> FieldName:
        """Return the words of ``path``, such as ``items[].unitPrice``."""
        parts = [part for part in _ATOMIC.sub("", path[-_LOOK:]).replace("[]", "").split(".") if part]
        leaf = self._flagged(self._words(parts[-1])) if parts else ()
        above: Words = ()
        for part in parts[:-1]:
            words = self._words(part)
            if not (len(words) == 1 and words[0] in ENVELOPES):
                above += words
        return FieldName(leaf, above + leaf)

    def _words(self, part: str) -> Words:
        return tuple(word for piece in _PIECES.findall(part) for word in self._piece(piece))

    def _piece(self, piece: str) -> Words:
        if "\u3400" <= piece[0] <= "\u9fff":
            return tuple(_chinese(piece))
        return self._word(piece.lower())

    def _word(self, word: str) -> Words:
        if word in ABBREVIATIONS:
            return tuple(ABBREVIATIONS[word].split())
        if word in self._vocabulary or len(word) < 4:
            return (word,)
        if word.endswith("s") and (word[:-1] in self._vocabulary or word[:-1] in ABBREVIATIONS):
            return self._word(word[:-1])
        parts = self._unglue(word[:40])
        return tuple(w for part in parts for w in self._word(part)) if parts else (word,)

    def _unglue(self, word: str) -> Words:
        """Cut a glued word, such as ``customerid``, into the fewest known ones; empty when that is not possible."""
        best: list[Words | None] = [()] + [None] * len(word)
        for end in range(3, len(word) + 1):
            for start in range(0, end - 1):
                before, piece = best[start], word[start:end]
                if before is None or not self._joins(piece, start, end == len(word)):
                    continue
                known = best[end]
                if known is None or len(before) + 1 < len(known):
                    best[end] = (*before, piece)
        return best[-1] or ()

    def _joins(self, piece: str, start: int, last: bool) -> bool:
        if len(piece) == 2:
            return last and start > 0 and piece in _SHORT_HEADS
        return len(piece) > 2 and piece in self._glue

    @staticmethod
    def _flagged(words: Words) -> Words:
        """Add the head that a prefix implies: ``is_new`` is a flag, ``num_items`` a count."""
        if len(words) > 1 and words[0] in ("is", "has", "was", "can"):
            return (*words, "flag")
        counted = words[0] in ("number", "count", "n") if words else False
        if counted and len(words) > 1 and words[-1] not in ("id", "code", "number", "plate"):
            return (*words, "count")
        return words


def _chinese(run: str) -> Iterator[str]:
    """Cut a run of Chinese characters into known words, longest first; an unknown character stays alone."""
    start = 0
    while start < len(run):
        for length in range(min(_LONGEST_CHINESE, len(run) - start), 0, -1):
            if words := CHINESE.get(run[start : start + length]):
                yield from words.split()
                start += length
                break
        else:
            yield run[start]
            start += 1
