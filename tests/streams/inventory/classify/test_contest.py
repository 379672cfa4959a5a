"""The rule that wins is the one that would win if all of them were held against the values."""

from __future__ import annotations

from collections.abc import Sequence, Set

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.classify.base import CODES, Beside, Rule
from streams.inventory.classify.contest import DECIDES, Contest, proofs
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.classify.index import Named, RuleIndex
from streams.inventory.classify.rules import all_rules
from streams.inventory.classify.scoring import Candidate, Match, lifted
from tests.streams.inventory.classify.examples import NAMED, UNNAMED, evidence

_TYPES = ("user_id", "price", "email", "text")
_INDEX, _PROOFS = RuleIndex(all_rules()), proofs(all_rules())
_EXAMPLES = [(path, values) for path, values, _ in NAMED] + [("c7", values) for values, _ in UNNAMED]


def plain(
    facts: FieldFacts, named: Sequence[Named], rules: Sequence[Rule], types: Set[str]
) -> Candidate | None:
    """Hold every rule against the values."""
    found = [Candidate(Match(one.rule, facts), one, *lifted(one.rule, types)) for one in named]
    called = {id(one.rule) for one in named}
    found += [
        Candidate(Match(rule, facts))
        for rule in rules
        if rule.proof and facts.looks in rule.accepts and id(rule) not in called
    ]
    best = max(found, key=lambda one: one.confidence, default=None)
    return best if best and best.confidence >= DECIDES else None


@pytest.mark.parametrize(("path", "values"), _EXAMPLES)
def test_all_rules(path: str, values: list[object]) -> None:
    facts, named = FieldFacts(evidence(path, values)), _INDEX.named(path)
    contest = Contest(facts, named, _PROOFS[facts.looks])
    others: tuple[frozenset[str], ...] = (
        frozenset({"email", "price"}),
        frozenset({"review_text", "order_id", "city"}),
    )
    # Among fields that lift and lower names; and again as it was: what was found before changes nothing.
    for types in (frozenset(), *others, frozenset()):
        assert same(contest.best(types), plain(facts, named, all_rules(), types))


def same(one: Candidate | None, other: Candidate | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.match.rule, one.named, one.confidence, one.evidence, one.hits) == (
        other.match.rule,
        other.named,
        other.confidence,
        other.evidence,
        other.hits,
    )


_SHARES = st.sampled_from([0.0, 0.3, 0.35, 0.5, 0.7, 0.9, 0.98])


def rule_of(number: int, taken: int, proof: float, lift: float, need: float, fits: int) -> Rule:
    """Return a rule that takes the first values only, as many as said."""
    return Rule(
        type=_TYPES[number % len(_TYPES)],
        form=lambda facts: facts.all_or_none(True) & (facts.numbers < taken),
        fits=lambda facts: facts.all_or_none(True) & (facts.numbers < fits),
        accepts=CODES,
        proof=proof,
        at=0.5,
        need=need,
        beside=(Beside(frozenset({"email"}), lift),),
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4), _SHARES, st.sampled_from([-0.4, 0.0, 0.4]), _SHARES, st.integers(0, 4), _SHARES
        ),
        max_size=8,
    ),
    st.sampled_from([frozenset(), frozenset({"email"})]),
)
def test_any_rules(drawn: list[tuple[int, float, float, float, int, float]], types: frozenset[str]) -> None:
    rules = [
        rule_of(number, taken, proof, lift, need, fits)
        for number, (taken, proof, lift, need, fits, _) in enumerate(drawn)
    ]
    named = [Named(rule, weight, "x") for rule, (*_, weight) in zip(rules, drawn, strict=True) if weight][::2]
    facts = FieldFacts(evidence("x", [0, 1, 2, 3]))
    contest = Contest(facts, named, proofs(rules)[facts.looks])
    assert same(contest.best(frozenset()), plain(facts, named, rules, frozenset()))
    assert same(contest.best(types), plain(facts, named, rules, types))
