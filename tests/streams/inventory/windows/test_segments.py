"""Pieces of a batch hold what the records hold that they are made of."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.registry import BatchDecoder
from streams.inventory.windows.segments import cut, first_of, is_cut

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.just("x"),
    st.just([1]),
    st.dictionaries(st.just("b"), st.just(2)),
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["a", "c.d", "e", "whole"]), VALUES).map(lambda row: {"whole": 1, **row}),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("form", ["json", "csv"])
@given(records=RECORDS, cuts=st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_pieces_hold_what_looking_for_each_value_finds(
    form: str, records: list[dict[str, Any]], cuts: list[int]
) -> None:
    if form == "json":
        lines = [orjson.dumps(record) for record in records]
    else:
        lines = [b"7,%b,x" % (b"9" if record.get("a") else b"") for record in records]
    [group, *_] = BatchDecoder().decode(lines).groups
    start = 0
    for size in [*cuts, len(records)]:
        end = min(start + size, group.records)
        if start < end:
            for column in filter(is_cut, group.columns):
                aligned = group.aligned(column.path, slice(start, None))
                here = [value for value in aligned[: end - start] if value is not None]
                assert cut(group, column, start, end) == here
                if here:
                    assert first_of(group, column, start) == start + next(
                        place for place, value in enumerate(aligned) if value is not None
                    )
        start = end


def test_a_field_that_comes_late_is_found() -> None:
    [group] = BatchDecoder().decode([b'{"a":1}'] * 700 + [b'{"a":1,"b":2}']).groups
    assert first_of(group, group.columns[1], 100) == 700
