"""What is decided for a field, and what the decision says to people."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import orjson
import pytest

from streams.decode.registry import BatchDecoder
from streams.inventory.cleaning import FieldPlan, plan, plans_of, summary
from streams.inventory.document import field_evidence
from streams.inventory.masking import ShapeMasker
from streams.inventory.policy import default_policy
from streams.inventory.profile import AssetProfile
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.field import FieldProfile
from tests.support.data import needs_data, online_retail_rows


@pytest.mark.parametrize(
    ("semantic_type", "samples", "settings"),
    [
        ("price", ["1,234.50", "3", "12.5"], {"number_format": ".¤"}),
        ("price", ["1.234,50", "3,99", "12"], {"number_format": ",¤"}),
        ("price", ["£3", "€4", "£5.10"], {"number_format": "."}),
        ("price", ["1,234", "2,345", "3,456"], {"number_format": "¤"}),
        ("quantity", [f"{n},000" for n in range(1, 10)], {"number_format": ".¤"}),
        ("price", ["1,5", "1.5", "1,234"], {"number_format": "¤"}),
        ("price", ["cheap", "dear", "3"], {}),
        ("price", [], {}),
        ("timestamp", ["12/1/2010 8:26", "12/13/2010 9:00", "1/2/2011 9:00"], {"date": "mdy"}),
        ("date", ["1.12.2010", "13.12.2010", "2.1.2011"], {"date": "dmy"}),
        ("date", ["1/12/2010", "2/3/2010", "5/6/2010"], {"date": ""}),
        ("date", ["13/12/2010", "12/13/2010", "5/6/2010"], {"date": ""}),
        ("date", ["2010-12-01", "2010-12-02", "N/A", "2010-12-05"], {"date": ""}),
        ("weight", ["500 g", "1 kg", "250 g"], {"unit": "g"}),
        ("weight", ["500 g", "250g", "100 g"], {}),
        ("weight", ["500 g", "1 l", "250 g"], {}),
        ("weight", ["500", "1,250.5", "250"], {"number_format": ".¤"}),
        ("boolean", ["Y", "N"], {"boolean": ""}),
        ("boolean", ["0", "1"], {}),
        ("boolean", ["Y", "N", "perhaps"], {}),
        ("country", ["United Kingdom", "EIRE", "France"], {"country": "name", "missing_but": "NA"}),
        ("country", ["GB", "NA", "FR"], {"country": "alpha_2", "missing_but": "NA"}),
        ("email", [], {"email": ""}),
        ("hash", ["AB "], {"verbatim": ""}),
        ("item_name", ["x"], {}),
    ],
)
def test_decisions(semantic_type: str, samples: list[str], settings: dict[str, str]) -> None:
    found = plan(semantic_type, samples)
    assert dict(found.settings) == settings
    assert FieldPlan.restored(found.state()) == found


def test_what_cannot_be_decided_is_said() -> None:
    found = plan("date", ["1/12/2010", "2/3/2010", "5/6/2010"])
    assert found.notes == (
        "order of day and month: left, as it cannot be decided "
        "(0 samples can only have the day first, 0 only the month, 3 either)",
    )
    assert "cannot be decided" in plan("price", ["1,234", "2,345", "3,456"]).notes[0]
    assert "left, as they are several" in plan("price", ["£3", "€4", "£5.10"]).notes[0]


@pytest.mark.parametrize("samples", [["1585", "0042", "0017", "2998"], ["€12.50", "12,50 €", "€3.20"]])
def test_nothing_is_said_of_what_is_decided(samples: list[str]) -> None:
    assert not any("cannot be decided" in note for note in plan("number", samples).notes)


def test_words_for_yes_and_no_of_other_languages_and_months_between_dashes() -> None:
    assert "boolean" in plan("boolean", ["Ja", "Nein"]).settings
    assert "date" in plan("date", ["Jun-29-24", "May-11-24", "Apr-02-24"]).settings


def test_an_order_is_that_of_the_field() -> None:
    days = [date(2011, 1, 1) + timedelta(days=7 * n) for n in range(40)]
    for order, written in (("dmy", "{0.day}/{0.month}/{0.year}"), ("mdy", "{0.month}/{0.day}/{0.year}")):
        texts = [written.format(day) for day in days]
        cleaner = plan("date", texts).cleaner()
        assert cleaner.canonical(texts) == [day.isoformat() for day in days], order


def test_a_number_that_would_be_read_twice_is_a_number() -> None:
    cleaner = plan("price", ["1.234,50", "3,99", "12"]).cleaner()
    assert cleaner.canonical(["1,234", "1.234", "3,99", "12", "n/a"]) == [1.234, 1234, 3.99, 12, None]


@needs_data
def test_order_lines_of_a_real_shop() -> None:
    asset = AssetProfile(default_policy(100))
    rows = list(islice(online_retail_rows(), 0, None, 16))
    batch = [orjson.dumps(row) for row in rows]
    for group in BatchDecoder().decode(batch).groups:
        asset.add(group, BatchMeta(0, 0))
    meaning = default_policy(100).classifier.fields(field_evidence(asset))
    plans = plans_of(asset.fields, meaning, asset.layouts.names())
    assert dict(plans["InvoiceDate"].settings) == {"date": ""}
    assert dict(plans["Country"].settings)["country"] == "name"
    clean = (
        plans["Description"].cleaner().canonical(["WHITE HANGING HEART T-LIGHT HOLDER", " TOO  MUCH ", "?"])
    )
    assert clean == ["WHITE HANGING HEART T-LIGHT HOLDER", "TOO MUCH", None]
    assert summary(asset.fields["InvoiceDate"], plans["InvoiceDate"])["rules"] == {}
    told = summary(asset.fields["Description"], plans["Description"])["rules"]["whitespace"]
    texts = [row["Description"] for row in rows]
    true = sum(text.strip() != "" and " ".join(text.split()) != text for text in texts)
    assert told["low"] <= true <= told["high"]


def test_nothing_is_told_of_a_masked_field() -> None:
    field = FieldProfile(ShapeMasker(), "email")
    assert summary(field, plan("email", []))["rules"] == {}
