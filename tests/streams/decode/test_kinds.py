"""Kinds of record in one topic, told apart by the names of their fields."""

from __future__ import annotations

import random

import orjson
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.columns import Collected
from streams.decode.kinds import MOST_KINDS, MOST_NAMED, Kinds, KindSorter
from streams.decode.registry import BatchDecoder

ORDER = dict.fromkeys(("order_id", "user_id", "item_id", "quantity", "price", "time"), 1)
USER = dict.fromkeys(("user_id", "email", "name", "time"), 1)
VIEW = dict.fromkeys(("user_id", "item_id", "time", "type"), 1)


def test_what_shares_little_is_another_kind() -> None:
    assert list(KindSorter().sort([ORDER, USER, ORDER, USER])) == [0, 1, 0, 1]


def test_what_has_more_or_less_fields_of_the_same_is_the_same_kind() -> None:
    more = {**VIEW, "price": 1, "quantity": 1}
    assert set(KindSorter().sort([VIEW, more, VIEW, {"user_id": 1, "item_id": 1, "time": 1}])) == {0}


def test_the_order_of_the_names_says_nothing() -> None:
    assert set(KindSorter().sort([ORDER, dict(reversed(ORDER.items()))])) == {0}


def test_fields_that_come_and_go_make_few_kinds_and_nearly_all_are_of_one() -> None:
    draw = random.Random(3)
    names = [f"field_{number}" for number in range(20)]
    rows = [dict.fromkeys((name for name in names if draw.random() < 0.5), 1) for _ in range(5_000)]
    found = list(KindSorter().sort(rows))
    assert max(found.count(number) for number in set(found)) > 4_800


def test_a_row_without_names_is_of_the_first_kind() -> None:
    assert list(KindSorter().sort([{}, ORDER, {}])) == [0, 1, 0]
    assert list(KindSorter().sort([ORDER, {}])) == [0, 0]


def test_kinds_are_bounded() -> None:
    rows = [{f"{number}_{part}": 1 for part in "abc"} for number in range(10_000)]
    sorter = KindSorter()
    assert set(sorter.sort(rows)) == set(range(MOST_KINDS))
    assert len(orjson.dumps(sorter.state())) < 300_000


def test_names_are_not_in_the_state() -> None:
    sorter = KindSorter()
    sorter.sort([{"ann@example.com": 1}])
    assert b"ann" not in orjson.dumps(sorter.state())


ROWS = st.lists(st.dictionaries(st.sampled_from("abcdefghij"), st.just(1), max_size=6), max_size=40)


@given(ROWS, st.data())
def test_cuts_and_restarts_change_nothing(rows: list[dict[str, int]], data: st.DataObject) -> None:
    straight = list(KindSorter().sort(rows))
    cut = data.draw(st.integers(0, len(rows)))
    first = KindSorter()
    found = list(first.sort(rows[:cut]))
    again = KindSorter.restored(orjson.loads(orjson.dumps(first.state())))
    assert found + list(again.sort(rows[cut:])) == straight


def sorted_together(sorter: KindSorter, rows: list[dict[str, int]]) -> list[int]:
    return list(sorter.sort(rows, lambda: Collected(rows).values))


def test_rows_of_more_sets_than_are_remembered_are_sorted_together_as_one_by_one() -> None:
    draw = random.Random(5)
    names = [f"field_{number}" for number in range(24)]

    def rows(count: int, often: float) -> list[dict[str, int]]:
        halves = [names[:14], names[10:]]
        return [
            dict.fromkeys((name for name in draw.choice(halves) if draw.random() < often), 1)
            for _ in range(count)
        ]

    together, alone = KindSorter(), KindSorter()
    for batch in (
        rows(3_000, 0.5),
        rows(500, 0.9),
        rows(500, 0.2),
        [ORDER, {}, *rows(9, 0.5)],
        rows(500, 0.5),
    ):
        one_kind = [row for row in batch if not row.keys() - set(names[:14])]
        for some in (one_kind, batch):
            assert sorted_together(together, some) == [alone.sort([row])[0] for row in some]
    assert together.state() == alone.state()
    again = KindSorter.restored(orjson.loads(orjson.dumps(alone.state())))
    assert sorted_together(again, one_kind) == [alone.sort([row])[0] for row in one_kind]


def test_named_kinds_are_bounded_and_the_rest_goes_by_its_fields() -> None:
    kinds = Kinds()
    names = [f"table{number}" for number in range(MOST_NAMED + 5)]
    labels = kinds.labels("avro", [ORDER] * len(names), names)
    assert labels[:MOST_NAMED] == [f"avro:table{number}" for number in range(MOST_NAMED)]
    assert set(labels[MOST_NAMED:]) == {"avro/0"}
    again = Kinds.restored(orjson.loads(orjson.dumps(kinds.state())))
    assert again.labels("avro", [ORDER], ["table3"]) == ["avro:table3"]


def test_records_of_a_batch_are_grouped_by_kind() -> None:
    values = list(map(orjson.dumps, [ORDER, USER, ORDER, USER, USER]))
    groups = BatchDecoder().decode(values, None, Kinds()).groups
    assert {group.kind: list(group.indexes) for group in groups} == {"json/0": [0, 2], "json/1": [1, 3, 4]}
    assert [[column.path for column in group.columns] for group in groups] == [list(ORDER), list(USER)]


def test_without_kinds_all_are_one() -> None:
    [group] = BatchDecoder().decode(list(map(orjson.dumps, [ORDER, USER]))).groups
    assert group.kind == ""


def test_compressed_records_have_kinds_of_their_own() -> None:
    import gzip

    kinds = Kinds()
    plain, packed = orjson.dumps(ORDER), gzip.compress(orjson.dumps(USER))
    groups = BatchDecoder().decode([plain, packed], None, kinds).groups
    assert {group.kind for group in groups} == {"json/0", "gz>json/0"}
    assert {group.format for group in groups} == {"json", "json.gz"}
    again = Kinds.restored(orjson.loads(orjson.dumps(kinds.state())))
    assert {group.kind for group in BatchDecoder().decode([packed], None, again).groups} == {"gz>json/0"}
