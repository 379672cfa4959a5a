"""JSON records: what each kind of bad record is called, and what the good ones give."""

from __future__ import annotations

import pytest

from streams.decode import reasons
from streams.decode.registry import BatchDecoder

DECODER = BatchDecoder()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"[1,2]", reasons.JSON_ARRAY),
        (b' [{"a":1},2]', reasons.JSON_ARRAY),
        (b"null", reasons.JSON_NULL),
        (b"42", reasons.JSON_SCALAR),
        (b"-1.5e3", reasons.JSON_SCALAR),
        (b"true", reasons.JSON_SCALAR),
        (b'"{\\"a\\":1,\\"b\\":2}"', reasons.JSON_SCALAR),
        (b'"a,b"', reasons.JSON_SCALAR),
        (b'{"a":NaN}', reasons.JSON_NUMBER),
        (b'{"a":[1,-NaN]}', reasons.JSON_NUMBER),
        (b'{"a":nan}', reasons.JSON_NUMBER),
        (b'{"a":Infinity}', reasons.JSON_NUMBER),
        (b'{"a":-Infinity}', reasons.JSON_NUMBER),
        (b'{"a":1e999}', reasons.JSON_NUMBER),
        (b'{"a":-1e999}', reasons.JSON_NUMBER),
        (b'{"a":' + b"9" * 400 + b"}", reasons.JSON_NUMBER),
        (b'{"a":1', reasons.JSON_TRUNCATED),
        (b'{"a":"', reasons.JSON_TRUNCATED),
        (b"{", reasons.JSON_TRUNCATED),
        (b'{"a":1}{"b":2}', reasons.JSON_SEVERAL_VALUES),
        (b'{"a":1},{"b":2}', reasons.JSON_SEVERAL_VALUES),
        (b"{'a':1}", reasons.JSON_MALFORMED),
        (b'{"a":1,}', reasons.JSON_MALFORMED),
        (b'{"a":01}', reasons.JSON_MALFORMED),
        (b'{"a":"x\ny"}', reasons.JSON_MALFORMED),
        (b'{"a":"\\ud800"}', reasons.JSON_MALFORMED),
        (b'{"a":"\xff"}', reasons.NOT_UTF8),
        (b'{"a":"\xc3"}', reasons.NOT_UTF8),
        (b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", reasons.JSON_TOO_DEEP),
    ],
)
def test_reasons(value: bytes, reason: str) -> None:
    [reject] = DECODER.decode([value]).rejects
    assert reject.reason == reason


def test_the_parser_s_deepest_record_is_read_alone_and_in_a_batch() -> None:
    # One level more than the parser takes once the batch's own brackets are around it.
    deepest = b'{"a":' + b"[" * 1023 + b"]" * 1023 + b"}"
    [group] = DECODER.decode([b"{}", deepest, b"{}"]).groups
    assert group.records == 3


@pytest.mark.parametrize(
    "value", [b'\xef\xbb\xbf{"a":1}', b' \r\n\t{"a":1}\n', b'{"a":1}\r\n', b'\xef\xbb\xbf {"a":1}']
)
def test_byte_order_mark_and_blanks_around_are_allowed(value: bytes) -> None:
    for values in ([value], [value, b'{"a":1}'] * 10):
        [group] = DECODER.decode(values).groups
        assert group.records == len(values)
        assert group.columns[0].values == [1] * len(values)


def test_numbers_beyond_64_bits_are_floats() -> None:
    [group] = DECODER.decode([b'{"a":18446744073709551616}', b'{"a":18446744073709551615}']).groups
    assert group.columns[0].values == [float(2**64), 2**64 - 1]
    assert group.columns[0].kind == ""


def test_last_of_equal_keys_counts() -> None:
    [group] = DECODER.decode([b'{"a":1,"b":2,"a":3}']).groups
    assert [(column.path, column.values) for column in group.columns] == [("a", [3]), ("b", [2])]


def test_details_name_the_place_and_nothing_of_the_content() -> None:
    decoded = DECODER.decode([b'{"mail":"anna@example.com",}', b'{"mail":"anna@example.com', b'["anna"]'])
    assert [reject.detail for reject in decoded.rejects] == [
        "not valid JSON at character 27 of 28",
        "the text ends too early, after 25 characters",
        "an array of 1 elements",
    ]
