"""What every rule keeps, and that adding one is one small file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pandian.semantics import semantic_types
from streams.inventory.classify import RuleClassifier, rules
from streams.inventory.classify.base import LOOKS, Rule
from tests.streams.inventory.classify.examples import evidence


@pytest.mark.parametrize("rule", rules.all_rules(), ids=lambda rule: rule.type)
def test_rule(rule: Rule) -> None:
    assert rule.type in semantic_types()
    assert rule.names or rule.proof, "neither a name nor values could ever call for it"
    assert all(0 < weight <= 1 for weight in rule.names.values())
    assert rule.accepts <= LOOKS
    assert 0 <= rule.need <= 1
    assert 0 <= rule.proof < 1
    assert not rule.proof or rule.form, "values prove nothing without a form"
    assert not rule.form or rule.says != "fit it", "the form needs its words"
    assert not (rule.ranged and semantic_types()[rule.type].masked), "a range would show values"


NEW = '''"""Numbers of loyalty cards."""

from streams.inventory.classify.base import Rule
from streams.inventory.classify.detectors import matching

RULES = [
    Rule(
        type="bank_account", names={"loyalty card number": 0.95}, form=matching("DE[0-9]{9}"), says="are of cards",
        proof=0.9,
    )
]
'''


def test_a_new_type_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vat.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    rules.all_rules.cache_clear()
    try:
        found = RuleClassifier().fields(
            [evidence("loyalty_card_number", ["DE123456789"]), evidence("c7", ["DE123456789"])]
        )
    finally:
        rules.all_rules.cache_clear()
    assert (
        found["loyalty_card_number"].evidence
        == "the name says 'loyalty card number' and 1 of 1 sampled values are of cards"
    )
    assert found["c7"].semantic_type == "bank_account"
