"""Which format reads which record of a batch."""

from __future__ import annotations

import csv
import io

import orjson

from streams.decode import reasons
from streams.decode.base import RowGroup
from streams.decode.registry import BatchDecoder
from tests.streams.decode.checks import check
from tests.support.data import needs_data, online_retail_rows

DECODER = BatchDecoder()


def test_an_empty_batch() -> None:
    decoded = DECODER.decode([])
    assert (decoded.groups, decoded.rejects) == ([], [])


def test_formats_mixed_in_one_batch() -> None:
    values = [
        b'{"a":1}',
        b"1,2",
        None,
        b"",
        b' {"a":2}',
        b"3,4",
        b"hello",
        b"\xff\xfe{",
        b"\x80,1",
        b" \r\n",
        b"[]",
    ]
    decoded = DECODER.decode(values)
    check(decoded, values)
    assert {group.format: list(group.indexes) for group in decoded.groups} == {"json": [0, 4], "csv": [1, 5]}
    assert [(reject.index, reject.reason) for reject in decoded.rejects] == [
        (2, reasons.TOMBSTONE),
        (3, reasons.EMPTY),
        (6, reasons.NOT_JSON_NOR_CSV),
        (7, reasons.NOT_UTF8),
        (8, reasons.NOT_UTF8),
        (9, reasons.EMPTY),
        (10, reasons.JSON_ARRAY),
    ]


def test_headers_of_records_that_need_none_change_nothing() -> None:
    values = [b'{"a":1}', b"1,2"]
    for headers in (None, [(), ()], [[("trace", b"x")], [("other", None)]]):
        decoded = DECODER.decode(values, headers)  # Kafka allows a header without value
        assert [group.format for group in decoded.groups] == ["json", "csv"]


def test_every_reason_is_explained_in_one_line() -> None:
    codes = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    assert codes == set(reasons.EXPLANATIONS)
    assert all(text.endswith(".") and "\n" not in text for text in reasons.EXPLANATIONS.values())


def test_a_group_without_rows_has_nothing_to_align() -> None:
    assert RowGroup("json", [3, 4], []).aligned("a") == [None, None]


def csv_line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


@needs_data
def test_real_order_lines_as_json_and_as_csv() -> None:
    rows = list(online_retail_rows(3000))
    as_json = DECODER.decode(
        [orjson.dumps({name: cell or None for name, cell in row.items()}) for row in rows]
    )
    header = ",".join(rows[0]).encode()
    lines = [csv_line(list(row.values())) for row in rows]
    as_csv = DECODER.decode(lines, [[("pandian.columns", header)]] * len(lines))
    by_position = DECODER.decode([header, *lines])
    assert not as_json.rejects and not as_csv.rejects and not by_position.rejects
    [objects], [declared], [positional] = as_json.groups, as_csv.groups, by_position.groups
    assert [(c.path, c.values, c.nulls) for c in objects.columns] == [
        (c.path, c.values, c.nulls) for c in declared.columns
    ]
    assert positional.layout == tuple(rows[0])
    assert [c.values for c in positional.columns] == [c.values for c in declared.columns]
    assert sum(c.nulls for c in objects.columns) > 0
