"""Fields that come, go and change their types are told once, at the right record; optional ones never flap."""

from __future__ import annotations

import random
from typing import Any

import pytest

from streams.decode.base import Decoded
from streams.inventory.base import Classification
from streams.inventory.drift.found import Place
from streams.inventory.profile import PartitionProfile
from streams.inventory.schema_changes.change import Change
from streams.inventory.schema_changes.documents import documents
from streams.inventory.schema_changes.meaning import Meanings
from streams.inventory.windows import WindowPart
from tests.streams.inventory.profile.doubles import ToyMasker
from tests.streams.inventory.windows.streams import NOW, POLICY, group, meta, watched


def records(count: int) -> list[dict[str, Any]]:
    return [{"id": i, "kind": "a"} for i in range(count)]


def changes(rows: list[dict[str, Any]]) -> list[Change]:
    return watched(rows).findings().changes


def test_nothing_appears_at_the_beginning() -> None:
    assert changes(records(20_000)) == []


@pytest.mark.parametrize("share", [1.0, 0.3, 0.02])
def test_a_field_that_appears(share: float) -> None:
    chance = random.Random(1)
    rows = records(60_000)
    first = 0
    for row in rows[40_000:]:
        if chance.random() < share:
            row["channel"] = "web"
            first = first or row["id"]
    (change,) = changes(rows)
    assert (change.change, change.field, change.place.offset) == ("appeared", "channel", first)
    assert change.place.time_ms == NOW + first * 10
    assert change.records == first
    assert change.share == pytest.approx(share, abs=0.01)
    assert change.log10_chance <= -9


@pytest.mark.parametrize("first", [40_000, 40_001, 40_683, 40_999])
def test_the_share_is_of_the_records_since_the_first_wherever_in_a_window_it_was(first: int) -> None:
    rows = records(60_000)
    for row in rows[first:]:
        row["channel"] = "web"
    (change,) = changes(rows)
    assert (change.place.offset, change.records, change.share) == (first, first, 1.0)


def test_a_rare_field_that_is_met_late_has_not_appeared() -> None:
    rows = records(100_000)
    for row in rows[12_000::6_000]:
        row["refund"] = True
    assert changes(rows) == []


def test_a_field_that_vanishes_and_comes_back() -> None:
    rows = records(60_000)
    for row in rows[30_000:45_000]:
        del row["kind"]
    (change,) = changes(rows)
    assert (change.change, change.field, change.place.offset) == ("vanished", "kind", 30_000)
    assert change.records == 30_000
    assert change.share == 1.0
    for row in rows[50_000:]:
        row.pop("kind", None)
    # It was away for fifteen windows already: ten more tell nothing.
    assert len(changes(rows)) == 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.5, 0.05, 0.002, 0.0003])
def test_optional_fields_do_not_flap(seed: int, share: float) -> None:
    chance = random.Random(seed)
    rows = records(120_000)
    for row in rows:
        if chance.random() < share:
            row["coupon"] = "X"
    assert changes(rows) == []


def test_fields_that_come_in_bursts_do_not_flap() -> None:
    rows = records(120_000)
    for start in range(0, 120_000, 12_000):
        for row in rows[start : start + 3_000]:
            row["night"] = 1
    assert changes(rows) == []


def test_a_change_of_type() -> None:
    rows = records(40_000)
    for row in rows[25_000:]:
        row["id"] = str(row["id"])
    (change,) = changes(rows)
    assert (change.change, change.field, change.place.offset) == ("type", "id", 25_000)
    assert (change.before, change.after) == (("number",), ("string",))


def test_one_odd_type_is_no_change() -> None:
    rows = records(40_000)
    rows[25_000]["id"] = "odd"
    assert changes(rows) == []


def test_the_producer_is_told() -> None:
    part, profile = WindowPart(ToyMasker()), PartitionProfile("t", POLICY)
    rows = records(30_000)
    for row in rows[20_500:]:
        row["channel"] = "web"
    for start in range(0, len(rows), 1_500):
        batch = rows[start : start + 1_500]
        producers = ["old" if row["id"] < 20_500 else "checkout 2.0" for row in batch]
        one = group(batch, {"producer": producers})
        about = meta(start, len(batch))
        profile.add(Decoded([one], []), about)
        part.add(one, profile.assets["t"].fields, about)
    (change,) = part.findings().changes
    assert (change.producer, change.place.offset) == ("checkout 2.0", 20_500)


def test_changes_of_partitions_are_one() -> None:
    one = Change("appeared", "c2", Place(10, 5_000), 1_000, 0.5, -20.0)
    other = Change("appeared", "c2", Place(20, 4_000), 3_000, 0.7, -10.0, producer="p")
    later = Change("appeared", "c2", Place(30, 10**9), 3_000, 0.7, -10.0)
    found = documents([one, other, later], names={"c2": "channel"})
    assert [document["offset"] for document in found] == [30, 20]
    assert found[1] == {
        "change": "appeared",
        "field": "channel",
        "offset": 20,
        "time": "1970-01-01T00:00:04.000Z",
        "records": 4_000,
        "share": 0.6,
        "log10_chance": -10.0,
        "partitions": 2,
        "producer": "p",
        "before": None,
        "after": None,
    }


def meaning(semantic_type: str, confidence: float = 0.95) -> dict[str, Classification]:
    return {"f": Classification(semantic_type, confidence, "")}


def test_a_change_of_meaning_has_to_stand() -> None:
    meanings = Meanings()
    assert meanings.look(meaning("price"), 1_000) == []
    assert meanings.look(meaning("quantity", 0.5), 1_000) == []
    assert meanings.look(meaning("unknown", 0.0), 1_000) == []
    assert meanings.look(meaning("quantity"), 1_000) == []
    meanings = Meanings(meanings.state())
    assert meanings.look(meaning("price"), 1_050) == []
    assert meanings.look(meaning("quantity"), 1_060) == []
    assert meanings.look(meaning("quantity"), 1_100) == []
    assert meanings.look(meaning("quantity"), 1_200) == [
        {"change": "meaning", "field": "f", "before": "price", "after": "quantity", "records": 1_200}
    ]
    assert meanings.look(meaning("quantity"), 9_000) == []
    assert meanings.look({}, 10_000) == []
    assert meanings.state() == {"told": {}, "waiting": {}}
