"""JSON of several rows: what tells it from one object, its rows, and what one bad row does."""

from __future__ import annotations

import time

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.decode import reasons
from streams.decode.base import Read
from streams.decode.json_lines import JsonLinesReader, _read_alone, _read_together, any_on_lines
from streams.decode.json_objects import JOIN
from streams.decode.several_rows import MOST_ROWS
from tests.support.data import needs_data, online_retail_rows

READER = JsonLinesReader()
ONE = b'{"id":1}'
FOLLOWS = "something follows the first value at character"


def read(*values: bytes) -> Read:
    return READER.read(values, range(len(values)), None)


SEVERAL: dict[str, tuple[bytes, list[object]]] = {
    "lines": (b'{"a":1}\n{"a":2}', [{"a": 1}, {"a": 2}]),
    "a line end at the end": (b'{"a":1}\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
    "Windows lines": (b'{"a":1}\r\n{"a":2}\r\n{"a":3}\r\n', [{"a": 1}, {"a": 2}, {"a": 3}]),
    "blank lines and blanks": (b' {"a":1} \n\n \t{"a":2}\n\n', [{"a": 1}, {"a": 2}]),
    "byte order mark": (b'\xef\xbb\xbf{"a":1}\n{"a":2}', [{"a": 1}, {"a": 2}]),
    "different names": (b'{"a":1}\n{"b":[{"c":2}]}\n{}', [{"a": 1}, {"b": [{"c": 2}]}, {}]),
    "laid out": (b'{\n  "a": {\n    "b": 1\n  }\n}\n{\n  "a": {}\n}', [{"a": {"b": 1}}, {"a": {}}]),
    "braces in texts": (b'{"a":"}\\n{"}\n{"a":"}{"}', [{"a": "}\n{"}, {"a": "}{"}]),
    "the mark in a text": (b'{"a":"%s"}\n{"a":9007199254740993}' % JOIN, [{"a": JOIN.decode()}, {"a": 2**53 + 1}]),
    "array": (b'[{"a":1},{"a":2}]', [{"a": 1}, {"a": 2}]),
    "array of one": (b'[{"a":1}]', [{"a": 1}]),
    "array laid out": (b'\xef\xbb\xbf [\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n', [{"a": 1}, {"a": 2}]),
}  # fmt: skip


@pytest.mark.parametrize("name", SEVERAL)
def test_rows(name: str) -> None:
    value, rows = SEVERAL[name]
    assert READER.accepts(value, ())
    found = read(value)
    assert (found.rows, list(found.indexes), found.rejects) == (rows, [0] * len(rows), [])
    found = READER.read([value, b'{"a":1}\n{"a":2}', value], [3, 4, 9], None)
    assert found.rows == [*rows, {"a": 1}, {"a": 2}, *rows]
    assert list(found.indexes) == [3] * len(rows) + [4, 4] + [9] * len(rows)


@pytest.mark.parametrize(
    "value",
    [
        ONE,
        b'{"a":1}\n',
        b'{\n  "a": [\n    {"b": 1},\n    {"b": 2}\n  ]\n}',
        b'{"a":[{},{}]}',
        b'{"a":"}\\n{"}',
        b'{"a":1}{"a":2}',
        b'{"a":1},\n{"a":2}',
        b"[]",
        b"[1]",
        b'["a"]',
        b"[gift] box,5",
        b"1,2\n3,4",
        b"null",
    ],
)
def test_what_is_left_to_others(value: bytes) -> None:
    assert not READER.accepts(value, ())
    assert not any_on_lines([value, ONE, value])


def test_a_columns_header_makes_csv_of_an_array_and_not_of_lines() -> None:
    declared = [("pandian.columns", b"title")]
    assert not READER.accepts(b'[{"a":1}]', declared)
    assert READER.accepts(b'{"a":1}\n{"a":2}', declared)


def test_lines_are_found_in_a_batch() -> None:
    assert any_on_lines([ONE, b'{"a":1}\n{"a":2}', ONE])
    assert not any_on_lines([b'{"a":1}\n'] * 3)


@pytest.mark.parametrize(
    ("value", "reason", "detail"),
    [
        (b'{"a":1}\n{"a":}', reasons.JSON_MALFORMED, "not valid JSON at character 6 of 6 of row 2"),
        (b'{"a":1}\n{"a":2', reasons.JSON_TRUNCATED, "the text ends too early, after 6 characters of row 2"),
        (b'{"a":1}x\n{"a":1}\n{}', reasons.JSON_SEVERAL_VALUES, f"{FOLLOWS} 8 of 16 of row 1"),
        (b'{"a":1}\n{"a":NaN}', reasons.JSON_NUMBER, "a number that JSON does not have at character 6 of 9 of row 2"),
        (b'{"a":1}\n{"a":"\xff"}', reasons.NOT_UTF8, "byte 7 of 9 is not valid UTF-8 of row 2"),
        (b'{"a":"}\n{"}', reasons.JSON_TRUNCATED, "the text ends too early, after 7 characters of row 1"),
        (b'{"a":1}\n{}{}', reasons.JSON_SEVERAL_VALUES, f"{FOLLOWS} 3 of 4 of row 2"),
        (b'[{"a":1}\n{"a":2}]', reasons.JSON_TRUNCATED, "the text ends too early, after 8 characters of row 1"),
        (b'[{"a":1},2]', reasons.JSON_ARRAY, "an array of 2 elements that are not all objects"),
        (b'[{"a":1},{"a":2}', reasons.JSON_TRUNCATED, "the text ends too early, after 16 characters"),
        (b"[" + b"{}," * MOST_ROWS + b"{}]", reasons.TOO_LARGE, "more than 262,144 rows"),
        (b"{}\n" * (MOST_ROWS + 1), reasons.TOO_LARGE, "more than 262,144 rows"),
    ],
    ids=range(12),
)  # fmt: skip
def test_one_bad_row_rejects_the_record(value: bytes, reason: str, detail: str) -> None:
    assert READER.accepts(value, ())
    good = b'{"a":1}\n{"a":2}'
    found = read(good, value, good)
    assert [(one.index, one.reason, one.detail) for one in found.rejects] == [(1, reason, detail)]
    assert list(found.indexes) == [0, 0, 2, 2]


def test_as_many_rows_as_allowed() -> None:
    assert len(read(b"{}\n" * MOST_ROWS).rows) == MOST_ROWS
    assert len(read(b"[" + b"{}," * (MOST_ROWS - 1) + b"{}]").rows) == MOST_ROWS


@pytest.mark.parametrize(
    "value", [b"}\n" * 500_000, b"}" + b"\n" * 1_000_000, b"} " * 500_000 + b"\n{", b" \n" * 500_000]
)
def test_no_text_takes_long_to_tell(value: bytes) -> None:
    began = time.process_time()
    READER.accepts(value, ())
    any_on_lines([value])
    assert time.process_time() - began < 0.1


OBJECTS = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.one_of(
        st.integers(0, 9),
        st.text("}{\n,[]a", max_size=4),
        st.lists(st.just({}), max_size=2),
        st.just(2**53 + 1),
    ),
    max_size=2,
).map(orjson.dumps)
PIECES = st.one_of(
    OBJECTS,
    st.sampled_from(
        [b"\n", b"\r\n", b"}\n{", b",", b"{", b"}", b"[", b"]", b'"', b" ", JOIN, b"9007199254740993"]
    ),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=7).map(b"".join)
LINES = st.lists(OBJECTS, min_size=1, max_size=4).map(b"\n".join)
ARRAYS = st.lists(OBJECTS, max_size=4).map(lambda objects: b"[" + b",".join(objects) + b"]")


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS | LINES | ARRAYS, min_size=1, max_size=6))
@example([b'{"a":[{}\n{}],"b":1}', b"{}"])
@example([b'{"a":"}\n{"}', b"{}\n{}"])
def test_read_together_is_read_alone(values: list[bytes]) -> None:
    together = _read_together(values)
    assert together is None or together == [_read_alone(value) for value in values]
    found, alone = read(*values), [read(value) for value in values]
    assert found.rows == [row for one in alone for row in one.rows]
    assert [reject.reason for reject in found.rejects] == [
        reject.reason for one in alone for reject in one.rejects
    ]


@needs_data
def test_real_order_lines_by_tens() -> None:
    rows = list(online_retail_rows(3000))
    texts = list(map(orjson.dumps, rows))
    values = [b"\n".join(texts[first : first + 10]) for first in range(0, len(texts), 10)]
    assert _read_together(values) is not None
    assert read(*values).rows == rows
    assert read(*[orjson.dumps(rows[first : first + 10]) for first in range(0, len(rows), 10)]).rows == rows
