"""The state of a source partition goes to bytes and back; what is damaged or newer is refused."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import orjson
import pytest

from pandian.errors import FormatVersionError
from streams.counting.base import Source
from streams.interactions.base import FieldMapping, Part
from streams.interactions.state import ExtractionState, state_key

SOURCE = Source(UUID(int=7), 3)
MAPPING = FieldMapping("interactions", {"user": Part("u", "-"), "item": Part("i[].sku", "-", "c2")}, "cart")


def state() -> ExtractionState:
    return ExtractionState(
        "shop.orders", SOURCE, MAPPING, 42, Counter({"interaction": 40, "no-user": 2}), True
    )


def test_there_and_back() -> None:
    again = ExtractionState.decode(state().encode())
    assert again == state()
    assert again.pinned


def test_the_key_is_of_the_topic_that_is_not_of_its_name() -> None:
    assert state_key(SOURCE) == f"{'0' * 31}7:3".encode()


def test_a_newer_format_is_refused_in_one_line() -> None:
    newer = orjson.dumps({**orjson.loads(state().encode()), "format": 99})
    with pytest.raises(FormatVersionError, match=r"shop\.orders\[3\] has format 99"):
        ExtractionState.decode(newer)


@pytest.mark.parametrize("value", [b"", b"{}", b"[]", b'{"format":1}', b"\xff"])
def test_damaged_bytes(value: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        ExtractionState.decode(value)


@pytest.mark.parametrize("cut", range(1, 300, 13))
def test_half_a_state(cut: int) -> None:
    with pytest.raises(ValueError):
        ExtractionState.decode(state().encode()[:cut])
