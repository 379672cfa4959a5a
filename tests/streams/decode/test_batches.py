"""Decoding a batch gives what decoding its records one by one gives, whatever is in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.decode.json_objects import _MARK, _read, _read_together, read_alone
from streams.decode.registry import BatchDecoder
from tests.streams.decode.checks import check, one_by_one, summary, typed

WIDE = BatchDecoder()
NARROW = BatchDecoder(max_fields=4, max_depth=3)

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "a.b", "a[]", "", 'x"y', "名称"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**65), 2**65), st.just(_MARK),
    st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5), st.sampled_from(["1,2", "},{", "],["]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=7)


def dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def cut_at(text: bytes, places: list[int], length: int) -> list[bytes]:
    """Cut out ``length`` bytes at each place."""
    starts = [0, *(place + length for place in places)]
    return [text[start:end] for start, end in zip(starts, [*places, len(text)], strict=True)]


@st.composite
def cut_documents(draw: st.DrawFn, cut: bytes) -> list[bytes]:
    """Return a valid text of n objects, cut anywhere into n pieces: the count is right, the pieces may be wrong.

    Joined again by ``cut`` the pieces would parse, as n values.
    """
    items = draw(st.lists(OBJECTS, min_size=2, max_size=5))
    text = (
        cut.join(map(dumps, items)).replace(b",", cut) if draw(st.booleans()) else cut.join(map(dumps, items))
    )
    places = [place for place in range(len(text)) if text.startswith(cut, place)]
    # Overlapping places cannot be cut both.
    apart = [
        place for number, place in enumerate(places) if number == 0 or place - places[number - 1] >= len(cut)
    ]
    chosen = draw(st.permutations(apart))[: len(items) - 1]
    return cut_at(text, sorted(chosen), len(cut))


PIECES = st.one_of(
    cut_documents(b","),
    cut_documents(b",%d," % _MARK),
    cut_documents(b",\n%d,\n" % _MARK),
    cut_documents(b",\n"),
)
TOKENS = st.sampled_from(
    [b"{", b"}", b"[", b"]", b",", b":", b'"a"', b'"', b"\\", b"1", b"%d" % _MARK, b"\n", b" "]
)
SOUP = st.lists(
    st.lists(TOKENS, min_size=1, max_size=12).map(lambda tokens: b"{" + b"".join(tokens)), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(PIECES, SOUP))
@example([b'{"a":[{}', b'{}],"b":{}}', b'{"x":1},{"y":2}'])
@example([b'{"a":[{}', b'{}],"b":{}}', b'{"x":1},%d,{"y":2}' % _MARK])
@example([b'{"a":[{}', b'{}],"b":{}}', b'{"x":1},{"y":2},{"z":3}'])
@example([b'{"a":"', b'"}', b'{"x":1},%d,{"y":2}' % _MARK])
@example([b"1,2"])
@example([b'{"a":1}', b'{"a":9007199254740993.0}', b'{"a":90071992547409930e-1}'])
def test_json_read_together_is_json_read_alone(values: list[bytes]) -> None:
    alone = [read_alone(value) for value in values]
    if values:
        assert list(map(typed, _read(values))) == list(map(typed, alone))
        together = _read_together(values)
        assert together is None or list(map(typed, together)) == list(map(typed, alone))


def test_valid_records_are_read_together() -> None:
    values = [b'{"a":%d}' % number for number in range(100)]
    assert _read_together(values) == [{"a": number} for number in range(100)]


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.sampled_from(["", "1", '"', '"a,b"', '"a""b"', '"a\nb"', '"open', 'x"y', " b", "user_id", "itemId"]),
    st.sampled_from(["price", "[x", "{x", "1", "2"]),
)  # fmt: skip
LINES = st.builds(
    lambda cells, delimiter, end: (delimiter.join(cells) + end).encode(),
    st.lists(CELLS, min_size=1, max_size=5),
    st.sampled_from(",\t;|"),
    st.sampled_from(["", "\n", "\r\n"]),
)
RECORDS = st.one_of(
    st.none(),
    st.binary(max_size=12),
    OBJECTS.map(dumps),
    VALUES.map(dumps),
    OBJECTS.map(dumps).map(lambda text: b"\xef\xbb\xbf " + text + b"\r\n"),
    OBJECTS.map(dumps).map(lambda text: text[:-1]),
    OBJECTS.map(dumps).map(lambda text: text + text),
    st.integers(1, 8).map(lambda deep: b'{"a":' * deep + b"[[1]]" + b"}" * deep),
    LINES,
    st.sampled_from([b"", b" \n", b'{"a":NaN}', b'{"a":1e999}', b'{"a":"\\ud800"}']),
    st.sampled_from([b"hello, world", b"a,b", b"order_id,price", b"item_id,price", b"1,2", b"[gift],5"]),
)  # fmt: skip
HEADERS = st.lists(
    st.sampled_from(
        [("trace", b"1"), ("pandian.columns", b"a,b"), ("pandian.columns", b"a\tb\ta"), ("pandian.columns", b"\xff"),
         ("pandian.columns", b"name"), ("pandian.columns", b"user_id,,a.b")]
    ),
    max_size=2,
)  # fmt: skip
BATCHES = st.one_of(
    st.lists(RECORDS, max_size=20),
    PIECES,
    SOUP,
    st.lists(OBJECTS.map(dumps), max_size=20),
    st.lists(LINES, max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(BATCHES, st.data())
@pytest.mark.parametrize("decoder", [WIDE, NARROW], ids=["wide", "narrow"])
def test_batch_is_the_sum_of_its_records(
    decoder: BatchDecoder, values: list[bytes | None], data: st.DataObject
) -> None:
    headers = data.draw(st.none() | st.lists(HEADERS, min_size=len(values), max_size=len(values)))
    decoded = decoder.decode(values, headers)
    check(decoded, values)
    assert summary(decoded) == one_by_one(decoder, values, headers)
