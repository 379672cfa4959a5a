from __future__ import annotations

import os
import struct
import zlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandian.errors import FormatVersionError
from streams.counting.base import Gone, SetHeader, Source, Window
from streams.counting.codec import (
    PIECE_BYTES,
    decode_body,
    decode_key,
    decode_value,
    encode_key,
    encode_pieces,
)
from streams.counting.exceptions import MalformedRecordError

SOURCE = Source(UUID("6f1c0a52-1b1f-4c1e-9f6e-0d8a3c1b2a4d"), 7)
NAME = b"12345678"
HEADER = SetHeader(
    topic="商店.orders",
    end=1 << 40,
    origin=3,
    gone=Gone(25, ((3, 13), (20, 35))),
    window=Window(90, 10, first_time=-5, last_time=1_700_000_000_000),
    state_format=4,
)


def test_a_set_comes_back_whole():
    state = os.urandom(5_000)
    records = encode_pieces(SOURCE, NAME, HEADER, state, piece_bytes=1_000)
    assert len(records) == 6
    keys = [decode_key(key) for key, _ in records]
    pieces = [decode_value(value, state_format=4) for _, value in records]
    assert [(key.source, key.name, key.index) for key in keys] == [(SOURCE, NAME, at) for at in range(6)]
    assert all((piece.header, piece.count) == (HEADER, 6) for piece in pieces)
    assert decode_body([piece.body for piece in pieces]) == state


def test_an_empty_state_and_unknown_times_come_back():
    header = SetHeader("t", end=0)
    ((_, value),) = encode_pieces(SOURCE, NAME, header, b"")
    piece = decode_value(value, state_format=1)
    assert piece.header == header
    assert decode_body([piece.body]) == b""


def test_pieces_stay_below_kafkas_default_limit():
    header = SetHeader("t" * 249, end=1, gone=Gone(16, tuple((at, at + 1) for at in range(0, 32, 2))))
    records = encode_pieces(SOURCE, NAME, header, os.urandom(3 * PIECE_BYTES))
    assert len(records) == 4
    assert max(len(key) + len(value) for key, value in records) < 1_000_000


def test_a_state_that_compresses_is_written_compressed():
    ((_, value),) = encode_pieces(SOURCE, NAME, HEADER, b"pandian " * 500_000)
    assert len(value) < 5_000


def test_too_many_pieces_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        encode_pieces(SOURCE, NAME, HEADER, os.urandom(70_000), piece_bytes=1)


def test_a_set_name_has_one_length():
    with pytest.raises(ValueError, match="8 bytes"):
        encode_key(SOURCE, b"short", 0)


def test_a_newer_state_format_is_recognised_without_its_body():
    ((_, value),) = encode_pieces(SOURCE, NAME, HEADER, b"x")
    with pytest.raises(FormatVersionError, match="newer Pandian"):
        decode_value(value, state_format=3)
    with pytest.raises(FormatVersionError):
        decode_value(value[:6], state_format=3)


def test_a_newer_envelope_or_key_is_recognised():
    ((key, value),) = encode_pieces(SOURCE, NAME, HEADER, b"x")
    with pytest.raises(FormatVersionError, match="envelope 2"):
        decode_value(value[:3] + b"\x02" + value[4:], state_format=9)
    with pytest.raises(FormatVersionError, match="key version 2"):
        decode_key(key[:3] + b"\x02" + key[4:] + b"more")


@pytest.mark.parametrize("key", [b"", b"PDN", b"user-17", b"PDN\x01", encode_key(SOURCE, NAME, 0)[:-1]])
def test_keys_of_others_are_malformed(key: bytes):
    with pytest.raises(MalformedRecordError):
        decode_key(key)


@given(st.data())
def test_any_damage_is_noticed(data: st.DataObject):
    value = bytearray(encode_pieces(SOURCE, NAME, HEADER, b"state" * 20)[0][1])
    at = data.draw(st.integers(0, len(value) - 1))
    value[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((MalformedRecordError, FormatVersionError)):
        decode_value(bytes(value), state_format=4)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_a_typed_error(noise: bytes):
    for value in (noise, b"PDN\x01\x00\x01" + noise):
        with pytest.raises((MalformedRecordError, FormatVersionError)):
            decode_value(value, state_format=1)


@pytest.mark.parametrize("cut", [6, 40, 80, -1])
def test_a_cut_value_is_malformed(cut: int):
    value = encode_pieces(SOURCE, NAME, HEADER, b"x")[0][1]
    with pytest.raises(MalformedRecordError):
        decode_value(value[:cut], state_format=4)


def _sealed(value: bytes) -> bytes:
    return value + struct.pack(">I", zlib.crc32(value))


@pytest.mark.parametrize(
    ("at", "new"),
    [(6, b"\x00\x09"), (8, b"\x00\x00"), (66, b"\xff\xff"), (68, b"\xff")],
    ids=["index beyond the count", "no pieces", "topic longer than the value", "too many ranges"],
)
def test_a_value_that_contradicts_itself_is_malformed(at: int, new: bytes):
    value = encode_pieces(SOURCE, NAME, HEADER, b"x")[0][1][:-4]
    with pytest.raises(MalformedRecordError):
        decode_value(_sealed(value[:at] + new + value[at + len(new) :]), state_format=4)


def test_a_topic_name_that_is_no_text_is_malformed():
    value = encode_pieces(SOURCE, NAME, HEADER, b"x")[0][1][:-4]
    topic = HEADER.topic.encode()
    with pytest.raises(MalformedRecordError, match="UTF-8"):
        decode_value(_sealed(value.replace(topic, b"\xff" * len(topic))), state_format=4)


def test_pieces_that_do_not_belong_together_are_malformed():
    with pytest.raises(MalformedRecordError):
        decode_body([b"not", b"compressed"])
