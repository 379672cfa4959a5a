"""Fields that always hold the same value. One of zeros, or of rare outcomes, is none: it says "nothing yet"."""

from __future__ import annotations

from streams.inventory.profile.clip import shown
from streams.inventory.quality.rows import Rows, code_of
from streams.inventory.quality.rules.base import Names, Proposal, Rule, Verdict

name = "constant"

#: How many records of the sample must have it, in which share of all others it must surely hold, and how often it
#: did where it was checked.
_LEAST = 64
_BOUND = 0.95
KEPT = 0.995
#: A longer value would say little as a rule.
_LONGEST = 60
_NOTHING_YET = frozenset({"label", "boolean", "quantity", "discount", "position"})


def propose(sample: Rows) -> list[Proposal]:
    """Return the fields of a sample that hold one value throughout."""
    proposals = []
    for path in sample.paths:
        if sample.types.get(path) in _NOTHING_YET:
            continue
        texts = [text for text in sample.texts(path) if text is not None]
        if len(texts) >= _LEAST and len(set(texts)) == 1 and _says(texts[0]):
            proposals.append(Proposal(Rule(name, "value", (path,), texts[0]), _BOUND, float(len(texts))))
    return proposals


def _says(text: str) -> bool:
    return len(text) <= _LONGEST and text.strip("0.+-") != "" and text.lower() not in ("false", "no")


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which records have the value."""
    (path,) = rule.fields
    codes = rows.codes(path)
    return Verdict(codes != 0, codes == code_of(rule.value))


def say(rule: Rule, names: Names) -> str:
    """Return ``currency is always "GBP"``."""
    return f'{names(rule.fields[0])} is always "{shown(rule.value)}"'
