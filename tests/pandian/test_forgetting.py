"""Who asked to be forgotten: named exactly, as far as the log reached, by those who have the key."""

from __future__ import annotations

import orjson
import pytest

from pandian.forgetting import Erasure, Erasures, Names, decode

SHOP = "ab" * 16


def erasure(names: Names, until: dict[int, int], topic_id: str = SHOP, time: int = 5) -> bytes:
    return Erasure(topic_id, until, names.fingerprint, time).encode()


@pytest.fixture
def erasures() -> Erasures:
    made = Erasures(Names("a secret of the shop"))
    made.of_topic(SHOP)
    return made


def ask(erasures: Erasures, user: str, until: dict[int, int], **more: object) -> str | None:
    names = erasures.names
    return erasures.take(names(user).encode(), erasure(names, until, **more))  # type: ignore[arg-type]


def test_what_stood_there_is_passed_over_and_what_comes_later_is_not(erasures: Erasures) -> None:
    assert ask(erasures, "Ann", {0: 10, 1: 0}) == erasures.names("Ann")
    assert [erasures.covers("Ann", 0, offset) for offset in (0, 9, 10)] == [True, True, False]
    assert not erasures.covers("Ann", 1, 0)
    assert not erasures.covers("Ann", 2, 0)  # a partition that was added since
    assert not erasures.covers("ann", 0, 0)
    assert not erasures.covers("Ann ", 0, 0)
    assert [erasures.reaches(0, 9), erasures.reaches(0, 10), erasures.reaches(1, 0)] == [True, False, False]
    assert (erasures.asked("Ann"), erasures.asked("ann")) == (5, None)


def test_asked_again_it_reaches_further(erasures: Erasures) -> None:
    ask(erasures, "Ann", {0: 10})
    ask(erasures, "Bob", {0: 30})
    ask(erasures, "Ann", {0: 20})
    assert erasures.covers("Ann", 0, 19)
    assert not erasures.covers("Ann", 0, 20)
    assert erasures.reaches(0, 29)


def test_a_topic_made_again_begins_anew(erasures: Erasures) -> None:
    ask(erasures, "Ann", {0: 10})
    erasures.of_topic("cd" * 16)
    assert not erasures.covers("Ann", 0, 0)
    assert not erasures.reaches(0, 0)
    ask(erasures, "Ann", {0: 3}, topic_id="cd" * 16)
    assert erasures.covers("Ann", 0, 2)


def test_another_key_finds_nobody_and_is_noticed(erasures: Erasures) -> None:
    other = Names("the secret before it")
    assert erasures.take(other("Ann").encode(), erasure(other, {0: 10})) is None
    assert erasures.foreign == 1
    assert not erasures.covers("Ann", 0, 0)
    assert Names(None)("Ann") != other("Ann")


def test_names_hold_no_id_and_find_those_who_bear_them(erasures: Erasures) -> None:
    assert "Ann" not in erasures.names("Ann")
    assert len(erasures.names("订单 " + "x" * 250)) == 32
    found = erasures.named(["Ann", "Bob"], frozenset({erasures.names("Bob")}))
    assert found == ["Bob"]


@pytest.mark.parametrize(
    "value", [b"", b"{", b"[]", b"{}", orjson.dumps({"until": 3}), b'{"until": {"x": 1}}']
)
def test_what_is_no_erasure_costs_only_itself(erasures: Erasures, value: bytes) -> None:
    with pytest.raises(ValueError, match="no erasure"):
        decode(value)
    assert erasures.take(b"k", value) is None
    assert not erasures.reaches(0, 0)


def test_a_tombstone_takes_it_back(erasures: Erasures) -> None:
    name = ask(erasures, "Ann", {0: 10})
    assert name
    erasures.take(name.encode(), None)
    assert not erasures.covers("Ann", 0, 0)
