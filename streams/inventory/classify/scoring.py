"""From evidence to confidence: what one rule says about one field, and the sentence that explains it.

The name gives a confidence that fitting values carry and others veto; values that prove the form give one of
their own; the two are combined as independent evidence (noisy or).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pandian.semantics import semantic_types
from streams.inventory.classify.base import Rule
from streams.inventory.classify.facts import FieldFacts, Mask
from streams.inventory.classify.index import Named

#: Confidence never reaches 1: rules can be wrong.
_MOST = 0.99
#: Of fewer values their number is told, not a percentage.
_HANDFUL = 10
#: What remains of the name's confidence when no value was seen, and when no value has the rule's own form.
_UNSEEN = 0.6
_BARE = 0.8


class Lift(NamedTuple):
    """What the fields beside a field change about the weight of its name."""

    by: float = 0.0
    """Added to the weight; may be negative."""
    beside: str = ""
    """A type of those fields that adds to it."""


_NO_LIFT = Lift()


def lifted(rule: Rule, types: Set[str]) -> Lift:
    """Return what the types of the fields beside a field change about a name that calls for ``rule``."""
    if not rule.beside or not types:
        return _NO_LIFT
    told = [(min(names), one.lift) for one in rule.beside if (names := one.types & types)]
    return Lift(sum(by for _, by in told), next((name for name, by in told if by > 0), ""))


def at_most(rule: Rule, weight: float = 0.0) -> float:
    """Return the most confidence that ``rule`` can give, whatever the values, to a name of that weight for it."""
    weight = _within(weight)
    return max(weight, min(1.0 - (1.0 - weight) * (1.0 - rule.proof), _MOST))


def _within(weight: float) -> float:
    return min(max(weight, 0.0), _MOST)


class Match:
    """One rule held against the values of one field.

    Args:
        rule: the rule.
        facts: of the field.
        form: which values have the rule's own form, where that is known already.
    """

    __slots__ = ("_fit", "facts", "fitting", "form", "hits", "rule", "support")

    def __init__(self, rule: Rule, facts: FieldFacts, form: Mask | None = None) -> None:
        self.rule = rule
        self.facts = facts
        if form is None:
            applies = rule.form is not None and facts.looks in rule.accepts
            form = rule.form(facts) if rule.form and applies else facts.nothing
        #: Which values have the rule's own form.
        self.form: Mask = form
        #: How many of them.
        self.hits = 0 if self.form is facts.nothing else int(np.count_nonzero(self.form))
        #: Their weighted share.
        self.support = facts.share(self.form) if self.hits else 0.0
        #: How many may stand under a name of the rule: told by ``fit``.
        self.fitting = self.hits
        self._fit: float | None = None

    @property
    def fit(self) -> float:
        """Weighted share of the values that may stand under a name of the rule."""
        if self._fit is None:
            share = self.support
            if self.rule.fits is not None and share < 1:
                mask = self.rule.fits(self.facts)
                self.fitting = max(self.hits, int(np.count_nonzero(mask)))
                share = max(share, self.facts.share(mask))
            if semantic_types()[self.rule.type].masked:
                # One odd value among few must not lay the others bare: masked types get the benefit of one value.
                share = (share * self.facts.size + 1) / (self.facts.size + 1)
            self._fit = share
        return self._fit

    @property
    def proof(self) -> float:
        """Confidence that the values alone give."""
        rule = self.rule
        if not rule.proof or self.facts.size < rule.least or self.support < rule.at:
            return 0.0
        return rule.proof * self.support * (1.0 - rule.chance**self.hits)


@dataclass(frozen=True)
class Candidate:
    """A type that a field may have, because of one rule."""

    match: Match
    named: Named | None = None
    """What the field's name says, when it says something."""
    lift: float = 0.0
    """Added to the name's weight because of the fields beside it."""
    beside: str = ""
    """A type of the fields beside it that did so."""

    @property
    def type(self) -> str:
        """The semantic type."""
        return self.match.rule.type

    @property
    def hits(self) -> int:
        """How many values have the form of the type."""
        return self.match.hits

    @cached_property
    def confidence(self) -> float:
        """Between 0 and 1; 0 when the values veto."""
        looks, accepts = self.match.facts.looks, self.match.rule.accepts
        if looks == "none":
            return self._weight * _UNSEEN
        if looks not in accepts:
            return 0.0
        if looks == "container":
            return self._weight
        return min(1.0 - (1.0 - self._by_name) * (1.0 - self.match.proof), _MOST)

    @property
    def evidence(self) -> str:
        """A sentence that a person can check; of masked types without any value."""
        said = f"the name says '{self.named.phrase}'" if self.named and self._by_name else ""
        if said and self.beside:
            said += f" beside {self.beside}"
        if not self.match.facts.size:
            return f"{said}; no value was seen yet"
        return f"{said} and {self._shown}" if said else self._shown

    @property
    def _weight(self) -> float:
        return _within(self.named.weight + self.lift) if self.named else 0.0

    @property
    def _by_name(self) -> float:
        match = self.match
        if not match.facts.size:
            return self._weight
        if not self._weight or match.fit < match.rule.need:
            return 0.0
        return self._weight * (_BARE + (1.0 - _BARE) * (match.support if match.rule.form else match.fit))

    @property
    def _shown(self) -> str:
        rule, facts = self.match.rule, self.match.facts
        if not self.match.hits:
            return f"{_share(self.match.fitting, facts.size)} sampled values could be one"
        text = f"{_share(self.match.hits, facts.size)} sampled values {rule.says}"
        if not rule.ranged or semantic_types()[rule.type].masked:
            return text
        inside = facts.numbers[self.match.form & ~np.isnan(facts.numbers)]
        if not inside.size:
            return text
        low, high = inside.min(), inside.max()
        return f"{text}, all {low:.12g}" if low == high else f"{text} between {low:.12g} and {high:.12g}"


def _share(hits: int, size: int) -> str:
    """Write how many of the values; a percentage of a handful would say less than their number."""
    return f"{hits} of {size}" if size < _HANDFUL else f"{_percent(hits / size)} of {size}"


def _percent(share: float) -> str:
    """Write a share as a percentage that says 0 and 100 only when it is."""
    percent = 100 * share
    return f"{percent:.0f} %" if percent in (0, 100) else f"{min(max(percent, 0.1), 99.9):.3g} %"
