"""One suite for all rules: what they change, what they leave alone, and what holds of each for any text."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.cleaning import PLAIN, Cleaner, FieldPlan
from streams.inventory.cleaning.base import ORDINARY, Rule, Signs, SparesOrdinary
from streams.inventory.cleaning.rules.contacts import Emails, Phones
from streams.inventory.cleaning.rules.dates import Dates
from streams.inventory.cleaning.rules.encoding import Mojibake
from streams.inventory.cleaning.rules.escapes import HtmlEntities, PercentEscapes
from streams.inventory.cleaning.rules.numbers import NumberFormats, PlainNumbers
from streams.inventory.cleaning.rules.texts import Invisible, Missing, Spreadsheet, Whitespace, Width
from streams.inventory.cleaning.rules.units import OneUnit
from streams.inventory.cleaning.rules.words import Booleans, Countries, Currencies


@dataclass
class Case:
    """A rule with texts that it changes and texts that it leaves."""

    rule: Rule
    changes: dict[str, Any]
    leaves: list[str] = field(default_factory=list)


CASES = {
    "whitespace": Case(
        Whitespace(),
        {
            " KNITTED  MUG COSY ": "KNITTED MUG COSY",
            "a\tb": "a b",
            "a \r\n  b": "a\nb",
            "\u3000红色\u3000裙": "红色 裙",
            "a\xa0b": "a b",
        },
        ["a b", "a\nb", "", "红色裙"],
    ),
    "spreadsheet": Case(
        Spreadsheet(),
        {"'00123": "00123", "'+86 138": "+86 138", '="1Z999"': "1Z999", '="00123"': "00123"},
        ["'90s", "'n'", "'", "=", '="', "it's", "5'", "= 5", "'tis 1900"],
    ),
    "invisible": Case(
        Invisible(),
        {
            "\ufeff很好": "很好",
            "catdoll\u200b": "catdoll",
            "a\x00b\x1f": "ab\x1f",
            "a\x7fb": "ab",
            "\ud800x": "\ufffdx",
        },
        ["👩\u200d👧", "a\tb", "میخواهم", "naïve"],
    ),
    "width": Case(
        Width(),
        {
            "辅酶Ｑ１０": "辅酶Q10",
            "１．９折": "1.9折",
            "ＡＢＣ－１２，３": "ABC-12,3",
            "50％": "50%",
            "cafe\u0301": "café",
        },
        ["好，很好！（真的）", "ABC-12", "m²", "½", "令人叫绝．日本", "℃"],
    ),
    "html": Case(
        HtmlEntities(),
        {
            "Tom &amp; Jerry": "Tom & Jerry",
            "Here&amp;#39;s": "Here's",
            "彼得&#183;林奇": "彼得·林奇",
            "&lt;3": "<3",
        },
        ["R&B", "a=1&copy=2", "&unknown;", "AT&T; x"],
    ),
    "percent": Case(
        PercentEscapes(),
        {"%E8%BF%9E%E8%A1%A3%E8%A3%99": "连衣裙", "%E8%A3%99%20red": "裙 red", "%E8%A3%9920%25": "裙20%25"},
        [
            "100%25",
            "50%",
            "%E8",
            "%FF%FE",
            "https://x.com/%E8%A3%99",
            "/p/%E8%A3%99",
            "%E8%A3%99 100%",
            "%E8%A3%99%zz",
        ],
    ),
    "mojibake": Case(
        Mojibake(),
        {"cafÃ© crÃ¨me": "café crème", "â‚¬ 5": "€ 5", "中文商品".encode().decode("gb18030"): "中文商品"},
        ["café", "“CAFÉ”", "MANHÃ", "联通", "繁體中文商品", "朱镕基", "Ångström", "ÆØÅ"],
    ),
    "missing": Case(
        Missing(frozenset({"NA"})),
        {
            "": None,
            "  ": None,
            "N/A": None,
            "无": None,
            "?": None,
            "0000-00-00": None,
            "0000/00/00 00:00:00": None,
        },
        ["NA", "no", "0", "无印良品", "2000-00-00"],
    ),
    "numbers.": Case(
        NumberFormats(".", currency=True),
        {
            "1,234.56": 1234.56,
            "1,234": 1234,
            "£3.50": 3.5,
            "¥1,000元": 1000,
            "(5.00)": -5,
            "12.5%": 0.125,
            "1.2万": 12000,
            "3亿": 300_000_000,
            "1 234.5": 1234.5,
            "10-": -10,
            "1,00,000": 100_000,
            "US$ 5": 5,
            "5元": 5,
            "１２．５": 12.5,
        },
        [
            "2.55",
            "-3",
            "1,5",
            "12,34,5",
            "00,123",
            "1.2.3",
            "abc",
            "5 kg",
            "(5",
            "0012",
            "1e5",
            "12:30",
            "1/2",
        ],
    ),
    "numbers,": Case(
        NumberFormats(",", currency=False),
        {"1.234,56": 1234.56, "1.234": 1234, "1,5": 1.5, "0,999": 0.999},
        ["1234", "1.5", "€ 5", "1,234.56"],
    ),
    "numbers?": Case(
        NumberFormats("", currency=True),
        {"1.234,56": 1234.56, "1,234.56": 1234.56, "1,234,567": 1_234_567, "1,5": 1.5},
        ["1,234", "1.234"],
    ),
    "typed": Case(
        PlainNumbers(), {"2.55": 2.55, "6": 6, "-1.0": -1}, ["0012", "12345678901234567890", "1,5", "", "x"]
    ),
    "dates mdy": Case(
        Dates("mdy"),
        {
            "12/1/2010 8:26": "2010-12-01T08:26:00",
            "5/6/2011": "2011-05-06",
            "5/6/2011 3:04:05 PM": "2011-05-06T15:04:05",
            "2011年5月6日": "2011-05-06",
            "2011/5/6": "2011-05-06",
            "6 Dec 2011": "2011-12-06",
            "December 6th, 2011": "2011-12-06",
        },
        ["13/1/2010", "2011-12-09 12:50:00", "2011-12-09", "2/30/2011", "20111209", "later", "1/2", "13:00"],
    ),
    "dates dmy": Case(
        Dates("dmy"), {"05.06.2011": "2011-06-05", "31/12/99": "1999-12-31"}, ["12/31/2011", "31/02/2011"]
    ),
    "dates?": Case(Dates(""), {"6/6/2011": "2011-06-06"}, ["5/6/2011", "6/5/2011"]),
    "unit": Case(
        OneUnit("g"),
        {"0.5 kg": "500 g", "1lb": "453.59237 g", "2斤": "1000 g", "1,5 kg": "1500 g", "３公斤": "3000 g"},
        ["500 g", "30 cm", "heavy", "1,234 kg", "5-6 kg", "kg"],
    ),
    "boolean": Case(
        Booleans(), {"Y": True, "否": False, "TRUE": True, "f": False, "0": False}, ["maybe", "", "2"]
    ),
    "country": Case(
        Countries("name"),
        {"EIRE": "Ireland", "USA": "United States", "GB": "United Kingdom", "Deutschland": "Germany"},
        ["United Kingdom", "Channel Islands", "中国", "Unspecified"],
    ),
    "country codes": Case(
        Countries("alpha_2"), {"United Kingdom": "GB", "CHN": "CN", "中国": "CN", "uk": "GB"}, ["GB", "XX"]
    ),
    "currency": Case(
        Currencies(), {"gbp": "GBP", "£": "GBP", "人民币": "CNY", "Euro": "EUR"}, ["GBP", "$", "¥", "?"]
    ),
    "email": Case(
        Emails(),
        {"Ann.B@Example.COM": "Ann.B@example.com"},
        ["Ann@example.com", "A@B", "see Ann@Example.com"],
    ),
    "phone": Case(
        Phones(),
        {
            "138 0013 8000": "+8613800138000",
            "+44 20 7946 0018": "+442079460018",
            "0086-13800138000": "+8613800138000",
        },
        ["020 7946 0018", "+8613800138000", "+1 555", "12345", "call me"],
    ),
}
#: Signs of which rules are made, so that random texts meet them.
SIGNS = st.text(
    st.sampled_from(" \t\n\x00\ufeff\xa0\u3000&#;%8EAx05.,-/+()¥万gK年Ã©涓\u0301\ud800"), max_size=24
)
TEXTS = st.one_of(
    SIGNS, st.text(max_size=12), st.sampled_from([text for case in CASES.values() for text in case.changes])
)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_changed_and_what_is_left(case: Case) -> None:
    for text, wanted in case.changes.items():
        cleaned = case.rule.clean(text)
        assert (cleaned, type(cleaned)) == (wanted, type(wanted)), text
    for text in case.leaves:
        assert case.rule.clean(text) == text


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_gate_lets_every_change_through(case: Case) -> None:
    for text, wanted in case.changes.items():
        for texts in ([text], ["plain", text, "words"]):
            assert text == wanted or case.rule.suspects(Signs(texts)), text


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@settings(max_examples=40)
@given(st.lists(TEXTS, max_size=4))
def test_gate_and_rule_agree_on_any_text(case: Case, texts: list[str]) -> None:
    cleaned = [case.rule.clean(text) for text in texts]
    assert cleaned == [case.rule.clean(text) for text in texts]
    if cleaned != texts:
        assert case.rule.suspects(Signs(texts))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize(
    "piece",
    ["a", " ", "&amp;", "&", "%E8%A3%99", "%25", "1,", "1.", "Ã©", "涓枃", "é\u0301", "\x00", "(", "-"],
)
def test_linear(case: Case, piece: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        case.rule.clean(piece * count)
        return time.process_time() - started

    assert seconds(40_000) < 40 * max(seconds(4_000), 0.002)


PLANS = {
    "plain": PLAIN,
    "numbers": FieldPlan({"number_format": ".¤"}),
    "commas": FieldPlan({"number_format": ","}),
    "undecided": FieldPlan({"number_format": "¤"}),
    "dates": FieldPlan({"date": "dmy"}),
    "undated": FieldPlan({"date": ""}),
    "unit": FieldPlan({"unit": "kg"}),
    "boolean": FieldPlan({"boolean": ""}),
    "country": FieldPlan({"country": "name", "missing_but": "NA"}),
    "codes": FieldPlan({"country": "alpha_3"}),
    "currency": FieldPlan({"currency": ""}),
    "email": FieldPlan({"email": ""}),
    "phone": FieldPlan({"phone": ""}),
    "verbatim": FieldPlan({"verbatim": ""}),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@settings(max_examples=60)
@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(plan: FieldPlan, text: str) -> None:
    cleaner = FieldPlan.restored(plan.state()).cleaner()
    once = cleaner.canonical([text])
    twice = cleaner.canonical(once)
    assert (twice, type(twice[0])) == (once, type(once[0]))


@pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if isinstance(case.rule, SparesOrdinary)],
    ids=lambda case: case.rule.name,
)
@given(
    st.from_regex(ORDINARY, fullmatch=True) | SIGNS.filter(lambda text: ORDINARY.fullmatch(text) is not None)
)
def test_ordinary_texts_are_spared(case: Case, text: str) -> None:
    assert case.rule.clean(text) == text


def test_what_escapes_and_marks_need_is_not_ordinary() -> None:
    for text in (
        "a  b",
        " a",
        "a ",
        "",
        "a\n",
        "a&amp;",
        "%E8%A3%99",
        "'00123",
        '="1"',
        "é",
        "\x7f",
        "a\x00",
    ):
        assert ORDINARY.fullmatch(text) is None, text
    for text in (
        "WHITE HANGING HEART T-LIGHT HOLDER",
        "CHILDREN'S APRON",
        "5' 4",
        "2010-12-01 08:26:00",
        "a",
        "n/a",
    ):
        assert ORDINARY.fullmatch(text) is not None, text


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@settings(max_examples=60)
@given(
    st.dictionaries(
        TEXTS | st.sampled_from(["N/A", "0000-00-00", "5 kg", "1,234.5", "a b"]),
        st.integers(1, 5),
        max_size=8,
    )
)
def test_bulk_is_one_by_one(plan: FieldPlan, counts: dict[str, int]) -> None:
    cleaner = plan.cleaner()
    cleaned = cleaner.clean(counts)
    assert [cleaned.changed.get(text, text) for text in counts] == cleaner.canonical(counts)
    assert cleaned.values == sum(counts[text] for text in cleaned.changed)
    assert all(count <= cleaned.values for count in cleaned.counts.values())


def test_what_never_settles_is_left() -> None:
    text = "&" + "amp;" * 100 + "lt;"
    assert PLAIN.cleaner().canonical([text]) == [text]
    assert PLAIN.cleaner().canonical(["&amp;amp;amp;lt;"]) == ["<"]


def test_other_values_are_canonical() -> None:
    cleaner = PLAIN.cleaner()
    assert cleaner.canonical([1, 2.5, True, None, " a"]) == [1, 2.5, True, None, "a"]
    assert cleaner.clean({2: 5, True: 2}).values == 0


def test_many_long_texts_are_tested_in_pieces() -> None:
    texts = ["x" * 1000] * 2_000
    assert not Cleaner([Whitespace()]).suspects(texts)
    assert Cleaner([Whitespace()]).suspects([*texts, "a "])
