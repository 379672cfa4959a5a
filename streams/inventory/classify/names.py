"""Field names into words: camelCase, snake_case, dots, glued words, abbreviations, Chinese and European languages.

``CustomerID``, ``customer_id``, ``customerid`` and ``customer.id`` all become ``customer id``, 用户ID becomes
``user id``, ``Kundennummer`` and ``numéro de client`` become ``customer number``. Only words of the rules' own
vocabulary are put together or taken apart, so unknown names stay what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from streams.inventory.classify.lexicon import ABBREVIATIONS, CHINESE, ENVELOPES, NOISE
from streams.inventory.classify.lexicon_european import ACCENTED, AMONG_ROMANCE, GERMANIC, JOINTS, ROMANCE

Words = tuple[str, ...]

#: Longest part of a path that is read, in characters.
_LOOK = 200
#: Longest phrase that a pattern may have, in words.
LONGEST = 5

#: Stands before a phrase that is all of the last part of a path, and before one that is all of the path.
LEAF, WHOLE = "^", "="

_HAN = "\u3400-\u9fff"
_LOW, _UP = "a-zß-öø-ÿœ", "A-ZÀ-ÖØ-Þ"
_PIECES = re.compile(rf"[{_UP}]+(?![{_LOW}])|[{_UP}]?[{_LOW}]+|[0-9]+|[{_HAN}]+|[^\W\d_{_UP}{_LOW}{_HAN}]+")
#: "N° client", "nº de pedido"; what capitals would cut up: "MwSt", "USt-IdNr".
_NUMERO = re.compile(r"(?i:\bn)[°º]|№")
_CAPITALS = re.compile(r"MwSt|USt(?![a-z])|IdNr")
#: RecBole's atomic files write the type behind the name: ``user_id:token``.
_ATOMIC = re.compile(r":(?:token|float|int|str)(?:_seq)?\Z")
#: Two-letter words that may end a glued name, such as ``userid`` or ``createdat``.
_SHORT_HEADS = frozenset({"id", "no", "at", "ip", "ts", "dt", "on", "nr"})
_LONGEST_CHINESE = max(map(len, CHINESE))
#: From this length on, German and Dutch words are parts of compounds; shorter ones are in too many English words.
_COMPOUND = 5
_EUROPEAN = GERMANIC | ROMANCE
#: What a phrase is worth in the order of a Romance name, which was turned: ``cliente_nome`` is in the English one.
_UNTURNED = 0.75
#: Heads that English puts first before what was done: ``date_created``, ``quantity ordered``.
_HEADS = frozenset({"date", "time", "quantity", "amount", "number", "price", "total", "cost", "fee", "tax"})
_DONE = frozenset({"sold", "paid", "bought", "sent", "spent", "due"})


@dataclass(frozen=True, slots=True)
class FieldName:
    """What a field path says, in words."""

    leaf: Words
    """Words of the last part of the path."""
    words: Words
    """Words of the parts that describe it, outermost first, the leaf's last."""
    turned: Words = ()
    """The words of the leaf with the head last, where a language or a figure of speech may have put it first."""
    turning: float = 0.97
    """How much a phrase of those is worth."""

    def readings(self) -> Iterator[list[tuple[Words, float]]]:
        """Yield what the name may be called, by each way to read it: phrases, longest first, with how much they cover.

        The head of a compound is its last word, in English and in Chinese, so each phrase ends the name. A phrase that
        is all of the leaf comes with :data:`LEAF` before it, too, and one that is all of the path with :data:`WHOLE`.
        A word of the leaf that is not covered costs a little.
        """
        above = self.words[: len(self.words) - len(self.leaf)]
        yield self._phrases(above, self.leaf, 1.0)
        plain = _without_noise(self.words)
        if plain != self.words:
            yield self._phrases(above[: len(plain)], plain[len(above) :], 0.97)
        if self.turned:
            yield self._phrases(above, self.turned, self.turning)

    def _phrases(self, above: Words, leaf: Words, factor: float) -> list[tuple[Words, float]]:
        words, found = above + leaf, []
        # Of "country of manufacture" the head is before "of": what is behind it says nothing by itself.
        least = len(leaf) - 1 if _of(leaf) else 1
        for size in range(min(LONGEST, len(words)), least - 1, -1):
            phrase = words[-size:]
            weight = factor * 0.96 ** max(0, len(self.leaf) - size)
            if size == len(words):
                found.append(((WHOLE, *phrase), weight))
            if size == len(leaf):
                found.append(((LEAF, *phrase), weight))
            found.append((phrase, weight))
        return found


def _without_noise(words: Words) -> Words:
    end = len(words)
    while end > 1 and (words[end - 1] in NOISE or words[end - 1].isdigit()):
        end -= 1
    return words[:end]


def _of(words: Words) -> bool:
    return len(words) > 2 and words[1] == "of" and words[0] != "out"


def _turned(words: Words) -> Words:
    """Return ``created date`` for ``date created`` and ``customer name`` for ``name of customer``, else nothing."""
    if _of(words):
        return (*words[2:], words[0])
    done = len(words) > 1 and words[0] in _HEADS and (words[-1].endswith("ed") or words[-1] in _DONE)
    return (*words[1:], words[0]) if done else ()


class NameReader:
    """Reads field paths into words.

    Args:
        vocabulary: words of all name patterns; the words that are known.
    """

    def __init__(self, vocabulary: Set[str]) -> None:
        self._vocabulary = vocabulary
        compounds = {word for word in GERMANIC if len(word) >= _COMPOUND}
        self._glue = frozenset(vocabulary | ABBREVIATIONS.keys() | compounds)

    def read(self, path: str) -> FieldName:
        """Return the words of ``path``, such as ``items[].unitPrice``."""
        parts = [part for part in _ATOMIC.sub("", path[-_LOOK:]).replace("[]", "").split(".") if part]
        if not parts:
            return FieldName((), ())
        leaf, turned = self._words(parts[-1])
        leaf = self._flagged(leaf)
        above: Words = ()
        for part in parts[:-1]:
            words, _ = self._words(part)
            if not (len(words) == 1 and (words[0] in ENVELOPES or words[0].removesuffix("s") in ENVELOPES)):
                above += words
        if above and above[-1:] == leaf[:1]:
            above = above[:-1]  # "discount_codes[].code" is one code
        if turned:
            return FieldName(leaf, above + leaf, turned, _UNTURNED)
        return FieldName(leaf, above + leaf, _turned(leaf))

    def _words(self, part: str) -> tuple[Words, Words]:
        """Return the words of one part of a path, and in the other order where the language puts heads first."""
        spelled = _CAPITALS.sub(lambda found: f"{found.group().lower()} ", _NUMERO.sub(" numero ", part))
        pieces = _PIECES.findall(spelled)
        if pieces and (
            any(map(_is_romance, pieces)) or (not part.isascii() and any(map(_is_accented, pieces)))
        ):
            told = [piece for piece in pieces if _plain(piece) not in JOINTS]
            own = [AMONG_ROMANCE.get(piece.lower(), piece) for piece in told]
            return self._spelled(_head_last(own)), self._spelled(own) if len(own) > 1 else ()
        return self._spelled(pieces), ()

    def _spelled(self, pieces: Sequence[str]) -> Words:
        return tuple(word for piece in pieces for word in self._piece(piece))

    def _piece(self, piece: str) -> Words:
        if "\u3400" <= piece[0] <= "\u9fff":
            return tuple(_chinese(piece))
        if " " in piece:
            return tuple(piece.split())
        word = piece.lower()
        return self._word(word) if word.isascii() else self._accented(word)

    def _accented(self, word: str) -> Words:
        told = ACCENTED.get(word)
        return tuple(told.split()) if told else self._word(_unaccented(word))

    def _word(self, word: str) -> Words:
        if word in ABBREVIATIONS:
            return tuple(ABBREVIATIONS[word].split())
        if word in self._vocabulary:
            return (word,)
        if word in _EUROPEAN:
            return tuple(_EUROPEAN[word].split())
        if len(word) < 4:
            return (word,)
        if (single := self._singular(word)) is not None:
            return self._word(single)
        parts = self._unglue(word[:40])
        return tuple(w for part in parts for w in self._word(part)) if parts else (word,)

    def _singular(self, word: str) -> str | None:
        """Return a known word of which ``word`` is the plural."""
        if not word.endswith("s"):
            return None
        for single in (word[:-1], word[:-2] if word.endswith("es") else "", word[:-3] + "y"):
            if single in self._vocabulary or single in ABBREVIATIONS or single in _EUROPEAN:
                return single
        return None

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
        if len(words) > 2 and words[0] in ("number", "count") and words[1] == "of":
            return (*words[2:], "count")
        counted = words[0] in ("number", "count", "n") if words else False
        if counted and len(words) > 1 and words[-1] not in ("id", "code", "number", "plate"):
            return (*words, "count")
        return words


def _unaccented(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss").replace("ø", "o").replace("œ", "oe"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def _plain(piece: str) -> str:
    word = piece.lower()
    return word if word.isascii() else _unaccented(word)


def _is_romance(piece: str) -> bool:
    return _plain(piece) in ROMANCE


def _is_accented(piece: str) -> bool:
    return piece.lower() in ACCENTED


def _head_last(pieces: Sequence[str]) -> list[str]:
    """Turn a name round whose head comes first; numbers behind it stay there: ``dirección 2``."""
    end = len(pieces)
    while end > 1 and pieces[end - 1].isdigit():
        end -= 1
    return [*pieces[:end][::-1], *pieces[end:]]


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
