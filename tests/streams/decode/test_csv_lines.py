"""CSV lines: which texts are one, how their columns are called, what each kind of bad line is called."""

from __future__ import annotations

import pytest

from streams.decode import reasons
from streams.decode.base import RowGroup
from streams.decode.registry import BatchDecoder

DECODER = BatchDecoder()


def groups(*values: bytes, columns: bytes | None = None) -> list[RowGroup]:
    headers = None if columns is None else [[("trace", b"1"), ("pandian.columns", columns)]] * len(values)
    decoded = DECODER.decode(values, headers)
    assert not decoded.rejects, decoded.rejects
    assert {group.format for group in decoded.groups} == {"csv"}
    return decoded.groups


def cells(group: RowGroup) -> dict[str, list[object]]:
    return {column.path: group.aligned(column.path) for column in group.columns}


def reason(value: bytes, columns: bytes | None = None) -> str:
    headers = None if columns is None else [[("pandian.columns", columns)]]
    [reject] = DECODER.decode([value], headers).rejects
    return reject.reason


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,2", ["1", "2"]),
        ("1\t2,5\tx", ["1", "2,5", "x"]),
        ("1;2,5;3", ["1", "2,5", "3"]),
        ("1|Toy Story, The|1995", ["1", "Toy Story, The", "1995"]),
        ("1,Toy Story,Action|Comedy|Drama", ["1", "Toy Story", "Action|Comedy|Drama"]),
        ('"a,b";c', ["a,b", "c"]),
        ('"say ""hi""",c', ['say "hi"', "c"]),
        ('5,1.5" nail', ["5", '1.5" nail']),
        ('"two\nlines",x', ["two\nlines", "x"]),
        ("a,,\r\n", ["a", None, None]),
        ('a,""\n', ["a", None]),
        ("\ufeff名称,价", ["名称", "价"]),
        ("1, a,2,3", ["1", " a", "2", "3"]),
    ],
)
def test_cells(line: str, expected: list[str | None]) -> None:
    [group] = groups(line.encode())
    assert cells(group) == {f"c{place}": [cell] for place, cell in enumerate(expected, start=1)}
    assert [column.nulls for column in group.columns] == [int(cell is None) for cell in expected]


@pytest.mark.parametrize(
    "text",
    [
        "hello, world and all",
        "hello",
        "Dear Anna, thank you; see you, soon",
        "a | b | c",
        '<a href="1,2"/>',
        "user=1&item=2",
        "bell\x07,x",
        "\x00,\x00",
    ],
)
def test_what_is_no_csv(text: str) -> None:
    assert reason(text.encode()) == reasons.NOT_JSON_NOR_CSV


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'a,"b', reasons.CSV_QUOTES),
        (b'"a"b,c', reasons.CSV_QUOTES),
        (b"a,\xe9t\xe9", reasons.NOT_UTF8),
        (b"a," + b"x" * 200_000, reasons.CSV_CELL_TOO_LONG),
        (b"[gift] box,5", reasons.JSON_MALFORMED),
    ],
)
def test_reasons(value: bytes, expected: str) -> None:
    assert reason(value) == expected


def test_lines_of_different_width_are_different_groups() -> None:
    found = groups(b"1,2", b"1,2,3", b"4;5", b"6,7,8")
    assert [(list(group.indexes), len(group.columns)) for group in found] == [([0, 2], 2), ([1, 3], 3)]


def test_an_unclosed_quote_does_not_swallow_the_next_record() -> None:
    decoded = DECODER.decode([b"1,2", b'3,"4', b'5",6', b"7,8"])
    assert [(reject.index, reject.reason) for reject in decoded.rejects] == [(1, reasons.CSV_QUOTES)]
    [group] = decoded.groups
    assert cells(group) == {"c1": ["1", '5"', "7"], "c2": ["2", "6", "8"]}


HEADER_LINES = [
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
    "userId,movieId,rating,timestamp",
    "user_id\titem_id",
    "reviewerID,asin,overall,reviewText,unixReviewTime",
    "id;name;price",
    "用户ID,商品ID,行为,时间",
    "商品名称,价格,数量",
]
NO_HEADER_LINES = [
    "London,United Kingdom",
    "click,Mobile Phone,Anna",
    "iPhone,PlayStation",
    "Mobile Phone,Electronics",
    "user,login",
    "red,blue,green",
    "user_id,user_id",
    "user_id,",
    "user_id,42",
    "user_id,2011-01-01",
    "add_to_cart,product_page",
    "name,code",
    "user_id," + "x" * 50,
    "张三,上海,价格",
]


@pytest.mark.parametrize("line", HEADER_LINES)
def test_header_line_is_counted_adds_no_values_and_names_the_layout(line: str) -> None:
    delimiter = next(mark for mark in ",\t;" if mark in line)
    names = line.split(delimiter)
    data = delimiter.join("7" for _ in names)
    [group] = groups(data.encode(), line.encode(), data.encode(), line.encode())
    assert (group.records, group.header_records, group.layout) == (4, 2, tuple(names))
    assert list(group.indexes) == [0, 1, 2, 3]
    assert cells(group) == {f"c{place}": ["7", None, "7", None] for place in range(1, len(names) + 1)}
    [alone] = groups(line.encode())
    assert (alone.records, alone.header_records, alone.layout) == (1, 1, tuple(names))
    assert [column.values for column in alone.columns] == [[] for _ in names]


@pytest.mark.parametrize("line", NO_HEADER_LINES)
def test_data_is_not_taken_for_a_header_line(line: str) -> None:
    [group] = groups(line.encode())
    assert (group.header_records, group.layout) == (0, ())


def test_two_header_lines_of_one_width_are_two_groups() -> None:
    first, second = groups(b"1,2", b"user_id,item_id", b"order_id,price", b"user_id,item_id")
    assert (list(first.indexes), first.layout, first.header_records) == ([0, 1, 3], ("user_id", "item_id"), 2)
    assert (list(second.indexes), second.layout, second.header_records) == ([2], ("order_id", "price"), 1)


def test_columns_header_names_the_columns() -> None:
    [group] = groups(b"1;2,5", b"3;", columns=b"id;unit price")
    assert cells(group) == {"id": ["1", "3"], "unit price": ["2,5", None]}
    assert (group.header_records, group.layout) == (0, ())


def test_columns_header_makes_csv_of_what_content_alone_does_not_tell() -> None:
    [group] = groups(b"hello", b"42", b'"x"', b"[1]", b"<a>", b" b", columns=b"title")
    assert cells(group) == {"title": ["hello", "42", "x", "[1]", "<a>", " b"]}
    [group] = groups(b"[gift] box,5", b"hello, world", columns=b"title,price")
    assert cells(group) == {"title": ["[gift] box", "hello"], "price": ["5", " world"]}


def test_an_object_stays_json_with_a_columns_header() -> None:
    [group] = DECODER.decode([b'{"a":1}'], [[("pandian.columns", b"a")]]).groups
    assert group.format == "json"


def test_a_record_that_repeats_its_columns_header_is_a_header_line() -> None:
    [group] = groups(b"a,b\r\n", b"1,2", columns=b"a,b")
    assert (group.records, group.header_records) == (2, 1)
    assert cells(group) == {"a": [None, "1"], "b": [None, "2"]}


def test_empty_and_repeated_names_become_different_paths() -> None:
    [group] = groups(b"1,2,3,4,5", columns=b",a,a,a.b,c1")
    assert [column.path for column in group.columns] == ["c1", "a", "a_3", '["a.b"]', "c1_5"]


@pytest.mark.parametrize("line", [b"\xff", b"", b'"a', b"a\nb", b"a,\x00", b"x" * 70_000])
def test_bad_columns_header(line: bytes) -> None:
    assert reason(b"1", columns=line) == reasons.CSV_COLUMNS_HEADER


def test_wrong_number_of_cells() -> None:
    assert reason(b"1,2,3", columns=b"a,b") == reasons.CSV_CELL_COUNT
    [reject] = DECODER.decode([b"1"], [[("pandian.columns", b"a,b")]]).rejects
    assert reject.detail == "1 cells where the header names 2"
