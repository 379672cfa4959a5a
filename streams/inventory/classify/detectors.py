"""Detectors that rules are made of: each tells which values of a field have a form.

Patterns are linear: no repeat inside a repeat over the same signs, every repeat bounded or possessive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set

import numpy as np

from streams.inventory.classify.base import Detector
from streams.inventory.classify.facts import FieldFacts, Mask, entries_of, listed_in, words_of
from streams.inventory.masking.tags import TAGS

#: What to say that a form needs, see :func:`each`.
DIGITS = "0123456789"


def each(
    test: Callable[[str], object], needs: str = "", hint: Callable[[str], bool] | None = None
) -> Detector:
    """Test each value; stop early when none of the first ones passes.

    Args:
        test: of one value.
        needs: signs of which every value that passes has one: when no first value has any, none is tested.
        hint: tells of the first values joined whether one may pass, never no wrongly, where that is much cheaper.
    """
    signs = frozenset(needs)

    def detect(facts: FieldFacts) -> Mask:
        if signs and signs.isdisjoint(facts.signs):
            return facts.nothing
        if (hint is not None and not hint(facts.joined)) or not any(map(test, facts.probes)):
            return facts.nothing
        return np.fromiter(map(bool, map(test, facts.values)), np.bool_, facts.size)

    return detect


def tag_of(semantic_type: str) -> Detector:
    """Take values that are nothing but the tag which masking left in place of one of ``semantic_type``."""
    tags = {tag for tag, name in TAGS.items() if name == semantic_type}
    return each(tags.__contains__, needs="[")


def matching(pattern: str, needs: str = "") -> Detector:
    """Match each whole value with a regular expression; ``needs`` as in :func:`each`."""
    return each(re.compile(pattern).fullmatch, needs)


def among(vocabulary: Set[str]) -> Detector:
    """Look each value up, in lower case and without its schema.org prefix."""
    known = frozenset(vocabulary)

    def detect(facts: FieldFacts) -> Mask:
        if known.isdisjoint(facts.entries):
            return facts.nothing
        return np.array([not known.isdisjoint(entries_of(text)) for text in facts.folded], dtype=np.bool_)

    return detect


def all_words_among(vocabulary: Set[str]) -> Detector:
    """Look up every word of each value: ``Mo, Tu`` or ``red/blue``."""
    known = frozenset(vocabulary)

    def passes(found: list[str]) -> bool:
        return bool(found) and known.issuperset(found)

    def detect(facts: FieldFacts) -> Mask:
        if not any(map(passes, facts.listed)):
            return facts.nothing
        return np.array([passes(listed_in(text)) for text in facts.values], dtype=np.bool_)

    return detect


def any_word_among(vocabulary: Set[str]) -> Detector:
    """Look up the words of each short value: one of them is enough."""
    known = frozenset(vocabulary)

    def detect(facts: FieldFacts) -> Mask:
        if known.isdisjoint(facts.words):
            return facts.nothing
        return np.array([not known.isdisjoint(words_of(text)) for text in facts.values], dtype=np.bool_)

    return detect


def between(low: float, high: float, *, whole: bool = False) -> Detector:
    """Take numbers from ``low`` to ``high``, both included; only whole ones if asked."""

    def detect(facts: FieldFacts) -> Mask:
        inside = (facts.numbers >= low) & (facts.numbers <= high)
        return inside & facts.whole if whole else inside

    return detect


def either(*detectors: Detector) -> Detector:
    """Take values that any of the detectors takes; those that come after one that takes all are not asked."""

    def detect(facts: FieldFacts) -> Mask:
        taken = facts.nothing
        for detector in detectors:
            mask = detector(facts)
            if mask is facts.nothing:
                continue
            if mask.all():
                return mask
            taken = mask if taken is facts.nothing else taken | mask
        return taken

    return detect


def both(*detectors: Detector) -> Detector:
    """Take values that all of the detectors take."""

    def detect(facts: FieldFacts) -> Mask:
        mask = detectors[0](facts)
        for detector in detectors[1:]:
            if mask is facts.nothing or not mask.any():
                return facts.nothing
            mask = mask & detector(facts)
        return mask

    return detect


def short_text(longest: int = 60, most_words: int = 6) -> Detector:
    """Take values of at most so many characters and words, with at least one letter."""

    def detect(facts: FieldFacts) -> Mask:
        lettered = np.array([any(map(str.isalpha, text[:longest])) for text in facts.values], dtype=np.bool_)
        return (facts.lengths <= longest) & (facts.word_counts <= most_words) & lettered

    return detect


def long_text(least_words: int) -> Detector:
    """Take values of at least so many words."""
    return lambda facts: facts.word_counts >= least_words


#: Two numbers joined by a dot, such as the client ids of Google Analytics.
_COMPOUND = re.compile(r"[0-9]{6,12}\.[0-9]{6,12}")


_WITHOUT_BLANKS = matching(r"\S{1,128}")


def key_like(facts: FieldFacts) -> Mask:
    """Take what can be a key: no blanks, at most 128 characters; a number must be whole and not negative."""
    if facts.looks == "number":
        return facts.whole & (facts.numbers >= 0)
    if facts.looks == "digits":
        compound = np.array([_COMPOUND.fullmatch(text) is not None for text in facts.values], dtype=np.bool_)
        return (facts.whole & (facts.numbers >= 0)) | compound
    return _WITHOUT_BLANKS(facts)


#: What machines give out: "pm_0DwEw526ZhJHkZdUrZMdozk", "0V4g9gnDNWCnw3rz".
_OPAQUE = re.compile(
    r"(?=[^\s0-9]{0,64}[0-9])(?=[^\sA-Z]{0,64}[A-Z])(?=[^\sa-z]{0,64}[a-z])[0-9A-Za-z_-]{14,64}"
)


def opaque(text: str) -> bool:
    """Tell whether ``text`` is a key as machines give them out: 14 to 64 small and capital letters and digits."""
    return _OPAQUE.fullmatch(text) is not None


def worded(facts: FieldFacts) -> Mask:
    """Take what is not :func:`opaque`."""
    return np.fromiter((not opaque(text) for text in facts.values), np.bool_, facts.size)


def anything(facts: FieldFacts) -> Mask:
    """Take every value."""
    return facts.all_or_none(True)
