"""What an asset shows to others: small, the same after a trip through bytes, and no value of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandian.errors import PandianError
from streams.inventory.relations.finder import find
from streams.inventory.relations.signature import MOST_FIELDS, from_bytes, to_bytes
from tests.streams.inventory.relations.worlds import asset, codes, drawn

ITEMS = codes(400)


def pair() -> tuple[bytes, bytes]:
    lines = asset("orders", "orders", {"item": "item_id"}, {"item": drawn(ITEMS, 2_000)})
    return to_bytes(lines), to_bytes(asset("items", "items", {"sku": "sku"}, {"sku": ITEMS}))


def test_a_trip_through_bytes_changes_nothing() -> None:
    for data in pair():
        assert to_bytes(from_bytes(data)) == data
    (reference,) = find([from_bytes(data) for data in pair()])
    assert reference.share == (1.0, 1.0, 1.0)
    assert reference.orphan_records == 0


def test_no_value_is_in_it() -> None:
    one, _ = pair()
    assert not any(code.encode() in one for code in ITEMS)


def test_it_is_bounded() -> None:
    columns = {f"f{number}": ITEMS for number in range(MOST_FIELDS + 20)}
    wide = asset("wide", "other", dict.fromkeys(columns, "identifier"), columns)
    assert len(wide.fields) == MOST_FIELDS


def test_prices_times_texts_and_booleans_are_no_references() -> None:
    columns: dict[str, list[Any]] = {
        "price": [number + 0.5 for number in range(300)],
        "time": [f"2010-12-01 08:{number // 60:02d}:{number % 60:02d}" for number in range(300)],
        "text": [f"a sentence that ends in {number}" for number in range(300)],
        "flag": [True, False] * 150,
        "vague": [number + 0.25 for number in range(300)],
    }
    types = {"price": "price", "time": "timestamp", "text": "text", "flag": "boolean", "vague": "number"}
    assert not asset("any", "other", types, columns).fields


def test_a_sum_that_seldom_repeats_is_no_key() -> None:
    columns: dict[str, list[Any]] = {
        "points": [*range(0, 20_000, 70), 70, 140],
        "code": [f"r{place}" for place in range(288)],
    }
    columns["twice"] = [*columns["code"][:-2], "r1", "r2"]
    types = {"points": "number", "code": "unknown", "twice": "identifier"}
    # What is called an identifier may repeat now and then; of a number whose meaning nobody knows each must be new.
    assert [key.fields for key in asset("any", "other", types, columns).keys] == [("code",), ("twice",)]


def test_numbers_that_are_numbered_through_are_a_key() -> None:
    columns: dict[str, list[Any]] = {
        "row": [*range(4_000, 4_300)],
        "sum": [number * 97 for number in range(300)],
    }
    keys = asset("any", "other", {"row": "number", "sum": "number"}, columns).keys
    assert [key.fields for key in keys] == [("row",)]


@given(st.binary(max_size=200), st.integers(0, 500), st.integers(0, 255))
def test_damage_is_one_line(noise: bytes, place: int, byte: int) -> None:
    data = bytearray(pair()[0])
    data[place % len(data)] = byte
    for damaged in (noise, bytes(data[: place % len(data)])):
        with pytest.raises(PandianError):
            from_bytes(damaged)
    try:
        from_bytes(bytes(data))
    except PandianError as error:
        assert "\n" not in str(error)
