"""Library values become JSON values, whatever they are."""

from __future__ import annotations

import math
import struct
import uuid
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.plain import MAX_DEPTH, plain, shortest_float32


class Colour(Enum):
    RED = 1


Point = namedtuple("Point", "x y")

EXAMPLES: list[tuple[Any, Any]] = [
    ("盘点", "盘点"),
    ("half \ud800 pair", "half ? pair"),
    (True, True),
    (2**63 - 1, 2**63 - 1),
    (-(2**63), -(2**63)),
    (2**63, float(2**63)),
    (10**400, "Infinity"),
    (-(10**400), "-Infinity"),
    (math.nan, None),
    (math.inf, "Infinity"),
    (-math.inf, "-Infinity"),
    (Decimal("19.99"), 19.99),
    (Decimal("20.00"), 20.0),
    (Decimal("20"), 20),
    (Decimal("2E+3"), 2000),
    (Decimal("1E+999999"), "Infinity"),
    (Decimal("NaN"), None),
    (Decimal("sNaN"), None),
    (Decimal("-Infinity"), "-Infinity"),
    (datetime(2026, 1, 31, 8, tzinfo=UTC), "2026-01-31T08:00:00Z"),
    (datetime(2026, 1, 31, 8, tzinfo=timezone(timedelta(hours=8))), "2026-01-31T00:00:00Z"),
    (datetime(2026, 1, 31, 8, 0, 0, 5), "2026-01-31T08:00:00.000005"),
    (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))), "0001-01-01T00:00:00+08:00"),
    (date(2026, 1, 31), "2026-01-31"),
    (time(8, 30), "08:30:00"),
    (timedelta(minutes=1.5), 90.0),
    (b"caf\xc3\xa9\n", "café\n"),
    (b"\x00\x01", "AAE="),
    (b"\xff", "/w=="),
    (bytearray(b"a"), "a"),
    (memoryview(b"a"), "a"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Colour.RED, "RED"),
    ((1, (2,)), [1, [2]]),
    (Point(1, 2), [1, 2]),
    ({1: 2, None: 3, b"k": 4, (1, 2): 5, 1.5: 6}, {"1": 2, "null": 3, "k": 4, "[1,2]": 5, "1.5": 6}),
    (OrderedDict(a=1), {"a": 1}),
    (MappingProxyType({"a": b"b"}), {"a": "b"}),
    (object(), "<object>"),
]


@pytest.mark.parametrize(("value", "expected"), EXAMPLES)
def test_examples(value: Any, expected: Any) -> None:
    result = plain(value)
    assert result == expected
    assert type(result) is type(expected)


def test_depth_is_bounded() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    value, depth = plain(deep), 1
    while value:
        (value,), depth = value, depth + 1
    assert value == []
    assert depth == MAX_DEPTH + 1


def test_a_single_precision_number_is_written_short() -> None:
    for text in ("0.1", "19.99", "1e-10", "16777217", "3.4028235e+38", "123456.79"):
        single = struct.unpack("f", struct.pack("f", float(text)))[0]
        assert struct.pack("f", shortest_float32(single)) == struct.pack("f", single)
    assert shortest_float32(struct.unpack("f", struct.pack("f", 19.99))[0]) == 19.99
    assert shortest_float32(math.nan) is None
    assert shortest_float32(-math.inf) == "-Infinity"


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.characters(categories=["Cs"])
    | st.binary()
    | st.decimals()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.timedeltas()
    | st.times()
    | st.uuids(),
    lambda inner: (
        st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.binary() | st.integers(), inner)
    ),
)


@given(anything)
def test_whatever_it_is_json_can_hold_it_and_it_is_its_own_plain_value(value: Any) -> None:
    result = plain(value)
    assert orjson.loads(orjson.dumps(result)) == result
    assert plain(result) == result
