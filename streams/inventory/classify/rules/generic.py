"""What remains when nothing better is known: forms without a role. Low confidence by design."""

from __future__ import annotations

import re

import numpy as np

from streams.inventory.classify.base import CODES, FLAGS, NUMBERS, TEXT, Beside, Rule, words
from streams.inventory.classify.detectors import DIGITS, among, each, key_like, long_text, matching, opaque
from streams.inventory.classify.facts import FieldFacts, Mask

_TRUTHS = words(
    "true false yes no y n t f on off 1 0 1.0 0.0 ja nein oui non si sí sim não vero falso verdadero wahr falsch nee "
    "是 否 真 假"
)
_WORDED_TRUTHS = _TRUTHS - words("1 0 1.0 0.0")


def _binary(facts: FieldFacts) -> Mask:
    """Take all values when they are 0 and 1, both seen, and often."""
    flag = set(facts.values) == {"0", "1"} and facts.repeats >= 5
    return facts.all_or_none(flag)


def _few_words(facts: FieldFacts) -> Mask:
    """Take short values when few different ones come again and again."""
    few = facts.evidence.distinct <= 60 and facts.evidence.count >= 10 and facts.repeats >= 3
    return (facts.word_counts <= 4) & (facts.lengths <= 40) if few else facts.nothing


_WITH_DIGIT = matching(r"(?=[^0-9]{0,128}[0-9]).{1,128}")
_CODED = matching(r"(?=[^\s0-9]{0,128}[0-9])\S{1,128}")


def _opaque(facts: FieldFacts) -> Mask:
    """Take values without blanks that hold a digit, when most are different."""
    return _CODED(facts) if facts.size >= 5 and facts.repeats < 2 else facts.nothing


#: A number of which the first zero would be lost: 0012, but neither 0 nor 0.5.
_PADDED = re.compile(r"0[0-9]{1,40}(?:\.0)?")


def _padded(facts: FieldFacts) -> Mask:
    return np.fromiter((_PADDED.fullmatch(text) is not None for text in facts.values), np.bool_, facts.size)


_GROUPED = r"[+-]?[0-9]{1,3}(?:[,.' ][0-9]{3}){1,4}(?:[.,][0-9]{1,2})?|[+-]?[0-9]{1,12}(?:[.,][0-9]{1,4})?"
_PERCENT = r"[+-]?[0-9]{1,6}(?:[.,][0-9]{1,6})? ?%"


def _numeric(facts: FieldFacts) -> Mask:
    numeric = ~np.isnan(facts.numbers)
    return numeric & ~_padded(facts) if facts.looks == "digits" else numeric


def _coded(facts: FieldFacts) -> Mask:
    """Take digits that are written in one length, of which some begin with 0: no number is written so."""
    length = len(facts.values[0]) if facts.size else 0
    one_length = length >= 3 and all(len(text) == length and text.isdigit() for text in facts.values)
    return facts.all_or_none(bool(one_length and _padded(facts).any()))


def _counted(facts: FieldFacts) -> Mask:
    """Take whole numbers that are counted up: hardly one comes twice, and hardly one between them is left out."""
    evidence = facts.evidence
    once = evidence.count >= 20 and evidence.distinct >= 0.98 * evidence.count and bool(facts.whole.all())
    if not once or float(facts.numbers.min()) < 0:
        return facts.nothing
    return facts.all_or_none(float(facts.numbers.max() - facts.numbers.min()) <= 2 * facts.size)


def _key(facts: FieldFacts) -> Mask:
    """Take what can be a key, and is no word that comes again and again."""
    if facts.looks == "number":
        return facts.whole
    keys = key_like(facts) | (facts.whole if facts.looks == "digits" else facts.nothing)
    few = facts.looks == "text" and facts.evidence.distinct <= 60 and facts.repeats >= 3
    return keys & _WITH_DIGIT(facts) if few else keys


def _worded(facts: FieldFacts) -> Mask:
    return (facts.word_counts >= 2) | (facts.lengths > 20)


RULES = [
    Rule(
        type="boolean",
        names={"flag|indicator|ind|enabled|verified|deleted|active|recommended": 0.8},
        form=among(_TRUTHS),
        says="are true or false, yes or no, 0 or 1",
        accepts=FLAGS,
        need=0.95,
    ),
    Rule(
        type="boolean",
        form=lambda facts: facts.all_or_none(flag=True),
        says="are JSON booleans",
        accepts=frozenset({"boolean"}),
        proof=0.7,
    ),
    Rule(
        type="boolean",
        form=among(_WORDED_TRUTHS),
        says="are words for true and false",
        accepts=TEXT,
        proof=0.7,
    ),
    Rule(type="boolean", form=_binary, says="are 0 and 1", accepts=NUMBERS, proof=0.52, least=2),
    Rule(
        type="number",
        names={
            "count|size|version|level|ratio|rate|percent|percentage|average|mean|sum|factor|index": 0.55,
            "file|page|batch|body|response|request|content|window size|length": 0.93,
            "page|view|review|vote|click|feedback|follower|rating|star|result count": 0.9,
            "like|comment|impression|session|visit|login|order|word count": 0.9,
            "session|visit number": 0.9,
            "point": 0.55,
            "tax|exchange|commission|interest|conversion|discount rate": 0.9,
        },
        form=_numeric,
        says="are numbers",
        accepts=NUMBERS,
        ranged=True,
    ),
    Rule(type="number", form=_numeric, says="are numbers", accepts=NUMBERS, proof=0.5, at=0.85, ranged=True),
    Rule(
        type="number",
        names={
            "impression|click|conversion|view|visit|share|follower|like|unit": 0.6,
            "count|rate|ratio|percent|percentage|ctr|cvr|acos|roas|margin": 0.6,
        },
        form=matching(rf"{_GROUPED}|{_PERCENT}", DIGITS),
        says="are numbers in groups of three digits, or percentages",
    ),
    Rule(type="number", form=matching(_PERCENT, DIGITS), says="are percentages", proof=0.82, at=0.9),
    Rule(
        type="category_value",
        names={
            "type|kind|level|tier|grade|class|segment|group|mode|stage|phase|status|state|role|flag": 0.45,
            "loyalty|membership|member|customer|user|account tier|level|grade|rank|segment|group": 0.9,
            "loyalty|membership|member|customer|user|account status|state|class": 0.9,
            "product|item|listing|network|email|sms status|state": 0.9,
            "tax|price|css|shipping class": 0.9,
            "tax|price|css|shipping class name": 0.9,
            "campaign|continent|bin|warehouse|version|zone": 0.6,
            "campaign|warehouse|list|store view name": 0.6,
            "age group|band": 0.5,
        },
        form=_few_words,
        says="are short and come again and again",
        accepts=TEXT,
        proof=0.45,
        at=0.8,
    ),
    Rule(
        type="identifier",
        names={
            "id|number|code|key|reference|identifier|guid|uuid|serial|pk": 0.55,
            "tracking|waybill|tax|batch|lot|serial|registration number|code|id": 0.93,
            "tax identification|registration number|id": 0.9,
            "tax id number": 0.9,
            "last 4": 0.9,
            "last 4 digit": 0.9,
            "card bin|iin|fingerprint": 0.9,
            "return|rma|refund|shipment|parcel|package id|number": 0.9,
        },
        fits=_key,
        accepts=CODES,
        need=0.8,
    ),
    Rule(
        type="identifier",
        names={"line|order item id|number|key": 0.6, "line|order product id|number|key": 0.6},
        fits=key_like,
        accepts=CODES,
        need=0.8,
        # Beside what identifies the item, that of a line is its own.
        beside=(Beside(frozenset({"item_id", "sku", "gtin"}), 0.35),),
    ),
    Rule(
        type="identifier",
        form=each(opaque, needs=DIGITS),
        says="are keys of small and capital letters and digits",
        proof=0.69,
        at=0.8,
        least=3,
    ),
    Rule(
        type="identifier",
        form=_counted,
        says="are numbered through, each once",
        accepts=NUMBERS,
        proof=0.6,
        least=20,
    ),
    Rule(
        type="identifier",
        form=_coded,
        says="are digits in one length, some with a 0 before them",
        accepts=frozenset({"digits"}),
        proof=0.6,
        least=3,
    ),
    Rule(
        type="identifier",
        form=_opaque,
        says="have no blanks, hold digits, and are nearly all different",
        accepts=TEXT,
        proof=0.42,
        at=0.8,
        least=5,
    ),
    Rule(
        type="text",
        names={
            "text|note|remark|message|memo|content|body": 0.6,
            "description|subject|title|caption|comment|instruction|reason": 0.6,
            "page|tax|fee title|name": 0.7,
            "name|label": 0.3,
        },
        fits=each(lambda text: any(map(str.isalpha, text))),
    ),
    Rule(type="text", form=long_text(5), says="have five or more words", proof=0.5, at=0.6),
    Rule(type="text", form=_worded, says="are words without a better name", proof=0.38, at=0.5, least=3),
]
