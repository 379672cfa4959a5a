"""Rows become interactions: what each becomes, where it came from, and that nothing hostile stops the worker."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.registry import BatchDecoder
from streams.interactions.base import FieldMapping, Part, Role
from streams.interactions.cells import MAX_ELEMENTS
from streams.interactions.interactions import AT_ONCE, OUTCOMES, Places, Told, interactions_of

NOW = 1_700_000_000_000
DECODER = BatchDecoder()
Row = dict[str, Any]


def mapping(fields: dict[Role, str] | None = None, **options: Any) -> FieldMapping:
    parts: dict[Role, str] = {"user": "user", "item": "item", **(fields or {})}
    return FieldMapping("interactions", {role: Part(field, "-") for role, field in parts.items()}, **options)


def told(
    values: Sequence[bytes], how: FieldMapping, times: Sequence[int | None] | None = None
) -> tuple[list[Told], Counter[str]]:
    """Return the interactions of records at offsets 100, 101 … and what became of all."""
    places = Places("t", "0" * 32, 3, range(100, 100 + len(values)), times or [NOW] * len(values))
    outcomes: Counter[str] = Counter()
    groups = DECODER.decode(values).groups
    made = [one for group in groups for some in interactions_of(group, how, places, outcomes) for one in some]
    return made, +outcomes


def rows(values: Sequence[Row], how: FieldMapping) -> tuple[list[Row], Counter[str]]:
    made, outcomes = told([orjson.dumps(value) for value in values], how)
    return [orjson.loads(one.value) for one in made], outcomes


def test_a_row_becomes_an_interaction_with_its_place() -> None:
    how = mapping({"time": "at", "session": "visit"}, action="cart", reader="epoch")
    (one,), outcomes = rows([{"user": 17850.0, "item": " 5 ", "at": NOW // 1000 - 60, "visit": "v"}], how)
    assert one == {
        "user_id": "17850",
        "item_id": "5",
        "action": "cart",
        "time": NOW - 60_000,
        "weight": 0.5,
        "session_id": "v",
        "source": {"topic": "t", "topic_id": "0" * 32, "partition": 3, "offset": 100, "index": 0},
    }
    assert outcomes == {"interaction": 1}


def test_the_key_is_the_user_as_it_is() -> None:
    made, _ = told(
        [orjson.dumps({"user": 'a"ü', "item": 1}), orjson.dumps({"user": "x" * 200, "item": 1})], mapping()
    )
    assert [one.key for one in made] == ['a"ü'.encode(), b"x" * 200]


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"item": 1}, "no-user"),
        ({"user": "N/A", "item": 1}, "no-user"),
        ({"user": None, "item": None}, "no-user"),
        ({"user": True, "item": 1}, "bad-user"),
        ({"user": 1.5, "item": 1}, "bad-user"),
        ({"user": "x" * 257, "item": 1}, "bad-user"),
        ({"user": "a\nb", "item": 1}, "bad-user"),
        ({"user": 1}, "no-item"),
        ({"user": 1, "item": {"id": 1}}, "no-item"),
        ({"user": 1, "item": 1e300}, "bad-item"),
    ],
)
def test_why_a_row_becomes_none(row: Row, outcome: str) -> None:
    assert rows([row], mapping()) == ([], Counter({outcome: 1}))


def test_without_a_time_of_its_own_it_bears_the_records_and_with_neither_it_is_none() -> None:
    values = [orjson.dumps({"user": 1, "item": 1, "at": at}) for at in (NOW, "soon", NOW, None, 5)]
    made, outcomes = told(values, mapping({"time": "at"}), [NOW + 5, NOW + 5, -1, None, NOW + 7])
    assert [orjson.loads(one.value)["time"] for one in made] == [NOW, NOW + 5, NOW, NOW + 7]
    assert outcomes == {"interaction": 4, "broker-time": 2, "no-time": 1}


@pytest.mark.parametrize(
    ("row", "action", "weight"),
    [
        ({}, "purchase", 1.0),
        ({"status": "cancelled"}, "refund", 0.0),
        ({"status": "paid", "n": "-2"}, "refund", 0.0),
        ({"what": "T7"}, "cart", 0.5),
        ({"what": "t7 "}, "cart", 0.5),
        ({"what": "ViewItem"}, "view", 0.2),
        ({"what": "rate", "stars": 4}, "rate", 0.8),
        ({"what": "rate", "stars": "9e999"}, "rate", 1.0),
        ({"what": "rate", "stars": -3}, "rate", 0.0),
        ({"what": "x" * 200}, "other", 0.1),
        ({"what": 7}, "other", 0.1),
    ],
)
def test_actions_and_weights(row: Row, action: str, weight: float) -> None:
    fields: dict[Role, str] = {"action": "what", "status": "status", "quantity": "n", "rating": "stars"}
    how = mapping(fields, action="purchase", words={"t7": "cart"}, best_rating=5.0)
    ((one,), _) = rows([{"user": 1, "item": 1, **row}], how)
    assert (one["action"], one["weight"]) == (action, weight)


def test_an_array_gives_one_for_each_element_and_what_is_beside_holds_for_all() -> None:
    how = mapping({"item": "lines[].sku", "quantity": "lines[].n", "session": "order"}, action="purchase")
    made, outcomes = rows(
        [
            {"user": 1, "order": "o1", "lines": [{"sku": "a", "n": 1}, {"n": 2}, {"sku": "b", "n": -1}, 7]},
            {"user": 2, "lines": []},
            {"user": 3, "lines": {"sku": "a"}},
        ],
        how,
    )
    assert [(one["item_id"], one["source"]["index"], one["action"]) for one in made] == [
        ("a", 0, "purchase"),
        ("b", 2, "refund"),
    ]
    assert {one["session_id"] for one in made} == {"o1"}
    assert outcomes == {"interaction": 2, "no-item": 2, "empty-array": 2, "broker-time": 2}


def test_elements_beyond_the_most_are_counted() -> None:
    how = mapping({"item": "seen[]"})
    made, outcomes = rows([{"user": 1, "seen": list(range(MAX_ELEMENTS + 30))}], how)
    assert len(made) == outcomes["interaction"] == MAX_ELEMENTS
    assert outcomes["too-many-elements"] == 30


def test_brackets_in_a_name_are_no_array() -> None:
    made, _ = rows(
        [{"user[]": "u", "item": {"ids[]": 5}}], mapping({"user": '["user[]"]', "item": 'item["ids[]"]'})
    )
    assert (made[0]["user_id"], made[0]["item_id"]) == ("u", "5")


def test_csv_by_position_by_name_and_its_header_lines() -> None:
    parts: dict[Role, Part] = {"user": Part("user_id", "-", "c1"), "item": Part("item_id", "-", "c2")}
    how = FieldMapping("interactions", parts)
    made, outcomes = told([b"user_id,item_id", b"u1,i1", b",i2", b"u3,i3", b"user_id,item_id", b"one"], how)
    assert [(one.offset, one.key) for one in made] == [(101, b"u1"), (103, b"u3")]
    assert outcomes == {"interaction": 2, "no-user": 1, "header-line": 2, "broker-time": 2}


def test_header_lines_of_a_mapping_with_an_array_are_counted_once() -> None:
    _, outcomes = told([b"user_id,item_id", b"u1,i1"], mapping({"item": "lines[].sku"}))
    assert outcomes == {"header-line": 1, "empty-array": 1}


def test_they_come_in_lists_of_bounded_length() -> None:
    values = [orjson.dumps({"user": 1, "seen": list(range(900))})] * 12
    (group,) = DECODER.decode(values).groups
    places = Places("t", "0" * 32, 0, range(12), [NOW] * 12)
    lengths = [len(some) for some in interactions_of(group, mapping({"item": "seen[]"}), places, Counter())]
    assert max(lengths) <= AT_ONCE
    assert sum(lengths) == 12 * 900


def test_long_texts_are_not_remembered() -> None:
    draw = random.Random(1)
    fields: dict[Role, str] = {"time": "at", "action": "what", "status": "s", "session": "v"}
    tracemalloc.start()
    try:
        for _ in range(40):
            text = f"{draw.random()}" + " " * 200_000
            told(
                [orjson.dumps(dict.fromkeys(("user", "item", "at", "what", "s", "v"), text))], mapping(fields)
            )
        held, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2_000_000


def test_a_mapping_of_every_role_takes_a_few_microseconds_a_row() -> None:
    fields: dict[Role, str] = {"time": "at", "action": "what", "session": "v"}
    values = [
        orjson.dumps({"user": n % 900, "item": n % 700, "at": NOW - n, "what": "view", "v": n % 99})
        for n in range(6_000)
    ]
    how = mapping(fields, reader="epoch")
    told(values, how)
    began = time.process_time()
    told(values, how)
    assert time.process_time() - began < 6_000 * 60e-6


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from(
        [f"1 Jan {'9' * 20} 00:00:00", f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}", "9" * 5_000, "1e999"]
    ),
    st.lists(st.just(1), max_size=2),
    st.just({"a": 1}),
)
ROLES: tuple[Role, ...] = ("user", "item", "time", "action", "status", "quantity", "rating", "session")


@settings(max_examples=60)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(ROLES, anything)), min_size=1, max_size=5))
def test_every_row_has_one_outcome_and_what_is_made_is_valid(values: list[Row]) -> None:
    how = mapping({role: role for role in ROLES}, action="rate", best_rating=5.0)
    made, outcomes = rows(values, how)
    assert sum(outcomes.values()) - outcomes["broker-time"] == len(values)
    assert outcomes.keys() <= OUTCOMES.keys()
    for one in made:
        assert 1 <= len(one["user_id"].encode()) <= 256
        assert 0.0 <= one["weight"] <= 1.0
        assert 631_152_000_000 <= one["time"] <= NOW + 86_400_000
    alone = [one for value in values for one in rows([value], how)[0]]
    assert [{**one, "source": None} for one in made] == [{**one, "source": None} for one in alone]
