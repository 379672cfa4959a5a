"""No pattern is slower than linear: hostile values cost every rule little more than looking at each character."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.base import Rule
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.classify.rules import all_rules
from tests.streams.inventory.classify.examples import evidence

#: What patterns repeat; each is written out to 512 characters and ended so that nothing can match whole.
PIECES = [
    "a", "1", "A", " ", "-", ".", "_", "é", "中", "路", "a ", "1 ", "1.", "1,", "1-", "1/", "1:",
    "a.", "a@", "@a.", "+1 ", "12:00-", "Mo 1200-1200 ", "Mo-Tu ", "mo to ", "1h ", "1 h, and ",
    "P1Y", "a=b;", "a:b,", "1 kg/", "1x", "1 cm x ", "$1,000 - ", "$", "1,000", "1.000,",
    "1 Main Street, ", "省1", "Jan 1, ", "2020-01-", "a/", "//a.", "http://",
    "http://schema.org/a ", "{\"a\": ", "\\", "(1", "0-1 ", "0", "4111 ", "9.", "A-", "a-b ", "*",
    "'", "XL/",
]  # fmt: skip
HOSTILE = [(piece * 512)[:511] + end for piece in PIECES for end in ("!", "\x00")]


def seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def plain_scan(values: list[str]) -> int:
    """Look at every character once, in Python."""
    return sum(char == "\x01" for text in values for char in text)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.type)
def test_rule_is_linear(rule: Rule) -> None:
    """A rule costs at most twelve plain scans: where a pattern is quadratic in 512 characters, it is a hundred."""
    item = evidence("x", HOSTILE)

    def apply() -> None:
        facts = FieldFacts(item)
        for detector in (rule.form, rule.fits):
            if detector:
                for text in facts.values:  # one by one, so that no early stop spares a value
                    detector(FieldFacts(evidence("x", [text])))

    base = seconds(lambda: [FieldFacts(evidence("x", [text])) for text in HOSTILE])
    assert seconds(apply) <= 4 * base + 12 * seconds(lambda: plain_scan(HOSTILE))


def test_classifier_is_linear() -> None:
    classifier = RuleClassifier()
    values = [text * 400 for text in HOSTILE[:128]]  # 26 MB: only the first 512 characters of each may count
    short = HOSTILE[:128]
    long_run = seconds(lambda: classifier.fields([evidence("c7", values)]))
    assert long_run <= 3 * seconds(lambda: classifier.fields([evidence("c7", short)])) + 0.05


def test_names_are_linear() -> None:
    classifier = RuleClassifier()
    hostile = [(piece * 100_000)[:100_000] for piece in ("a", "A", "Aa", "id", "单", "a.", "a1_", "orderid")]
    scan = seconds(lambda: plain_scan(hostile))
    assert seconds(lambda: classifier.fields([evidence(path, ["x"]) for path in hostile])) <= scan + 0.1
