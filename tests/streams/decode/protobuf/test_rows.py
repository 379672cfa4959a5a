"""Messages become rows: names of the fields, enums by name, times in ISO 8601, all bounded."""

from __future__ import annotations

import time
from typing import Any

import pytest

from streams.decode import reasons
from streams.decode.one_by_one import UnreadableError
from streams.decode.plain import plain_bytes
from streams.decode.protobuf.descriptors import types_of_set
from streams.decode.protobuf.rows import MessageReader
from streams.decode.schemas.protoc import compile_proto
from tests.streams.decode.protobuf.shop import message, order, types, wire


def read(data: bytes, name: str = "shop.Order") -> dict[str, Any]:
    found = types().by_name(name)
    assert found is not None
    return MessageReader(found).read(data)


def reason(data: bytes, name: str = "shop.Order") -> str:
    with pytest.raises(UnreadableError) as told:
        read(data, name)
    return told.value.reason


def test_every_field() -> None:
    made = order()
    made.rank, made.big, made.card = 0, 2**64 - 1, ""
    made.extra.update({"a": [1, {"b": None}], "c": True, "d": "x"})
    made.wrapped.value = 0
    made.states.extend([0, 1, 7])
    made.took.FromMilliseconds(1500)
    made.by_name["b"].sku = "b"
    made.note.SetInParent()
    made.any.Pack(made.took)
    made.rate = float("nan")
    assert read(wire(made)) == {
        "id": "o1",
        "user": 2**40 + 1,
        "at": "2023-11-14T22:13:20Z",
        "state": "DONE",
        "lines": [
            {"sku": "a", "quantity": 1, "price": 2.5, "part": {"sku": "z", "quantity": 0, "price": 0.0}}
        ],
        "tags": {"5": "x"},
        "raw": "AAE=",
        "discount": 0.1,
        "rank": 0,
        "extra": {"a": [1.0, {"b": None}], "c": True, "d": "x"},
        "wrapped": 0,
        "big": float(2**64),
        "states": ["NEW", "DONE", 7],
        "ListFields": "",
        "card": "",
        "took": 1.5,
        "by_name": {"b": {"sku": "b", "quantity": 0, "price": 0.0}},
        "note": {"text": ""},
        "rate": None,
        "any": {
            "type_url": "type.googleapis.com/google.protobuf.Duration",
            "value": plain_bytes(made.any.value),
        },
    }


def test_what_is_not_set() -> None:
    row = read(b"")
    assert row["id"] == ""
    assert row["user"] == 0
    assert row["state"] == "NEW"
    assert row["lines"] == []
    assert not row.keys() & {"at", "rank", "card", "cash", "extra", "note"}


def test_times_beyond_the_calendar_stay_numbers() -> None:
    made = message("shop.Order")
    made.at.seconds = 2**60
    assert read(wire(made))["at"] == 2**60
    made.at.seconds, made.at.nanos = -1, 999_999_999
    assert read(wire(made))["at"] == "1969-12-31T23:59:59.999999Z"


def test_values_that_are_no_message() -> None:
    assert reason(b"\x0a\x05ab") == reasons.PROTOBUF_MALFORMED
    assert reason(b"\x0a\x01\xff") == reasons.PROTOBUF_MALFORMED  # a string that is not UTF-8
    assert reason(b"\xc2\x3e\x01a") == reasons.PROTOBUF_MALFORMED  # field 1000 only


def test_a_newer_producers_fields_are_passed_over() -> None:
    assert read(wire(order()) + b"\xc2\x3e\x01a")["id"] == "o1"


def test_messages_within_messages_are_bounded() -> None:
    data = b""
    for _ in range(60):
        data = b"\x22" + varint(len(data)) + data
    row = read(data, "shop.Line")
    for _ in range(60):
        row = row["part"]
    assert "part" not in row
    for _ in range(100_000):
        data = b"\x22" + varint(len(data)) + data
    assert reason(data, "shop.Line") == reasons.PROTOBUF_MALFORMED


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def test_two_bytes_that_ask_for_300_values() -> None:
    assert len(read(b"\x0a\x00" * 1_000, "shop.Wide")["cells"]) == 1_000
    assert reason(b"\x0a\x00" * 5_000, "shop.Wide") == reasons.TOO_LARGE  # 1.5 million values
    started = time.process_time()
    assert reason(b"\x0a\x00" * 500_000, "shop.Wide") == reasons.TOO_LARGE  # before it is parsed
    assert time.process_time() - started < 0.5


def test_a_set_that_brings_its_own_timestamp_does_not_change_ours() -> None:
    data = compile_proto(
        'syntax = "proto3"; package google.protobuf; message Timestamp { string text = 1; }', []
    )
    other = types_of_set(data).by_name("google.protobuf.Timestamp")
    assert other is not None
    assert MessageReader(other).read(b"\x0a\x01a") == {"text": "a"}


def test_a_message_of_another_ones_timestamp() -> None:
    proto = (
        'syntax = "proto3"; package google.protobuf;'
        "message A { Timestamp at = 1; } message Timestamp { string text = 1; }"
    )
    found = types_of_set(compile_proto(proto, [])).by_name("google.protobuf.A")
    assert found is not None
    assert MessageReader(found).read(b"\x0a\x03\x0a\x01a") == {"at": {"text": "a"}}
