"""Rows of nested objects as columns."""

from __future__ import annotations

import orjson
import pytest

from streams.decode.base import RowGroup
from streams.decode.columns import split
from streams.decode.registry import BatchDecoder


def decode(*rows: object, **limits: int) -> RowGroup:
    decoded = BatchDecoder(**limits).decode([orjson.dumps(row) for row in rows])
    assert not decoded.rejects
    [group] = decoded.groups
    return group


def columns(group: RowGroup) -> dict[str, object]:
    return {
        column.path: (column.values, column.nulls, column.containers, column.kind) for column in group.columns
    }


def test_rows_of_one_shape() -> None:
    assert columns(decode({"a": 1, "b": "x"}, {"a": 2, "b": "y"})) == {
        "a": ([1, 2], 0, {}, "int"),
        "b": (["x", "y"], 0, {}, "str"),
    }


@pytest.mark.parametrize(
    "rows",
    [
        [{"a": 1, "b": 2}, {"b": 3, "a": 4}],
        [{"a": 1, "b": 2}, {"a": 3}, {"b": 4}],
        [{}, {"a": 1}],
        [{"a": 1}, {}, {}],
        [{"a": 1}, {"b": 2}],
        [{"a": 1, "b": 2}, {"a": 3, "c": 4}],
        [{"a": 1}, {"a": 2, "b": 3}, {}],
        [{}, {}],
    ],
)
def test_rows_of_any_shapes(rows: list[dict[str, int]]) -> None:
    expected: dict[str, list[int]] = {}
    for row in rows:
        for key, value in row.items():
            expected.setdefault(key, []).append(value)
    assert dict(split(rows)) == expected


def test_kinds() -> None:
    group = decode(
        {"i": 1, "f": 1.5, "b": True, "s": "", "m": 1}, {"i": 2, "f": 0.0, "b": False, "s": "x", "m": 1.0}
    )
    assert {column.path: column.kind for column in group.columns} == {
        "i": "int",
        "f": "float",
        "b": "bool",
        "s": "str",
        "m": "",
    }


def test_nulls_and_containers_are_counted_and_no_values() -> None:
    rows = [{"a": value} for value in (1, None, {"b": 2}, [3, None], {}, [], None, "x")]
    assert columns(decode(*rows)) == {
        "a": ([1, "x"], 2, {"object": 2, "array": 2}, ""),
        "a.b": ([2], 0, {}, "int"),
        "a[]": ([3], 1, {}, "int"),
    }


def test_a_column_of_nulls_has_no_kind() -> None:
    assert columns(decode({"a": None}, {"a": None})) == {"a": ([], 2, {}, "")}


def test_nested_objects_and_arrays() -> None:
    order = {
        "user": {"id": 7, "tags": ["x", "y"]},
        "items": [{"sku": "a", "q": 1}, {"sku": "b"}],
        "grid": [[1, 2], [3]],
    }
    assert columns(decode(order, {"user": {"id": 8}})) == {
        "user": ([], 0, {"object": 2}, ""),
        "user.id": ([7, 8], 0, {}, "int"),
        "user.tags": ([], 0, {"array": 1}, ""),
        "user.tags[]": (["x", "y"], 0, {}, "str"),
        "items": ([], 0, {"array": 1}, ""),
        "items[]": ([], 0, {"object": 2}, ""),
        "items[].sku": (["a", "b"], 0, {}, "str"),
        "items[].q": ([1], 0, {}, "int"),
        "grid": ([], 0, {"array": 1}, ""),
        "grid[]": ([], 0, {"array": 2}, ""),
        "grid[][]": ([1, 2, 3], 0, {}, "int"),
    }


def test_containers_below_the_depth_are_counted_and_not_opened() -> None:
    assert columns(decode({"a": {"b": {"c": 1}}, "d": [[2]]}, max_depth=2)) == {
        "a": ([], 0, {"object": 1}, ""),
        "a.b": ([], 0, {"object": 1}, ""),
        "d": ([], 0, {"array": 1}, ""),
        "d[]": ([], 0, {"array": 1}, ""),
    }


def test_names_with_dots_and_brackets_are_told_from_nesting() -> None:
    group = decode({"a.b": 1, "a": {"b": 2, "": 3}, "c[]": 4, "c": [5]})
    assert {column.path: column.values for column in group.columns if column.values} == {
        '["a.b"]': [1],
        "a.b": [2],
        'a[""]': [3],
        '["c[]"]': [4],
        "c[]": [5],
    }
    assert group.aligned('["a.b"]') == [1]
    assert group.aligned('a[""]') == [3]


def test_aligned_has_one_entry_a_record() -> None:
    group = decode({"u": {"id": 1}}, {"u": 2}, {"u": None}, {}, {"u": {"id": None}}, {"u": {"id": {"x": 1}}})
    assert group.aligned("u.id") == [1, None, None, None, None, None]
    assert group.aligned("u") == [None, 2, None, None, None, None]
    assert group.aligned("never.seen") == [None] * 6
    with pytest.raises(ValueError, match="outside arrays"):
        group.aligned("u[].id")
