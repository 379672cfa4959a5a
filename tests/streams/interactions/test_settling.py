"""A mapping is used after enough records, or when it has stayed the same."""

from __future__ import annotations

from streams.interactions.base import FieldMapping, Part
from streams.interactions.settling import CALM_SECONDS, ENOUGH_RECORDS, Settling

ONE = FieldMapping("interactions", {"user": Part("u", "90 %"), "item": Part("i", "-")})
SAME = FieldMapping("interactions", {"user": Part("u", "95 %"), "item": Part("i", "-")})
OTHER = FieldMapping("interactions", {"user": Part("session", "-"), "item": Part("i", "-")})
OWN = FieldMapping("interactions", ONE.parts, origin="file")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_enough_records_settle_at_once() -> None:
    settling = Settling(Clock())
    assert settling.is_settled("t", ONE, ENOUGH_RECORDS)
    assert not settling.is_settled("t", ONE, ENOUGH_RECORDS - 1)


def test_what_a_person_decided_is_settled() -> None:
    assert Settling(Clock()).is_settled("t", OWN, 0)


def test_few_records_settle_when_nothing_changes_for_a_while() -> None:
    clock = Clock()
    settling = Settling(clock)
    assert not settling.is_settled("t", ONE, 5)
    clock.now += CALM_SECONDS / 2
    assert not settling.is_settled("t", SAME, 7)
    clock.now += CALM_SECONDS / 2
    assert settling.is_settled("t", SAME, 7)


def test_a_change_of_mind_starts_the_wait_again_and_topics_wait_apart() -> None:
    clock = Clock()
    settling = Settling(clock)
    assert not settling.is_settled("t", ONE, 5)
    clock.now += CALM_SECONDS - 1
    assert not settling.is_settled("t", OTHER, 5)
    assert not settling.is_settled("t2", ONE, 5)
    clock.now += 1
    assert not settling.is_settled("t", OTHER, 5)
    clock.now += CALM_SECONDS
    assert settling.is_settled("t", OTHER, 5)
    assert settling.is_settled("t2", ONE, 5)
