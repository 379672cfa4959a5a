"""Everything that is thrown at a decoder: read or rejected with a reason, in bounded time and memory."""

from __future__ import annotations

import random
import time
import tracemalloc

import orjson
import pytest

from streams.decode import reasons
from streams.decode.registry import BatchDecoder
from tests.streams.decode.checks import check

MEGABYTES_5 = 5_000_000
GOOD = [b'{"id":1,"name":"a"}', b"1,b"]


def wide(keys: int, start: int = 0) -> bytes:
    return orjson.dumps({f"k{number}": number for number in range(start, start + keys)})


#: Record -> its reason, or None when it is read.
CORPUS: dict[str, tuple[bytes | None, str | None]] = {
    "tombstone": (None, reasons.TOMBSTONE),
    "empty": (b"", reasons.EMPTY),
    "blank": (b" \t\r\n", reasons.EMPTY),
    "only a byte order mark": (b"\xef\xbb\xbf", reasons.EMPTY),
    "garbage": (bytes(range(128, 256)), reasons.NOT_UTF8),
    "binary": (bytes(range(32)), reasons.NOT_JSON_NOR_CSV),
    "UTF-16": ('{"a":1}'.encode("utf-16"), reasons.NOT_UTF8),
    "invalid UTF-8": (b'{"a":"\xe9"}', reasons.NOT_UTF8),
    "NaN": (b'{"a":NaN}', reasons.JSON_NUMBER),
    "400 deep objects": (b'{"a":' * 400 + b"1" + b"}" * 400, None),
    "400 deep arrays": (b'{"a":' + b"[" * 399 + b"]" * 399 + b"}", None),
    "100,000 deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, reasons.JSON_TOO_DEEP),
    "10,000 keys": (wide(10_000), None),
    "a key twice": (b'{"a":1,"a":2}', None),
    "nulls": (b'{"a":null,"b":[null,null]}', None),
    "integer beyond 64 bits": (b'{"a":123456789012345678901234567890}', None),
    "number beyond a float": (b'{"a":' + b"9" * 1000 + b"}", reasons.JSON_NUMBER),
    "null": (b"null", reasons.JSON_NULL),
    "array": (b"[1]", reasons.JSON_ARRAY),
    "scalar": (b"17", reasons.JSON_SCALAR),
    "truncated": (b'{"a":"b', reasons.JSON_TRUNCATED),
    "two objects": (b'{"a":1}{"a":2}', reasons.JSON_SEVERAL_VALUES),
    "prose": (b"hello, world and all", reasons.NOT_JSON_NOR_CSV),
    "two lines": (b"1,2\n3,4", None),
    "two uneven lines": (b"1,2\n3,4,5", reasons.CSV_CELL_COUNT),
    "open quote": (b'1,"2', reasons.CSV_QUOTES),
    "key of the joiner": (b'{"9007199254740993":9007199254740993}', None),
}

BIG: dict[str, tuple[bytes, str | None]] = {
    "string": (b'{"a":"' + b"x" * MEGABYTES_5 + b'"}', None),
    "key": (b'{"' + b"x" * MEGABYTES_5 + b'":1}', None),
    "array": (b'{"a":[' + b"1," * (MEGABYTES_5 // 2) + b"1]}", None),
    "different keys": (wide(400_000), None),
    "digits": (b'{"a":' + b"9" * MEGABYTES_5 + b"}", reasons.JSON_NUMBER),
    "text": (b"x" * MEGABYTES_5, reasons.NOT_JSON_NOR_CSV),
    "zeros": (bytes(MEGABYTES_5), reasons.NOT_JSON_NOR_CSV),
    "quotes": (b'"' * MEGABYTES_5, reasons.NOT_JSON_NOR_CSV),
    "quotes and a delimiter": (b'"' * MEGABYTES_5 + b",", reasons.CSV_CELL_TOO_LONG),
    "open JSON string": (b'"' + b"\\" * MEGABYTES_5, reasons.NOT_JSON_NOR_CSV),
    "braces": (b"{" * MEGABYTES_5, reasons.JSON_MALFORMED),
    "brackets": (b"[" * MEGABYTES_5, reasons.JSON_TOO_DEEP),
    "commas": (b"1" + b"," * (MEGABYTES_5 // 5), None),
    "blank cells": (b"1" + b", " * (MEGABYTES_5 // 5), reasons.NOT_JSON_NOR_CSV),
    "blanks": (b" " * MEGABYTES_5 + b"1", reasons.JSON_SCALAR),
    "line ends": (b"1,2" + b"\n" * MEGABYTES_5, None),
    "names": (b",".join(b"name_%d_id" % number for number in range(300_000)), None),
}


@pytest.mark.parametrize("name", CORPUS)
def test_corpus(name: str) -> None:
    value, reason = CORPUS[name]
    for values in ([value], [*GOOD, value, *GOOD]):
        decoded = BatchDecoder().decode(values)
        check(decoded, values)
        assert [reject.reason for reject in decoded.rejects] == ([reason] if reason else [])


def test_the_whole_corpus_in_one_batch() -> None:
    random.seed(3)
    values = [value for value, _ in CORPUS.values()] * 20 + GOOD * 100
    random.shuffle(values)
    decoded = BatchDecoder().decode(values)
    check(decoded, values)
    assert len(decoded.rejects) == 20 * sum(reason is not None for _, reason in CORPUS.values())


@pytest.mark.parametrize("name", BIG)
def test_5_megabytes(name: str) -> None:
    value, reason = BIG[name]
    values = [*GOOD, value, *GOOD]
    started = time.perf_counter()
    decoded = BatchDecoder().decode(values)
    # What is quadratic takes hours; the slowest takes about a second.
    assert time.perf_counter() - started < 20
    assert [reject.reason for reject in decoded.rejects] == ([reason] if reason else [])
    assert sum(len(group.columns) for group in decoded.groups) <= 1100


def test_10_000_keys_give_max_fields_columns_and_the_rest_is_counted() -> None:
    [group] = BatchDecoder(max_fields=1000).decode([wide(10_000)]).groups
    assert [column.path for column in group.columns] == [f"k{number}" for number in range(1000)]
    assert group.dropped_values == 9000


def test_keys_that_never_come_again_leave_nothing_behind() -> None:
    decoder = BatchDecoder()

    def read(first: int, batches: int) -> int:
        for batch in range(batches):
            start = first + batch * 10_000
            decoded = decoder.decode([wide(100, start + number * 100) for number in range(100)])
            assert len(decoded.groups[0].columns) == 10_000
        del decoded
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = read(0, 2)
        assert read(20_000, 10) < before + 1_000_000  # 100,000 names alone would be 6 MB
    finally:
        tracemalloc.stop()


def test_random_garbage() -> None:
    generator = random.Random(7)
    alphabet = b'{}[]",:;|\t\n\r \\x1-e.\x00\xff\xc3\xa9ntrue'
    values = [bytes(generator.choices(alphabet, k=generator.randrange(30))) for _ in range(20_000)]
    check(BatchDecoder().decode(values), values)
