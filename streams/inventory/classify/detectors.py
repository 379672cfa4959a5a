"""Detectors that rules are made of: each tells which values of a field have a form.

Patterns are linear: no repeat inside a repeat over the same signs, every repeat bounded or possessive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set

import numpy as np

from streams.inventory.classify.base import Detector
from streams.inventory.classify.facts import FieldFacts, Mask
from streams.inventory.masking.tags import TAGS


def each(test: Callable[[str], object]) -> Detector:
    """Test each value; stop early when none of the first ones passes."""

    def detect(facts: FieldFacts) -> Mask:
        for text in facts.probes:
            if test(text):
                return np.array([bool(test(text)) for text in facts.values], dtype=np.bool_)
        return facts.nothing

    return detect


def tag_of(semantic_type: str) -> Detector:
    """Take values that are nothing but the tag which masking left in place of one of ``semantic_type``."""
    tags = {tag for tag, name in TAGS.items() if name == semantic_type}
    return each(tags.__contains__)


def matching(pattern: str, flags: int = 0) -> Detector:
    """Match each whole value with a regular expression."""
    return each(re.compile(pattern, flags).fullmatch)


def among(vocabulary: Set[str]) -> Detector:
    """Look each value up, in lower case and without its schema.org prefix."""

    def known(text: str) -> bool:
        return text in vocabulary or (text.startswith("http") and _local_name(text) in vocabulary)

    def detect(facts: FieldFacts) -> Mask:
        if not any(map(known, facts.folded_probes)):
            return facts.nothing
        return np.array([known(text) for text in facts.folded], dtype=np.bool_)

    return detect


def _local_name(text: str) -> str:
    """Return the last part of an address such as ``http://schema.org/InStock``."""
    return re.split("[/#]", text)[-1] if text.startswith("http") else text


def all_words_among(vocabulary: Set[str], separators: str = r"[\s,;&+|、，]+") -> Detector:
    """Look up every word of each value: ``Mo, Tu`` or ``red/blue``."""
    split = re.compile(separators).split

    def test(text: str) -> bool:
        found = [_local_name(word.rstrip(":")) for word in split(text.casefold()) if word]
        return bool(found) and all(word in vocabulary for word in found)

    return each(test)


def any_word_among(vocabulary: Set[str]) -> Detector:
    """Look up the words of each short value: one of them is enough."""
    split = re.compile(r"[\W_]+").split
    return each(lambda text: len(text) <= 60 and any(word in vocabulary for word in split(text.casefold())))


def between(low: float, high: float, *, whole: bool = False) -> Detector:
    """Take numbers from ``low`` to ``high``, both included; only whole ones if asked."""

    def detect(facts: FieldFacts) -> Mask:
        inside = (facts.numbers >= low) & (facts.numbers <= high)
        return inside & facts.whole if whole else inside

    return detect


def either(*detectors: Detector) -> Detector:
    """Take values that any of the detectors takes."""

    def detect(facts: FieldFacts) -> Mask:
        masks = [mask for detector in detectors if (mask := detector(facts)) is not facts.nothing]
        return np.logical_or.reduce(masks) if masks else facts.nothing

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


def anything(facts: FieldFacts) -> Mask:
    """Take every value."""
    return facts.all_or_none(True)
