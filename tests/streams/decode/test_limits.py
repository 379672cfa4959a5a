"""A record with too many fields keeps the first ones, whatever its neighbours."""

from __future__ import annotations

import orjson

from streams.decode.base import RowGroup
from streams.decode.paths import MAX_PATH
from streams.decode.registry import BatchDecoder

DECODER = BatchDecoder(max_fields=3, max_depth=4)


def decode(*rows: object) -> RowGroup:
    [group] = DECODER.decode([orjson.dumps(row) for row in rows]).groups
    return group


def paths(group: RowGroup) -> dict[str, int]:
    return {column.path: len(column.values) for column in group.columns}


def test_first_fields_in_document_order_are_kept() -> None:
    group = decode({"a": 1, "b": {"c": 2, "d": 3}, "e": 4})
    assert paths(group) == {"a": 1, "b": 0, "b.c": 1}
    assert group.dropped_values == 2
    assert group.dropped_paths == {"b.d", "e"}
    assert group.aligned("e") == [None]


def test_a_path_that_comes_again_is_no_further_field() -> None:
    group = decode({"a": [{"b": 1}, {"b": 2}, {"b": 3, "c": 4}, {"b": 5, "d": [6, 7]}]})
    assert paths(group) == {"a": 0, "a[]": 0, "a[].b": 4}
    assert group.dropped_values == 2  # c, and d as one container


def test_elements_of_an_array_beyond_the_limit_are_dropped_each() -> None:
    group = decode({"a": 1, "b": 2, "c": [3, 4, [5]]})
    assert paths(group) == {"a": 1, "b": 1, "c": 0}
    assert group.columns[2].containers == {"array": 1}
    assert group.dropped_values == 3


def test_the_limit_is_each_record_s_own() -> None:
    narrow = [{f"k{number}": 1} for number in range(20)]
    wide = {"a": 1, "b": 2, "c": 3, "d": 4}
    group = decode(*narrow[:10], wide, *narrow[10:])
    assert paths(group) == {**{f"k{number}": 1 for number in range(20)}, "a": 1, "b": 1, "c": 1}
    assert group.dropped_values == 1


def test_paths_too_long_to_keep_are_dropped() -> None:
    group = decode({"x" * MAX_PATH: 1, "y" * (MAX_PATH + 1): 2, "z": {"y" * MAX_PATH: [1, 2]}})
    assert [len(column.path) for column in group.columns] == [MAX_PATH, 1]
    assert group.dropped_values == 2
    assert len(group.dropped_paths) == 2


def test_each_path_that_is_left_out_is_told_once_and_briefly() -> None:
    long = "很" * (MAX_PATH + 1)
    group = decode(*[{long: 1, "y" * (MAX_PATH + 1): None}] * 3, {"z" * 600: 1}, {long: 2})
    assert (group.dropped_values, len(group.dropped_paths)) == (8, 3)
    assert max(map(len, group.dropped_paths)) <= 128


def test_csv_cells_beyond_the_limit_are_dropped() -> None:
    [group] = DECODER.decode([b"1,2,3,4,5", b"6,7,8,9,"]).groups
    assert {column.path: column.values for column in group.columns} == {
        "c1": ["1", "6"],
        "c2": ["2", "7"],
        "c3": ["3", "8"],
    }
    assert group.dropped_values == 4
    assert group.dropped_paths == {"c4", "c5"}
    assert group.aligned("c4") == [None, None]
