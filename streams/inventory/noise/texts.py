"""Texts that nobody meant as values: simple rules, each stated in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np


class NoiseRule(NamedTuple):
    """One kind of noise."""

    says: str
    test: Callable[[str], object]
    may: Callable[[str], object] = bool
    """Whether any of many texts, joined by line breaks, may be such noise; never no wrongly."""


_REPEATED = re.compile(r"(\w)\1{4,}+", re.IGNORECASE)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_LEAST_KEYS = 4
_TRIALS = re.compile(
    r"(?:test|testing|dummy|foobar|lorem ipsum|xxx+|tbd|delete me|do not use"
    r"|测试|测试商品|测试数据|测试用|试试)(?:[ _-]?[0-9]{1,6})?(?:[ _-]?(?:item|product|user|order|data|row))?",
    re.IGNORECASE,
)
_TRIAL_WORDS = ("test", "dummy", "foobar", "lorem", "xxx", "tbd", "delete", "do not", "测试", "试试")
_DAMAGED = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯")
_LONGEST = 64


def _repeated(text: str) -> bool:
    """Tell whether a word is one letter five times and more, or most of a short text is. Digits may repeat."""
    found = _REPEATED.search(text[:_LONGEST])
    return found is not None and not found.group(1).isdigit() and 2 * len(found.group()) > len(text)


def _may_repeat(joined: str) -> bool:
    """Tell whether any sign stands five times in a row."""
    codes = np.frombuffer(joined.casefold().encode("utf-32-le", "surrogatepass"), np.uint32)
    same = codes[1:] == codes[:-1]
    return bool((same[3:] & same[2:-1] & same[1:-2] & same[:-3]).any())


def _mashed(text: str) -> bool:
    """Tell whether a text is nothing but neighbouring keys: at least four in a row, of one row."""
    if not (_LEAST_KEYS <= len(text) <= _LONGEST and text.isalpha() and text.isascii()):
        return False
    word = text.casefold()
    return (
        any(word[:_LEAST_KEYS] in row for row in _ROWS)
        and any(word in 6 * row or _steps(word, row) for row in _ROWS)
        and word not in _WORDS
    )


#: Words that are written with neighbouring keys.
_WORDS = frozenset({"were", "wert", "tree", "weer", "poiu", "pore", "rewe", "trewq"})


def _steps(word: str, row: str) -> bool:
    """Tell whether a word is made of pieces of a row, at least four keys each: ``asdfasdf``."""
    while word:
        length = next((n for n in range(min(len(word), len(row)), _LEAST_KEYS - 1, -1) if word[:n] in row), 0)
        if not length:
            return False
        word = word[length:]
    return True


def _signs_only(text: str) -> bool:
    """Tell whether a text is punctuation and nothing else."""
    if len(text) < 2 or text[0].isalnum():
        return False
    return all(unicodedata.category(char)[0] in "PSZ" for char in text[:_LONGEST])


#: By name; the order is that of the document.
NOISE: Mapping[str, NoiseRule] = {
    "trial": NoiseRule(
        "a trial: test, dummy, 测试",
        lambda text: len(text) <= _LONGEST and _TRIALS.fullmatch(text),
        lambda joined: any(map(joined.casefold().__contains__, _TRIAL_WORDS)),
    ),
    "mashed": NoiseRule("neighbouring keys, pressed one after the other", _mashed),
    "repeated": NoiseRule("mostly one letter, five times and more", _repeated, _may_repeat),
    "signs": NoiseRule("punctuation and nothing else", _signs_only),
    "damaged": NoiseRule(
        "characters that were lost on the way",
        _DAMAGED.search,
        lambda joined: not joined.isascii() and _DAMAGED.search(joined),
    ),
}
_EXAMPLES = 3
#: Share of different values in capitals from which one without any is a note, not a value.
_CAPITALS = 0.9
_LEAST_VALUES = 50
_WORD = re.compile(r"[^\W\d_]{3}")


def noise(kept: Mapping[str, int], others: int = 0) -> dict[str, dict[str, Any]]:
    """Return what is noise among a field's texts, by kind: how many values, with examples.

    Args:
        kept: distinct values with their counts, no missing spellings among them.
        others: values besides those: ``high`` says that all of them may be noise.
    """
    found: dict[str, dict[str, Any]] = {}
    joined = "\n".join(kept)
    bare = list(map(str.strip, kept))
    for name, rule in NOISE.items():
        if not rule.may(joined):
            continue
        texts = [text for text, one in zip(kept, bare, strict=True) if rule.test(one)]
        if texts:
            found[name] = _told(rule.says, texts, kept, others)
    notes = _notes(kept)
    if notes:
        found["note"] = _told("in small letters, where the values are in capitals", notes, kept, others)
    return found


def _notes(kept: Mapping[str, int]) -> list[str]:
    lettered = [text for text in kept if text.upper() != text.lower()]
    capitals = sum(text.isupper() for text in lettered)
    if len(lettered) < _LEAST_VALUES or capitals < _CAPITALS * len(lettered):
        return []
    return [text for text in lettered if text.islower() and _WORD.search(text)]


def _told(says: str, texts: list[str], kept: Mapping[str, int], others: int) -> dict[str, Any]:
    count = sum(kept[text] for text in texts)
    examples = sorted(texts, key=lambda text: (-kept[text], text))[:_EXAMPLES]
    return {
        "says": says,
        "count": count,
        "high": count + others,
        "different": len(texts),
        "examples": examples,
    }
