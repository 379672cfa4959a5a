"""What is counted is the same however records are cut into batches, stored or summed; and bounded whatever comes."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.profile import BatchMeta
from streams.inventory.quality.blocks import checked, looked
from streams.inventory.quality.places import Place
from tests.streams.inventory.quality.helpers import (
    content,
    feed,
    fields_of,
    found_in,
    group_of,
    meta,
    new_part,
    said,
    stored,
)
from tests.streams.inventory.quality.orders import PLANTED, orders

ORDERS = orders(12_000)


def search_of(records: list[dict[str, Any]]) -> int:
    """Return at which record the first search for rules begins: 256 after one that the first record says."""
    (stream,) = feed(new_part(), records[:1])._streams.values()
    return 1 + stream.discovery.left + 256


SEARCH = search_of(ORDERS)


def ragged(seed: int, largest: int) -> list[int]:
    chance = random.Random(seed)
    return [chance.randrange(1, largest) for _ in range(12_000 // largest)]


@pytest.mark.parametrize("largest", [40, 700, 3_000])
def test_batches_change_nothing(largest: int) -> None:
    whole = feed(new_part(), ORDERS)
    assert content(feed(new_part(), ORDERS, ragged(largest, largest))) == content(whole)


@pytest.mark.parametrize(
    "at", [1, SEARCH - 256, SEARCH - 200, *(SEARCH + more for more in (0, 3, 8, 18, 24)), 1_500, 6_000]
)
def test_a_part_goes_on_from_its_state(at: int) -> None:
    whole = feed(new_part(), ORDERS)
    part = stored(feed(new_part(), ORDERS[:at]))
    rest = ORDERS[at:]
    part.add(group_of(rest), fields_of([group_of(rest)]), meta(at, len(rest)))
    assert content(part) == content(whole)
    assert content(stored(part)) == content(part)


def test_many_assets_do_not_search_at_once() -> None:
    """500 topics of the same rate come to any number of records together."""
    begins = Counter(search_of(orders(1, seed)) // 32 for seed in range(300))
    assert set(begins) == set(range(8, 16))
    assert max(begins.values()) < 75


@pytest.mark.parametrize("at", [SEARCH, SEARCH + 10, SEARCH + 18])
def test_a_field_hidden_while_rules_are_searched_is_in_none_of_them(at: int) -> None:
    parts = [feed(new_part(), ORDERS[:at]), stored(feed(new_part(), ORDERS[:at]))]
    for part in parts:
        part.hide("quantity", "phone_number")
        rest = ORDERS[at:]
        part.add(group_of(rest), fields_of([group_of(rest)], ["quantity"]), meta(at, len(rest)))
    one, other = parts
    assert content(one) == content(other)
    assert said(one.findings({})) == {rule for rule in PLANTED if "quantity" not in rule}


def test_partitions_sum_up_and_are_left_as_they_were() -> None:
    parts = [feed(new_part(), orders(9_000, seed), partition=seed) for seed in (1, 2, 3)]
    before = [content(part) for part in parts]
    sums = []
    for order in ((0, 1, 2), (2, 0, 1)):
        whole = new_part()
        for place in order:
            whole.merge(stored(parts[place]))
        sums.append(whole.findings({}))
    assert [content(part) for part in parts] == before
    one, other = sums
    assert sorted(one.rules) == sorted(other.rules)
    assert said(one) == PLANTED
    each = [{rule.says: rule for rule in part.findings({}).rules} for part in parts]
    for rule in one.rules:
        assert rule.checked == sum(one[rule.says].checked for one in each if rule.says in one)
    amount = next(rule for rule in one.rules if rule.says.startswith("total_amount"))
    assert amount.broken.first is not None and amount.broken.latest is not None
    assert {amount.broken.first.partition, amount.broken.latest.partition} <= {1, 2, 3}


def test_an_empty_one_takes_another_over() -> None:
    part = feed(new_part(), ORDERS)
    whole = new_part()
    whole.merge(part)
    assert whole.findings({}).rules == part.findings({}).rules
    assert whole.findings({}).gaps == part.findings({}).gaps


@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=60), st.integers(0, 200_000))
@settings(max_examples=60, deadline=None)
def test_records_looked_at_are_chosen_by_their_number(cuts: list[int], start: int) -> None:
    for chosen in (checked, looked):
        whole = [number for low, high in chosen(start, sum(cuts)) for number in range(low, high)]
        parts, done = [], 0
        for size in cuts:
            parts += [done + n for low, high in chosen(start + done, size) for n in range(low, high)]
            done += size
        assert parts == whole
        assert whole == sorted(set(whole))


def test_ever_fewer_records_are_looked_at() -> None:
    sizes = [sum(high - low for low, high in checked(0, size)) for size in (1_000, 10_000, 100_000, 10**7)]
    assert sizes[0] == 1_000
    assert sizes == sorted(sizes)
    assert sizes[-1] < 10**7 / 200
    assert sum(high - low for low, high in looked(0, 10**6)) < 10**6 / 100


def test_nothing_is_kept_of_a_masked_field() -> None:
    chance = random.Random(1)
    rows = [
        {"who": f"secret{chance.randrange(30)}", "twin": f"secret{chance.randrange(30)}", "n": 5}
        for _ in range(4_000)
    ]
    for row in rows:
        row["copy"] = row["who"]
    part = feed(new_part(), rows, masked=["who", "copy", "twin"])
    state, blobs = content(part)
    assert b"secret" not in orjson.dumps(state) + blobs
    assert not {path for rule in part.findings({}).rules for path in rule.fields} & {"who", "copy", "twin"}


def test_a_field_that_is_hidden_later_is_let_go_of() -> None:
    part = feed(new_part(), orders(10_000))
    assert b"product number" in orjson.dumps(content(part)[0])
    for path in ("item_name", "order_id"):
        part.hide(path, "person_name")
    text = orjson.dumps(content(part)[0])
    assert b"product number" not in text
    assert not any("item_name" in rule for rule in said(part.findings({})))
    assert "total_amount = quantity x unit_price - discount_amount" in said(part.findings({}))


def test_a_field_that_is_personal_only_for_the_asset_shows_in_no_rule() -> None:
    part = feed(new_part(), ORDERS)
    rules = part.findings({}, masked={"item_name"}).rules
    assert rules and not any("item_name" in rule.fields for rule in rules)


def test_certain_identifiers_inside_values_are_masked_in_the_sample() -> None:
    rows: list[dict[str, Any]] = [{"note": f"call {n} ada.l{n}@example.com now", "n": n} for n in range(200)]
    assert b"example.com" not in orjson.dumps(content(feed(new_part(), rows))[0])


HOSTILE: list[Any] = [
    float("nan"), float("inf"), -float("inf"), 10**400, -(10**30), 2**63, 0, -0.0, 1e308, True, None, "", "  ", "N/A",
    "1e999", "9" * 5_000, "\ud800", "𝔘", "2024-13-45", "0000-00-00", "99999999999999999999", "-1", "C1", "x" * 10_000,
]  # fmt: skip


def test_hostile_values_are_counted_and_break_nothing() -> None:
    chance = random.Random(2)
    rows = [{f"f{field}": chance.choice(HOSTILE) for field in range(12)} for _ in range(3_000)]
    whole = feed(new_part(), rows)
    assert content(feed(new_part(), rows, [500, 3, 900])) == content(whole)
    assert content(stored(whole)) == content(whole)
    assert not whole.findings({}).rules


def test_a_thousand_fields_are_bounded_in_state_and_work() -> None:
    chance = random.Random(3)
    rows = [{f"field_{n}": chance.randrange(5) for n in range(1_000)} for _ in range(700)]
    part = feed(new_part(), rows)
    state, blobs = content(part)
    assert len(orjson.dumps(state)) + len(blobs) < 400_000
    assert not part.findings({}).rules


def test_fields_that_come_and_go() -> None:
    chance = random.Random(4)
    rows = [{f"f{chance.randrange(300)}": chance.randrange(3) for _ in range(3)} for _ in range(3_000)]
    assert content(feed(new_part(), rows, [17, 900, 40])) == content(feed(new_part(), rows))


def test_without_offsets_there_are_rules_and_no_places() -> None:
    part = new_part()
    part.add(group_of(ORDERS), fields_of([group_of(ORDERS)]), BatchMeta(0, 0))
    found = part.findings({})
    assert said(found) <= PLANTED and found.rules
    assert all(rule.broken.first is None for rule in found.rules)
    assert all(span.first is None for span in found.gaps.values())


def test_gaps_are_where_nothing_means_anything() -> None:
    rows: list[dict[str, Any]] = [{"a": "x", "b": n, "c": "y"} for n in range(900)]
    rows[3] = {"b": 1, "c": "y"}
    rows[5]["a"] = None
    rows[700]["a"] = " "
    rows[800]["a"] = "N/A"
    del rows[0]["c"]
    for row in rows[10:]:
        row["late"] = 1
    gaps = found_in(rows, cuts=[4, 100, 399], partition=7).gaps
    place = {path: (span.first, span.latest) for path, span in gaps.items()}
    assert place["a"] == (at(3), at(800))
    assert place["b"] == (None, None)
    assert place["c"] == (at(0), at(0))
    assert place["late"] == (at(0), at(9))


def at(offset: int) -> Place:
    return Place(1_700_000_000_000 + offset * 1000, 7, offset)


def test_header_lines_of_csv_are_no_gaps() -> None:
    part = new_part()
    lines = [b"name,city", *[b"ada,paris", b"bo,"] * 20]
    from streams.decode.registry import BatchDecoder

    groups = BatchDecoder().decode(lines).groups
    for group in groups:
        part.add(group, fields_of(groups), meta(0, len(lines)))
    gaps = part.findings({"c1": "name", "c2": "city"}).gaps
    assert gaps["name"].first is None
    assert (gaps["city"].first.offset, gaps["city"].latest.offset) == (2, 40)  # type: ignore[union-attr] # both are there


def test_late_records_are_placed() -> None:
    rows = [{"event_time": 1_700_000_000 + n, "n": n % 7} for n in range(2_000)]
    rows[1_000]["event_time"] -= 90_000
    delays = found_in(rows).delays
    timely, total, late = delays.within(86_400)
    assert total - timely == 1
    assert late.first == late.latest == Place(1_700_000_000_000 + 1_000_000, 0, 1_000)


def test_values_without_the_form_of_their_type_are_placed() -> None:
    rows: list[dict[str, Any]] = [{"unit_price": round(1 + n / 10, 2)} for n in range(2_500)]
    rows[700]["unit_price"] = -5
    rows[900]["unit_price"] = "free"
    judged = found_in(rows).judged["unit_price"]
    assert (judged.semantic_type, judged.wrong) == ("price", 2)
    assert [place.offset for place in judged.span if place] == [700, 900]


def test_two_formats_are_looked_at_each_on_its_own() -> None:
    part = new_part()
    group = group_of(ORDERS)
    part.add(group, fields_of([group]), meta(0, len(ORDERS)))
    alone = len(part.findings({}).rules)
    group.format = "msgpack"
    part.add(group, fields_of([group]), meta(0, len(ORDERS)))
    # The same rules; two searches ask for more evidence, of which there is twice as much.
    assert len(part.findings({}).rules) <= 2 * alone
    assert said(part.findings({})) == PLANTED


def test_numbers_of_rows_may_be_numpy_arrays() -> None:
    part = new_part()
    group = group_of(ORDERS[:10])
    group.indexes = np.arange(10)  # type: ignore[assignment] # decoders give any sequence
    part.add(group, fields_of([group]), meta(0, 10))
    assert part.findings({}).gaps["order_id"].first is None
