"""Pairs of fields that are unique per record."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.registry import BatchDecoder
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import AssetProfile, BatchMeta, ProfilePolicy
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.relations.pairs import PairsPart
from tests.streams.inventory.relations.worlds import Told
from tests.support.data import needs_data, online_retail_rows

Record = dict[str, object]
TYPES = {"order": "order_id", "Order": "order_id", "item": "item_id", "qty": "quantity", "id": "identifier"}
REAL = {"InvoiceNo": "order_id", "StockCode": "item_id", "CustomerID": "user_id", "Country": "country"}


def lines(orders: int, twice: int = 0) -> list[Record]:
    """Return order lines: an order has different items, ``twice`` lines come again right behind themselves."""
    chance = random.Random(orders)
    made: list[Record] = [
        {"order": f"o{number}", "item": f"i{item}", "qty": chance.randint(1, 5), "note": "a text of words"}
        for number in range(orders)
        for item in chance.sample(range(2_000), 5)
    ]
    for place in sorted(chance.sample(range(len(made)), twice), reverse=True):
        made.insert(place, made[place])
    return made


def looked(records: Sequence[Record], batch: int = 700, *, part: PairsPart | None = None) -> PairsPart:
    part = part or PairsPart()
    asset = AssetProfile(ProfilePolicy(Told({}), ShapeMasker()))
    decoder = BatchDecoder()
    for start in range(0, len(records), batch):
        values = [orjson.dumps(record) for record in records[start : start + batch]]
        meta = BatchMeta(0, 0, offsets=np.arange(len(values)))
        for group in decoder.decode(values).groups:
            asset.add(group, meta)
            part.add(group, asset.fields, meta)
    return part


def state(part: PairsPart) -> bytes:
    blobs = BlobWriter()
    return orjson.dumps(part.state(blobs)) + blobs.joined()


def restored(part: PairsPart) -> PairsPart:
    blobs = BlobWriter()
    told = orjson.loads(orjson.dumps(part.state(blobs)))
    again = PairsPart()
    again.restore(told, BlobReader(blobs.joined()))
    return again


def test_an_order_line_is_told_apart_by_order_and_item() -> None:
    (key,) = looked(lines(200)).keys({}, TYPES, [])
    assert key.fields == ("order", "item")
    assert key.unique.estimate == 1.0
    assert key.present == 1.0


def test_repetitions_are_in_the_interval() -> None:
    records = lines(4_000, twice=600)
    (key,) = looked(records).keys({}, TYPES, [])
    true = len({(record["order"], record["item"]) for record in records}) / len(records)
    assert key.unique.low <= true <= key.unique.high
    assert key.unique.high < 1
    assert key.unique.low > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_repetitions_far_away_are_bounded(seed: int) -> None:
    chance, records = random.Random(seed), lines(2_000)
    for again in chance.sample(records, 200):
        records.insert(chance.randrange(len(records)), again)
    (key,) = looked(records).keys({}, TYPES, [])
    assert key.unique.low <= 1 - 200 / len(records) <= key.unique.high


@given(st.integers(1, 3_000), st.integers(1, 9_999), st.booleans())
@settings(max_examples=15, deadline=None)
def test_neither_batches_nor_a_restart_change_anything(batch: int, cut: int, again: bool) -> None:
    first = looked(LINES[:cut], batch)
    if again:
        first = restored(first)
    assert state(looked(LINES[cut:], batch + 13, part=first)) == WHOLE


LINES = lines(2_000)
WHOLE = state(looked(LINES, 1_111))


def test_partitions_add_up_and_the_other_one_is_left_as_it_was() -> None:
    one, other = looked(lines(300)), looked(lines(301))
    before = state(other)
    one.merge(other)
    assert state(other) == before
    (key,) = one.keys({"order": "Order"}, TYPES, [])
    assert key.fields == ("Order", "item")


def test_the_item_of_a_wide_export_is_found_by_its_name() -> None:
    wide: list[Record] = [
        {"order": one["order"], "status": "paid", "city": "Leeds", "channel": "web", "item_sku": one["item"]}
        for one in lines(800)
    ]
    types = {"order": "order_id", "item_sku": "sku"}
    (key,) = looked(wide).keys({}, types, ())
    assert key.fields == ("order", "item_sku")


def test_a_field_that_is_a_key_needs_no_other() -> None:
    records: list[Record] = [{"id": f"x{number}", "item": f"i{number % 9}"} for number in range(900)]
    part = looked(records)
    assert [key.fields for key in part.keys({}, TYPES, [])] == [("id", "item")]
    assert part.keys({}, TYPES, ["id"]) == []


def test_a_personal_field_is_let_go_of() -> None:
    part = looked(lines(300))
    part.hide("item", "email")
    assert part.keys({}, TYPES, []) == []
    part.merge(looked(lines(301)))
    assert part.keys({}, TYPES, []) == []


@pytest.mark.parametrize("records", [[], [{}], [{"a": 1}], [{"a": [1, 2], "b": {"c": True}}] * 5])
def test_odd_records(records: list[Record]) -> None:
    assert looked(records).keys({}, TYPES, []) == []


def test_it_stays_small() -> None:
    part = looked([{"a": f"{number}", "b": f"{number % 7}"} for number in range(70_000)], 5_000)
    assert len(state(part)) < 70_000


@needs_data
def test_real_order_lines() -> None:
    rows: list[Record] = [dict(row) for row in online_retail_rows(40_000)]
    (key,) = looked(rows, 5_000).keys({}, REAL, [])
    assert key.fields == ("InvoiceNo", "StockCode")
    true = len({(row["InvoiceNo"], row["StockCode"]) for row in rows}) / len(rows)
    assert key.unique.low <= true <= key.unique.high
