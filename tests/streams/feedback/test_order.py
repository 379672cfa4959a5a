"""Which topic is read next: merged by event time, and never past what has not arrived yet."""

from __future__ import annotations

import random

import pytest

from streams.feedback import actions
from streams.feedback.base import JoinPolicy
from streams.feedback.order import Side, Turn, turn
from tests.streams.feedback.logs import Reader, drawn, expected, logged

HAS, NOTHING, UNKNOWN = Side(True, False), Side(False, True), Side(False, False)


@pytest.mark.parametrize(
    ("shown", "acted", "shown_until", "watermark", "more", "expected_turn"),
    [
        (HAS, HAS, 5, 5, {}, Turn.IMPRESSION),
        (HAS, HAS, 6, 5, {}, Turn.INTERACTION),
        (HAS, HAS, 5, 5, {"full": True}, Turn.INTERACTION),
        (HAS, NOTHING, 6, 5, {}, Turn.IMPRESSION),
        (HAS, NOTHING, 6, 5, {"full": True}, Turn.IMPRESSION),
        (HAS, UNKNOWN, 5, 5, {}, Turn.IMPRESSION),
        (HAS, UNKNOWN, 6, 5, {}, Turn.WAIT),
        (HAS, UNKNOWN, 5, 5, {"full": True}, Turn.WAIT),
        (NOTHING, HAS, 9, 5, {}, Turn.INTERACTION),
        (UNKNOWN, HAS, 0, 5, {}, Turn.WAIT),
        (UNKNOWN, UNKNOWN, 0, 0, {}, Turn.WAIT),
        (NOTHING, NOTHING, 0, 0, {}, Turn.WAIT),
        (HAS, HAS, 9, 5, {"rewinding": True}, Turn.IMPRESSION),
        (NOTHING, HAS, 0, 5, {"rewinding": True}, Turn.WAIT),
    ],
)
def test_turns(
    shown: Side, acted: Side, shown_until: int, watermark: int, more: dict[str, bool], expected_turn: Turn
) -> None:
    flags = {"rewinding": False, "full": False, **more}
    assert turn(shown, acted, shown_until=shown_until, watermark=watermark, **flags) is expected_turn


@pytest.mark.parametrize("seed", range(5))
def test_a_backlog_of_any_length_is_read_in_little_memory_and_nothing_is_late(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_BLOCK", 4)
    monkeypatch.setattr(actions, "_REMEMBER_MS", -1)
    policy = JoinPolicy(attribution_ms=300, lateness_ms=100, most=200)
    shown, acted = drawn(seed, 4_000, 60)
    shown = shown[: random.Random(seed).randrange(1_000, 4_000)]
    reader = Reader(policy, logged(shown), logged(acted))
    reader.merge()
    assert reader.finish() == {
        name: label for name, label in expected(policy, shown, acted).items() if label is not None
    }
    assert (reader.join.early, reader.join.rejected["late"]) == (0, 0)
