"""Which rule is right about one field: rules are held against its values only while they can still win.

How sure a rule can be at most is known before any value is looked at: from the weight of the name and from its proof.
They take their turns in that order, and one that is surer than all that follow can be ends it: a field whose name says
much is decided by one rule, and by the few whose proof is better than a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from operator import attrgetter, itemgetter
from typing import NamedTuple

from streams.inventory.classify.base import LOOKS, Rule
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.classify.index import Named
from streams.inventory.classify.scoring import Candidate, Match, at_most, lifted

#: Least confidence of a decision; below it a field stays unknown.
DECIDES = 0.35

_NOBODY: frozenset[str] = frozenset()


class Proof(NamedTuple):
    """A rule that values alone can prove."""

    rule: Rule
    at_most: float
    """The most confidence that it can give."""
    place: int
    """Its place among all rules: at equal confidence the earlier one wins."""


def proofs(rules: Sequence[Rule]) -> Mapping[str, tuple[Proof, ...]]:
    """Return the rules that values alone can prove, by what a field looks like, those first that can be surest."""
    found = [Proof(rule, at_most(rule), place) for place, rule in enumerate(rules) if rule.proof]
    found.sort(key=attrgetter("at_most"), reverse=True)
    return {looks: tuple(proof for proof in found if looks in proof.rule.accepts) for looks in LOOKS}


class _Leader(NamedTuple):
    """The best candidate so far; of equally sure ones the one of the earlier place."""

    confidence: float = 0.0
    place: int = 0
    candidate: Candidate | None = None

    def or_else(self, candidate: Candidate, place: int) -> _Leader:
        sure = candidate.confidence
        if sure > self.confidence or (sure == self.confidence and place < self.place):
            return _Leader(sure, place, candidate)
        return self


class Contest:
    """The rules that may be right about one field. What was found of its values serves every :meth:`best`.

    Args:
        facts: of the field.
        named: rules that its name calls for.
        proofs: rules that values alone can prove, those first that can be surest.
    """

    __slots__ = ("_called", "_facts", "_matches", "_named", "_proofs", "_proved")

    def __init__(self, facts: FieldFacts, named: Sequence[Named], proofs: Sequence[Proof]) -> None:
        self._facts = facts
        self._named = named
        self._called = {id(one.rule) for one in named}
        self._matches: dict[int, Match] = {}
        self._proofs = proofs
        self._proved: list[Candidate | None] = []

    def best(self, types: Set[str] = _NOBODY) -> Candidate | None:
        """Return the surest candidate; of equally sure ones that of the first rule. None: none is sure enough.

        Args:
            types: of the fields beside it.
        """
        leader = self._best_proved(self._best_named(types))
        return leader.candidate if leader.confidence >= DECIDES else None

    def _best_named(self, types: Set[str]) -> _Leader:
        leader = _Leader()
        turns = []
        for place, named in enumerate(self._named):
            lift = lifted(named.rule, types)
            turns.append((at_most(named.rule, named.weight + lift.by), place, lift))
        turns.sort(key=itemgetter(0), reverse=True)
        for limit, place, lift in turns:
            if limit < leader.confidence:
                break
            found = Candidate(self._match(place), self._named[place], *lift)
            leader = leader.or_else(found, place)
        return leader

    def _match(self, place: int) -> Match:
        match = self._matches.get(place)
        if match is None:
            match = self._matches[place] = Match(self._named[place].rule, self._facts)
        return match

    def _best_proved(self, leader: _Leader) -> _Leader:
        for turn, proof in enumerate(self._proofs):
            if proof.at_most < leader.confidence:
                break
            if turn == len(self._proved):
                self._proved.append(self._proof(proof))
            found = self._proved[turn]
            if found is not None:
                leader = leader.or_else(found, len(self._named) + proof.place)
        return leader

    def _proof(self, proof: Proof) -> Candidate | None:
        """Return the candidate of a rule that values prove; None when they do not, and when the name calls for it."""
        rule, facts = proof.rule, self._facts
        if facts.size < rule.least or id(rule) in self._called or rule.form is None:
            return None
        form = rule.form(facts)
        return None if form is facts.nothing else Candidate(Match(rule, facts, form))
