"""What is no impression, or cannot be joined, gets no label and a reason; what is no interaction moves nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from streams.feedback.base import FUTURE_MS
from streams.feedback.join import PartitionJoin
from tests.streams.feedback.logs import ARRIVED, POLICY, impression, interaction, read


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"score": -0.01}, "bad-score"),
        ({"score": 1.01}, "bad-score"),
        ({"score": None}, "bad-score"),
        ({"score": "0.5"}, "bad-score"),
        ({"score": True}, "bad-score"),
        ({"time": -1}, "bad-time"),
        ({"time": 1.5}, "bad-time"),
        ({"time": None}, "bad-time"),
        ({"time": 1 << 62}, "bad-time"),
        ({"time": ARRIVED + FUTURE_MS + 1}, "future"),
        ({"model": ""}, "bad-model"),
        ({"version": 3}, "bad-model"),
        ({"model": "m" * 129}, "bad-model"),
        ({"user_id": ""}, "bad-id"),
        ({"item_id": 7}, "bad-id"),
        ({"impression_id": None}, "bad-id"),
    ],
    ids=str,
)
def test_an_impression(change: dict[str, Any], reason: str) -> None:
    join, found = read([{**impression(1, "u", "x", 1_000), **change}], [interaction("v", "y", 5_000)])
    assert found == {}
    assert join.rejected == {reason: 1}
    assert join.waiting == 0


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "bad-json"),
        (b"", "bad-json"),
        (b"\xff", "bad-json"),
        (b"[]", "bad-json"),
        (b"1", "bad-json"),
        (b"{}", "bad-id"),
        (orjson.dumps(impression(1, "u", "x", 1)).replace(b"0.5", b"NaN"), "bad-json"),
        (orjson.dumps(impression(1, "u", "x", 1)).replace(b"0.5", b"1e999"), "bad-json"),
    ],
)
def test_what_is_no_impression(value: bytes | None, reason: str) -> None:
    join = PartitionJoin(POLICY)
    join.impression(0, ARRIVED, value)
    assert join.rejected == {reason: 1}


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"[]",
        b'"x"',
        b"{}",
        orjson.dumps(interaction("u", "x", "soon")),
        orjson.dumps(interaction("u", "x", 5, "wink")),
    ],
)
def test_what_is_no_interaction_moves_nothing(value: bytes | None) -> None:
    join = PartitionJoin(POLICY)
    join.interaction(0, ARRIVED, value)
    assert join.interactions == {"invalid": 1}
    assert join.watermark < 0


def test_a_user_of_another_partition_cannot_be_joined() -> None:
    join = PartitionJoin(POLICY, belongs=lambda user: user == "ours")
    for number, user in enumerate(("ours", "theirs")):
        join.impression(number, ARRIVED, orjson.dumps(impression(number, user, "x", 5)))
    assert (join.waiting, join.rejected) == (1, {"misplaced": 1})
