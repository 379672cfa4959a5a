"""The suite that every format must pass. A new format adds one line to ``CASES``."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import fastavro
import msgpack
import pyarrow as pa
import pytest

from streams.decode.base import Decoder
from streams.decode.limits import Limits
from streams.decode.registry import BatchDecoder, formats
from tests.streams.decode.checks import check, summary
from tests.streams.decode.test_parquet_blobs import parquet


@dataclass(frozen=True)
class Case:
    """What the suite needs to know about a format."""

    format: str
    good: tuple[bytes, ...]
    """Records it reads, of different shapes."""
    bad: tuple[bytes, ...]
    """Records that it accepts (from their first bytes) and cannot read."""
    foreign: tuple[bytes, ...]
    """Records that it leaves to others."""


def avro(*rows: dict[str, Any]) -> bytes:
    schema = {"type": "record", "name": "Row", "fields": []}
    schema["fields"] = [
        {"name": "id", "type": "int"},
        {"name": "a", "type": ["null", "string"], "default": None},
    ]
    file = BytesIO()
    fastavro.writer(file, fastavro.parse_schema(schema), rows)
    return file.getvalue()


CASES = (
    Case(
        "jsonl",
        good=(b'{"id":1}\n{"id":2}\n', b'{"id":3,\n"a":[1]}\r\n{}', b'[{"id":4},{"a":{"b":"secret"}}]', b' [{}]'),
        bad=(b'{"id":1}\n{"secret":', b'{"id":1}\n{]', b'[{"id":1},2]', b'[{"id":"secret"', b'{"a":1}\n{"a":NaN}'),
        foreign=(b"a,b", b"hello", b"\x00\x01", b'{"id":1}', b"[1,2]", b"[]"),
    ),
    Case(
        "json",
        good=(b'{"id":1,"name":"a"}', b'{"id":2}', b"{}", b'{"a":{"b":[1,{"c":null}]}}', b' \xef\xbb\xbf{"id":3}'[1:]),
        bad=(b'{"id":', b"{]", b"[1]", b"null", b'"secret"', b'{"id":NaN}', b'{"id":"\xff"}', b'{"a":1},{"b":2}'),
        foreign=(b"a,b", b"hello", b"\x00\x01", b"<a>"),
    ),
    Case(
        "parquet",
        good=(parquet({"id": [1, 2], "a": ["x", None]}), parquet({"id": [3]}), parquet({"n": [[1, 2], []]})),
        bad=(parquet({"id": [1]})[:-6], parquet({"id": [1]})[:40] + b"PAR1", parquet({"id": pa.array([], pa.int64())})),
        foreign=(b"a,b", b"hello", b"PAR1 and more", b'{"id":1}'),
    ),
    Case(
        "msgpack",
        good=(*map(msgpack.packb, ({"id": 1}, {"id": 2, "a": [1, {"b": None}]}, [{"id": 3}, {"id": 4}])),),
        bad=(msgpack.packb({"id": "secret"})[:-2], msgpack.packb({"id": 1}) + b"\xc1", b"\x82\xa2id\x01\xa1a\xc1"),
        foreign=(b"a,b", b"hello", b"\x00\x01", b'{"id":1}'),
    ),
    Case(
        "avro",
        good=(avro({"id": 1}, {"id": 2}), avro({"id": 3, "a": "x"})),
        bad=(avro({"id": 4})[:-3], avro({"id": 5})[:30], avro(), avro({"id": 6, "a": "secret"})[:-1] + b"?"),
        foreign=(b"a,b", b"hello", b"Obj", b'{"id":1}'),
    ),
    Case(
        "csv",
        good=(b"1,a", b"2,b", b'3;"x;y"', b"a\tb\tc\n", b"1,,\r\n", b'"a\nb",c', b"user_id,order_id", b"a,b\nc,d\n"),
        bad=(b'a,"secret', b'"a"b,c', b"a,b\nc,d,e", b"a,\xff", b"a,\x00", b"hello, secret world"),
        foreign=(b"hello", b"42", b"\x00\x01"),
    ),
)  # fmt: skip

LIMITS = Limits(max_fields=50, max_depth=8)


@pytest.fixture(params=CASES, ids=lambda case: case.format)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def decoder(case: Case) -> Decoder:
    return next(decoder for decoder in formats(LIMITS) if decoder.name == case.format)


def test_every_format_has_a_case() -> None:
    assert [decoder.name for decoder in formats(LIMITS)] == [case.format for case in CASES]


def test_accepts_its_own_and_no_other(case: Case, decoder: Decoder) -> None:
    assert all(decoder.accepts(value, ()) for value in (*case.good, *case.bad))
    assert not any(decoder.accepts(value, ()) for value in case.foreign)


def test_reads_the_good_and_rejects_the_bad(case: Case, decoder: Decoder) -> None:
    values = [value for pair in zip(case.good, case.bad) for value in pair]  # noqa: B905 the longer rest is not needed
    decoded = decoder.decode(values, range(len(values)), None)
    check(decoded, values)
    assert [reject.index for reject in decoded.rejects] == list(range(1, len(values), 2))
    assert {group.format for group in decoded.groups} == {case.format}


def test_one_bad_record_among_many_costs_only_itself(case: Case, decoder: Decoder) -> None:
    for bad in case.bad:
        values = [*case.good * 20, bad, *case.good * 30]
        decoded = decoder.decode(values, range(len(values)), None)
        check(decoded, values)
        assert [reject.index for reject in decoded.rejects] == [20 * len(case.good)]


def test_refers_to_the_places_it_is_given(case: Case, decoder: Decoder) -> None:
    values = [case.good[0], case.bad[0], case.good[1]]
    decoded = decoder.decode(values, [7, 11, 40], None)
    assert sorted({index for group in decoded.groups for index in group.indexes}) == [7, 40]
    assert [reject.index for reject in decoded.rejects] == [11]


def test_batch_is_the_sum_of_its_records(case: Case) -> None:
    batches = BatchDecoder(max_fields=50, max_depth=8)
    values = [*case.good, *case.bad, *case.foreign] * 3
    together = summary(batches.decode(values))
    assert together == summary_of_parts(batches, values, 1) == summary_of_parts(batches, values, 4)


def summary_of_parts(decoder: BatchDecoder, values: list[bytes], size: int) -> object:
    total = summary(decoder.decode(values[:size]))
    for first in range(size, len(values), size):
        total.add(decoder.decode(values[first : first + size]), first)
    return total.tidy()


def test_nothing_stays_between_batches(case: Case, decoder: Decoder) -> None:
    def read() -> object:
        return summary(decoder.decode(case.good, range(len(case.good)), None))

    before = read()
    decoder.decode([*case.bad, *case.good[::-1]], range(len(case.bad) + len(case.good)), None)
    assert read() == before


def test_every_cut_of_a_good_record_is_read_or_rejected(case: Case, decoder: Decoder) -> None:
    values = [value[:end] for value in case.good for end in range(1, len(value))]
    check(decoder.decode(values, range(len(values)), None), values)
