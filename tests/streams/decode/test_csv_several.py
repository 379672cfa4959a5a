"""CSV values of several lines: a row a line, with a header line or without, and what is not CSV then."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode import reasons
from streams.decode.base import Decoded, RowGroup
from streams.decode.csv_lines import CsvDecoder
from streams.decode.csv_several import NOT_CSV
from streams.decode.limits import Limits
from streams.decode.several_rows import MOST_ROWS
from tests.support.data import needs_data, online_retail_rows

DECODER = CsvDecoder(Limits())


def decode(*values: bytes, columns: bytes | None = None) -> Decoded:
    headers = None if columns is None else [[("pandian.columns", columns)]] * len(values)
    return DECODER.decode(values, range(len(values)), headers)


def groups(*values: bytes, columns: bytes | None = None) -> list[RowGroup]:
    decoded = decode(*values, columns=columns)
    assert not decoded.rejects, decoded.rejects
    return decoded.groups


def cells(group: RowGroup) -> list[tuple[object, ...]]:
    return list(zip(*(group.aligned(column.path) for column in group.columns), strict=True))


def reject(value: bytes, columns: bytes | None = None) -> tuple[str, str]:
    [only] = decode(value, columns=columns).rejects
    return only.reason, only.detail


@pytest.mark.parametrize(
    "value",
    [
        b"1,a\n2,b",
        b"1,a\r\n2,b\r\n",
        b"1,a\r2,b",
        b"1,a\n\n2,b\n\n",
        b"\xef\xbb\xbf1\ta\n2\tb",
        b"1;a\n2;b",
        b'1,"a"\n"2",b',
    ],
)
def test_a_row_a_line(value: bytes) -> None:
    [group] = groups(value, b"3,c", value)
    assert list(group.indexes) == [0, 0, 1, 2, 2]
    assert cells(group) == [("1", "a"), ("2", "b"), ("3", "c"), ("1", "a"), ("2", "b")]
    assert (group.header_records, group.layout) == (0, ())


def test_line_ends_in_quotes_separate_nothing() -> None:
    [group] = groups(b'1,"a\nb"\n2,"c\r\nd"', b'3,"e\nf"')
    assert cells(group) == [("1", "a\nb"), ("2", "c\r\nd"), ("3", "e\nf")]
    assert list(group.indexes) == [0, 0, 1]


def test_a_header_line_first() -> None:
    value = b"user_id,item_id\n1,a\n2,b\n"
    [group] = groups(value, b"3,c", value)
    assert list(group.indexes) == [0, 0, 0, 1, 2, 2, 2]
    assert (group.records, group.header_records, group.layout) == (7, 2, ("user_id", "item_id"))
    assert [(column.path, column.values) for column in group.columns] == [
        ("c1", ["1", "2", "3", "1", "2"]),
        ("c2", ["a", "b", "c", "a", "b"]),
    ]
    assert cells(group)[0] == (None, None)


def test_a_header_line_again_is_no_data() -> None:
    [group] = groups(b"user_id,item_id\n1,a\nuser_id,item_id\n2,b")
    assert group.header_records == 2
    assert group.columns[0].values == ["1", "2"]


def test_only_the_first_line_can_be_a_header_line() -> None:
    [group] = groups(b"1,a\nuser_id,item_id")
    assert (group.header_records, group.columns[0].values) == (0, ["1", "user_id"])


def test_rows_stay_with_their_header_line() -> None:
    first, second = groups(b"user_id,item_id\n1,a", b"order_id,price\n7,9", b"2,b", b"order_id,price")
    assert (list(first.indexes), first.layout, first.header_records) == ([0, 0, 2], ("user_id", "item_id"), 1)
    assert cells(first) == [(None, None), ("1", "a"), ("2", "b")]
    assert (list(second.indexes), second.layout, second.header_records) == (
        [1, 1, 3],
        ("order_id", "price"),
        2,
    )
    assert cells(second) == [(None, None), ("7", "9"), (None, None)]


def test_columns_header() -> None:
    [group] = groups(b"id,name\n1,a\n2,b", b"3,c", columns=b"id,name")
    assert (list(group.indexes), group.header_records) == ([0, 0, 0, 1], 1)
    assert [column.values for column in group.columns] == [["1", "2", "3"], ["a", "b", "c"]]
    [group] = groups(b"hello\n42", columns=b"title")
    assert cells(group) == [("hello",), ("42",)]


def test_wide_records_are_cut() -> None:
    decoder = CsvDecoder(Limits(max_fields=2))
    [group] = decoder.decode([b"user_id,item_id,price\n1,2,3\n4,5,6"], [0], None).groups
    assert [column.values[1:] for column in group.columns] == [["1", "4"], ["2", "5"]]
    assert group.dropped_values == 3


@pytest.mark.parametrize(
    ("value", "columns", "reason", "detail"),
    [
        (b"1,a\n2", None, reasons.CSV_CELL_COUNT, "1 cells in line 2 where the first has 2"),
        (b"1,a\n2,b,c", None, reasons.CSV_CELL_COUNT, "3 cells in line 2 where the first has 2"),
        (b"1,a\n2,b,c", b"x,y", reasons.CSV_CELL_COUNT, "3 cells in line 2 where the header names 2"),
        (b'1,a\n2,"b', None, reasons.CSV_QUOTES, "the quotes of a cell do not close at its end"),
        (b'1,"a"x\n2,b', None, reasons.CSV_QUOTES, "the quotes of a cell do not close at its end"),
        (b"1,a\n2,\xff", None, reasons.NOT_UTF8, "byte 7 of 7 is not valid UTF-8"),
        (b"Dear Anna,\nthank you.\nBob", None, reasons.NOT_JSON_NOR_CSV, NOT_CSV.detail),
        (b"hello, you\nhow, then, are you\nfine", None, reasons.NOT_JSON_NOR_CSV, NOT_CSV.detail),
        (b"<a b=\"1,2\">\n</a>", None, reasons.NOT_JSON_NOR_CSV, NOT_CSV.detail),
        (b"1,a\n2," + b"x" * 200_000, None, reasons.CSV_CELL_TOO_LONG, "a cell of more than 131072 characters"),
        (b"1,a\n" * (MOST_ROWS + 2), None, reasons.TOO_LARGE, "more than 262,144 rows"),
    ],
    ids=range(11),
)  # fmt: skip
def test_one_bad_line_rejects_the_record(
    value: bytes, columns: bytes | None, reason: str, detail: str
) -> None:
    assert reject(value, columns) == (reason, detail)
    decoded = decode(b"1,a\n2,b", value, b"3,c", columns=columns)
    assert [one.index for one in decoded.rejects] == [1]
    assert sorted(index for group in decoded.groups for index in group.indexes) == [0, 0, 2]


@pytest.mark.parametrize(
    "value",
    [
        b"a,b" + b"\n" * 500_000 + b"c,d",
        b"\n" * 500_000 + b"a,b",
        b"a\n" * 200_000 + b",",
        b'"\n' * 200_000 + b",",
    ],
)
def test_no_value_takes_long(value: bytes) -> None:
    began = time.process_time()
    decode(value)
    assert time.process_time() - began < 1


CELLS = st.sampled_from(["1", "", "a b", 'say "x"', "two\nlines", "a,b", "user_id", "item_id", " x"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=5),
    st.sampled_from([",", "\t", ";"]),
)
def test_what_a_writer_wrote_is_read(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    decoded = decode(text.getvalue().encode())
    if decoded.rejects:
        assert decoded.rejects[0].reason == reasons.NOT_JSON_NOR_CSV  # cells that start with a blank
        return
    [group] = decoded.groups
    data = [tuple(cell or None for cell in row) for row in rows]
    if group.header_records:
        data = [(None, None, None) if row == tuple(rows[0]) else row for row in data]
    assert cells(group) == data


@needs_data
def test_real_order_lines_by_tens() -> None:
    rows = [list(row.values()) for row in online_retail_rows(3000)]
    values = []
    for first in range(0, len(rows), 10):
        text = io.StringIO()
        csv.writer(text).writerows(rows[first : first + 10])
        values.append(text.getvalue().encode())
    [group] = groups(*values)
    assert list(group.indexes) == [place // 10 for place in range(3000)]
    assert cells(group) == [tuple(cell or None for cell in row) for row in rows]
