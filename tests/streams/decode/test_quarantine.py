"""What is said about a record that could not be read, and that nothing personal is in it."""

from __future__ import annotations

import base64
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode import reasons
from streams.decode.base import Reject
from streams.decode.quarantine import EXCERPT_CHARACTERS, ORIGINAL_BYTES, Origin, document, excerpt

ORIGIN = Origin("shop.orders", "AbC-123", 3, 42)
REJECT = Reject(0, reasons.JSON_TRUNCATED, "the text ends too early, after 25 characters")


def test_document() -> None:
    value = b'{"mail":"anna@example.com'
    text = document(REJECT, value, ORIGIN, 1_700_000_000_000)
    assert orjson.loads(text) == {
        "topic": "shop.orders",
        "topic_id": "AbC-123",
        "partition": 3,
        "offset": 42,
        "reason": "json-truncated",
        "detail": "the text ends too early, after 25 characters",
        "excerpt": '{"xxxx":"xxxx@xxxxxxx.xxx',
        "size": 25,
        "time": 1_700_000_000_000,
    }


def test_original_only_when_asked_for() -> None:
    value = b"\xff\x00anna"
    assert b"original" not in document(REJECT, value, ORIGIN, 0)
    kept = orjson.loads(document(REJECT, value, ORIGIN, 0, keep_original=True))
    assert base64.b64decode(kept["original"]) == value


def test_document_of_a_tombstone_and_of_a_huge_record() -> None:
    assert orjson.loads(document(REJECT, None, ORIGIN, 0, keep_original=True))["excerpt"] == ""
    text = document(REJECT, b"x" * 5_000_000, ORIGIN, 0, keep_original=True)
    assert len(text) < 1_000_000
    fields = orjson.loads(text)
    assert (fields["size"], len(base64.b64decode(fields["original"]))) == (5_000_000, ORIGINAL_BYTES)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Anna Müller, +49 170 1234567", "Xxxx Xxxxxx, +99 999 9999999"),
        ("张三 ①", "字字 9"),
        ("Ωμέγα Имя ひらがな 한글", "Xxxxx Xxx xxxx xx"),
        ("a\tb\x00\x1b\x7f", "x\\x09x\\x00\\x1b\\x7f"),
        ("😀é́½٣", "?x?99"),
    ],
)
def test_excerpt(value: str, shape: str) -> None:
    assert excerpt(value.encode()) == shape


def test_text_in_another_encoding_does_not_show_through() -> None:
    assert excerpt("张三,138".encode("gbk")).strip("?x") == ",999"
    assert excerpt("Müller".encode("latin-1")) == "X?xxxx"


def test_a_cut_is_marked() -> None:
    assert excerpt(b"a" * 120) == "x" * 120
    assert excerpt(b"a" * 121) == "x" * 119 + "…"


@given(st.binary(max_size=600) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_only_structure_remains(value: bytes) -> None:
    shape = excerpt(value)
    assert len(shape) <= EXCERPT_CHARACTERS
    assert re.fullmatch(r"(?:\\x[01][0-9a-f]|\\x7f|[xX9字?…]|[ -/:-@\[-`{-~])*(?:\\x?[0-9a-f]?…)?", shape)
