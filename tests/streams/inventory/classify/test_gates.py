"""What spares a look changes no answer: signs and hints that a form needs, for every rule and all kinds of values."""

from __future__ import annotations

import numpy as np
import pytest

from streams.inventory.classify.base import Rule
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.classify.rules import all_rules
from tests.streams.inventory.classify.examples import NAMED, NEARLY, UNNAMED, VETOED, evidence
from tests.streams.inventory.classify.test_linear import HOSTILE
from tests.support.identifiers import NEAR, PERSONAL, column

#: What nearly passes for one thing or another, with few of the signs that it usually has.
_ODD = [
    "--", ".0", "POINT(. .)", "PT", "P1D", "PT5M", "{\"a\"", "[ {", "a=b;c=d", "a：b；c：d", "★★★",
    "①路①号", "１２３４５６７",
    "12345-1234", "//a.b", "www.abc", "a/1", "en-US", "zh_CN", "::1", "1.2.3.4", "00-11-22-33-44-55", "@me", "[email]",
    "cashmere", "CASH", "visa, mastercard", "http://schema.org/InStock", "red/blue", "Mo, Tu", "2020-01-01", "下午3点",
    "2020年1月", "$5", "5 €", "5-6 $", "1 kg", "6 grams protein", "5' 4\"", "4/5", "sk_live_" + "a1" * 12, "GB82 WEST",
]  # fmt: skip
_TEXTS = list(
    dict.fromkeys(
        str(value)
        for values in [
            *(one[1] for one in (*NAMED, *VETOED)),
            *(one[0] for one in UNNAMED),
            *(one[0] for one in NEARLY),
            *(column(kind, 3, 1) for kind in (*PERSONAL, *NEAR)),
            HOSTILE,
            _ODD,
        ]
        for value in values
    )
)


class _Ungated(FieldFacts):
    """Facts of which no form can tell beforehand that there is nothing to find."""

    joined = "1 cash AKIA"
    signs = frozenset(map(chr, range(0x10000)))


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.type)
def test_what_spares_a_look_changes_no_answer(rule: Rule) -> None:
    for text in _TEXTS:
        item = evidence("x", [text])
        for detector in filter(None, (rule.form, rule.fits)):
            assert np.array_equal(detector(FieldFacts(item)), detector(_Ungated(item))), text
