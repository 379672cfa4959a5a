"""The five dimensions: shares with their rule in words, and the places of bad records."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest

from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.intervals import wilson
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from streams.inventory.profile.distinct import Estimate
from streams.inventory.quality.base import FieldQuality, Malformed, percent
from streams.inventory.quality.delays import Delays
from streams.inventory.quality.dimensions import timeliness, uniqueness, validity
from streams.inventory.quality.forms import FORMS
from streams.inventory.quality.places import Place, Span
from tests.streams.inventory.quality.helpers import MASKER, NOW, classifier, new_part
from tests.streams.inventory.quality.orders import orders

POLICY = ProfilePolicy(classifier(), MASKER, parts={"quality": new_part})


def document(rows: list[dict[str, Any]], partitions: int = 1) -> dict[str, Any]:
    """Return the quality of rows that went through counting, storing and merging."""
    profiles = []
    for partition in range(partitions):
        values = [orjson.dumps(row) for row in rows[partition::partitions]]
        profile = PartitionProfile("shop.orders", POLICY)
        for start in range(0, len(values), 900):
            batch = values[start : start + 900]
            offsets = np.arange(start, start + len(batch))
            meta = BatchMeta(1, NOW, NOW + offsets, offsets, partition=partition)
            profile.add(BatchDecoder().decode(batch), meta)
        profiles.append(PartitionProfile.from_bytes(profile.to_bytes(), POLICY))
    (made,) = topic_documents(profiles, "shop.orders", {"topic": "shop.orders"}, POLICY, now_ms=NOW).values()
    assert orjson.loads(orjson.dumps(made["quality"])) == made["quality"]
    return made["quality"]


def test_a_document_tells_shares_rules_and_places() -> None:
    rows = orders(6_000)
    rows[7]["item_name"] = None
    rows[1_200]["unit_price"] = -3
    quality = document(rows, partitions=2)
    completeness = quality["dimensions"]["completeness"]
    assert completeness["rule"] == "99.999 % of 102,000 places for a value have one"
    assert completeness["first"] == completeness["latest"] == {"partition": 1, "offset": 3, "time": NOW + 3}
    assert completeness["bad"] == 1
    price = next(field for field in quality["fields"] if field["field"] == "unit_price")
    assert "of the values of unit_price are no prices of 0 or more (" in price["validity"]["rule"]
    assert price["validity"]["first"] == {"partition": 0, "offset": 600, "time": NOW + 600}
    wanted = "total_amount = quantity x unit_price - discount_amount in 9"
    amount = next(rule for rule in quality["rules"] if rule["says"].startswith(wanted))
    assert amount["says"].endswith("rows checked")
    assert amount["kept"] <= amount["checked"] < 6_000
    consistency = quality["dimensions"]["consistency"]
    telling = [rule for rule in quality["rules"] if rule["kind"] != "constant"]
    assert consistency["rule"].startswith(f"{len(telling)} rules found, kept in 9")
    assert consistency["first"] is not None
    assert quality["dimensions"]["timeliness"]["graded"] is False
    shares = [one["low"] for name, one in quality["dimensions"].items() if name != "timeliness"]
    assert quality["low"] == pytest.approx(sum(shares) / len(shares))


def test_a_field_of_many_values_is_judged_by_those_checked() -> None:
    rows = [{"unit_price": round(n * 1.37, 2)} for n in range(20_000)]
    for row in rows[::50]:
        row["unit_price"] *= -1
    (price,) = document(rows)["fields"]
    told = price["validity"]
    assert told["low"] <= 0.98 <= told["high"]
    assert 0.001 < told["high"] - told["low"] < 0.03
    assert "values checked" in told["rule"]


def field(**known: Any) -> FieldQuality:
    usual = {
        "semantic_type": "price",
        "base": 1_000,
        "present": 1_000,
        "spelled": 0,
        "types": {"number": 1_000},
    }
    return FieldQuality(**{**usual, "numbers": 1_000, "distinct": Estimate(9, 9, 9), "path": "p"} | known)


def test_a_wrong_value_counts_once() -> None:
    one = field(types={"number": 990, "string": 10}, numbers=990, malformed=Malformed(12, 1_000, exact=True))
    measured = validity.measure([one], 1_000, 0, {})
    assert measured is not None
    assert measured.bad == 12
    assert measured.share.score == 0.988


def test_what_a_sample_says_widens_the_interval() -> None:
    exact = validity.measure([field(malformed=Malformed(50, 1_000, exact=True))], 1_000, 0, {})
    seen = validity.measure([field(malformed=Malformed(5, 100, exact=False))], 1_000, 0, {})
    assert exact is not None and seen is not None
    assert seen.share.score == exact.share.score
    assert seen.share.low < exact.share.low < exact.share.high < seen.share.high
    sample = wilson(5, 100)
    assert seen.share.low <= 1 - sample.high <= 1 - sample.low <= seen.share.high


def test_the_key_is_named_and_its_repeats_placed() -> None:
    place = Span(Place(1, 0, 5), Place(9, 0, 8))
    key = field(semantic_type="event_id", distinct=Estimate(990, 990, 990))
    measured = uniqueness.measure("other", [key], 1_000, {"p": place})
    assert measured is not None
    assert measured.rule == "99.0 % of 1,000 values of the key p are different"
    assert (round(measured.bad), measured.places) == (10, place)


def test_timeliness_counts_when_somebody_asked() -> None:
    delays = Delays()
    delays.counts[3] = 90
    delays.counts[-1] = 10
    usual, asked = timeliness.measure(delays, None), timeliness.measure(delays, 5)
    assert usual is not None and asked is not None
    assert (usual.graded, usual.share.score) == (False, 0.9)
    assert usual.rule == "90.0 % of 100 records checked arrived within 1 day of their event"
    assert (asked.graded, asked.share.score) == (True, 0.0)
    assert asked.rule == "0 % of 100 records checked arrived within 5 seconds of their event"
    assert timeliness.measure(Delays(), 5) is None


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1, "100 %"), (0.5, "50.0 %"), (0.99998, "99.998 %"), (0.00001, "0.001 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("semantic_type", "right", "wrong"),
    [
        (
            "timestamp",
            ["2011-12-09 12:50:00", "2024-02-29T10:00:00Z", "9/12/2011 8:26", "1700000000", "1700000000000.5",
             "2024-01-05", "Mon, 05 Jan 2024 10:00:00 GMT", "20240105T101500Z", "2024/1/5 10:00:00 PM",
             "Tue Jan  5 10:00:00 UTC 2024"],
            ["soon", "2024-02-30 10:00:00", "2024-13-01T00:00:00", "12", "2024-06-31", "10:30"],
        ),
        (
            "date",
            ["2024-01-05", "5.1.2024", "2024年1月5日", "20240105", "2024", "Jan 5, 2024"],
            ["today", "2024-02-31", "40/40/2024"],
        ),
        ("price", ["2.55", "0", "£3.20", "1,299.00", "12.50 EUR", "1e3"], ["-2", "free", "nan", ""]),
        ("amount", ["-31.2", "$5", "1e-3"], ["a lot", "--5"]),
        ("quantity", ["6", "-6", "2.5 kg"], ["six", "x6"]),
        ("position", ["0", "3"], ["-1", "2.5", "first"]),
        ("gtin", ["4006381333931"], ["4006381333932", "abc"]),
        ("boolean", ["true", "0", "是"], ["2", "maybe"]),
        ("currency", ["GBP", "€", "元"], ["12", "pounds sterling of the bank"]),
        ("uuid", ["018f7d1e-9a0c-7cc3-98c4-3e7f1b8c2d10"], ["018f7d1e9a0c"]),
        ("time_of_day", ["12:50", "8:05 pm", "23"], ["25:00", "noon"]),
        ("label", ["0", "1", "true"], ["0.5", "clicked twice"]),
        ("url", ["https://example.com/p/1"], ["two words"]),
    ],
)  # fmt: skip
def test_forms(semantic_type: str, right: list[str], wrong: list[str]) -> None:
    told = dict(zip([*right, *wrong], FORMS[semantic_type].right([*right, *wrong]).tolist(), strict=True))
    assert told == dict.fromkeys(right, True) | dict.fromkeys(wrong, False)


def test_forms_take_long_texts_in_linear_time() -> None:
    texts = ["1" * 50_000, "a " * 25_000, "2024-" * 10_000, "," * 50_000]
    for form in FORMS.values():
        assert len(form.right(texts)) == len(texts)
