"""Rules or model: who decides what a field means.

A name that values fit decides, and so do values that prove their form; both can be checked by reading the rule. What
is left open (values of no certain form under a name that says nothing) is the model's, as far as it is sure enough.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from pandian.semantics import semantic_types
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.classify.model import Opinion
from streams.inventory.classify.scoring import Candidate

#: From this confidence on a name that values fit decides.
_NAMED = 0.5
#: From this confidence on values of a certain form decide.
_PROVED = 0.8
#: The same when the type is personal, since the model takes no mask off, and when the model does not know the type.
_PROVED_ALONE = 0.6
#: Least confidence of the model to decide, and to say that values are personal: these are masked for good.
_SURE = 0.3
_SURE_OF_PERSONAL = 0.6
#: Rules are right more often than their weights say, the more so the surer they are: on the labelled e-commerce columns
#: the log-odds are about twice as high. That a field of numbers holds numbers is about as sure as seven to one.
_SHARPER = 2.0
_NUMBERS = 2.0
#: Of a field that was seen less often the model says nothing.
_LEAST_SEEN = 3
#: The model knows bare numbers of small web tables only: JSON numbers and long columns are keys, figures, times.
_FEW = 12
_SHORT = 60
#: That the same few words come again and again is seen in many values, of which the model sees a few: it has to be
#: this sure that it knows better.
_SURE_OF_WORDS = 0.75
#: Fewer different values that come again and again are no names, addresses or numbers of people; their gender can be.
_PEOPLE = 5
#: So many values in all, and of each so many on average: that is no column of a small table, as the model learned from.
_LONG, _AGAIN = 20, 3
#: Types that say no more than what the values look like: the model may know better.
_GENERIC = frozenset({"number", "identifier", "text", "category_value", "boolean", "unknown"})


@dataclass(frozen=True, slots=True)
class Guess:
    """A type that the model gives a field."""

    type: str
    confidence: float
    evidence: str
    hits: int = 0
    """No value proves the type by its form."""


def leaves_open(facts: FieldFacts, rule: Candidate | None, known: Collection[str]) -> bool:
    """Tell whether the model, which knows the types ``known``, is to be asked beyond what rules say, ``rule``."""
    if facts.size == 1 and _again(facts):
        return False  # one value over and over: no column that it learned from is like that
    seen = sum(count for _, count in facts.samples)
    if facts.looks != "text" and not (facts.looks == "digits" and facts.size <= _FEW and seen <= _SHORT):
        return False
    if seen < _LEAST_SEEN:
        return False
    return rule is None or not _stands(rule, known)


def chosen(rule: Candidate | None, opinion: Opinion | None, facts: FieldFacts) -> Candidate | Guess | None:
    """Return who is right about a field: the rule, the model, or nobody."""
    if opinion is None:
        return rule
    guess = _guess(opinion, facts, rule)
    if rule is not None and rule.type == opinion.type:
        return guess if guess and guess.confidence > rule.confidence else rule
    if rule is None or guess is None:
        return guess or rule
    if rule.type == "category_value" and guess.type != "gender":
        return guess if guess.confidence >= max(rule.confidence, _SURE_OF_WORDS) else rule
    # A form that many values have weighs more than what they look like; the model learned from a few values a column.
    formed = rule.type not in ("number", "identifier", "text") and _again(facts)
    formed = formed or (rule.type == "identifier" and rule.confidence >= _PROVED_ALONE)
    return rule if formed and rule.named is None and rule.confidence > guess.confidence else guess


def _again(facts: FieldFacts) -> bool:
    """Tell whether the same values come again and again in a long column."""
    return facts.evidence.count >= _LONG and facts.repeats >= _AGAIN


def calibrated(best: Candidate | Guess) -> float:
    """Return the confidence of a decision as a probability: of what the model said, it is one already."""
    if isinstance(best, Guess) or not 0 < best.confidence < 1:
        return best.confidence
    odds = best.confidence / (1 - best.confidence)
    if best.type == "number" and best.named is None:
        odds *= math.exp(_NUMBERS)
    elif best.type not in _GENERIC and best.confidence > _NAMED:
        odds = odds**_SHARPER
    return odds / (1 + odds)


def _stands(rule: Candidate, known: Collection[str]) -> bool:
    if rule.named is not None and rule.confidence >= _NAMED:
        return True
    if rule.type in _GENERIC:
        return rule.confidence >= _PROVED
    alone = semantic_types()[rule.type].masked or rule.type not in known
    return rule.confidence >= (_PROVED_ALONE if alone else _PROVED)


def _guess(opinion: Opinion, facts: FieldFacts, rule: Candidate | None) -> Guess | None:
    personal = semantic_types()[opinion.type].masked
    if opinion.confidence < (_SURE_OF_PERSONAL if personal else _SURE):
        return None
    if personal and opinion.type != "gender" and facts.size < _PEOPLE and _again(facts):
        return None
    if rule is not None and rule.type == opinion.type:
        # The rule's sentence can be checked value by value: it stays, with the model's measured confidence.
        return Guess(opinion.type, opinion.confidence, rule.evidence, rule.hits)
    said = (
        f"{'the one sampled value looks' if facts.size == 1 else f'{facts.size} sampled values look'} most like "
        f"{opinion.type} in the tables that the model learned from"
    )
    return Guess(opinion.type, opinion.confidence, f"{said}; next likely: {opinion.runner_up}")
