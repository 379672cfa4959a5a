"""Repeats are told by the last place of their source."""

from __future__ import annotations

import pytest

from streams.features import places
from streams.features.places import Places
from tests.support.live import source


def test_what_is_not_beyond_the_last_place_is_a_repeat() -> None:
    found = Places()
    came = [(0, 0), (0, 1), (5, 0), (5, 0), (0, 1), (5, 1), (4, 9), (6, 0)]
    assert [found.is_new(source(*place)) for place in came] == [
        True, True, True, False, False, True, False, True,
    ]  # fmt: skip


def test_each_source_has_a_place_of_its_own() -> None:
    found = Places()
    assert found.is_new(source(9))
    assert found.is_new(source(1, partition=1))
    assert found.is_new(source(1, topic_id="made again"))
    assert not found.is_new(source(9))


def test_it_survives_its_encoding() -> None:
    found = Places()
    found.is_new(source(9, 2))
    found.is_new(source(1, partition=3))
    again = Places.decode(found.encode())
    assert not again.is_new(source(9, 2))
    assert again.is_new(source(9, 3))
    assert not again.is_new(source(0, partition=3))


HOSTILE = [
    {"topic_id": 7},
    {"topic_id": "x" * 65},
    {"topic_id": ["t"]},
    {"partition": "0"},
    {"partition": 1.0},
    {"partition": True},
    {"offset": "9"},
    {"offset": 1.5},
    {"offset": True},
    {"index": None},
]


@pytest.mark.parametrize("change", HOSTILE, ids=str)
def test_what_is_no_place_is_refused_and_moves_nothing(change) -> None:
    found = Places()
    for _ in range(2):  # the second time the source is known
        with pytest.raises((TypeError, ValueError)):
            found.is_new(source(3) | change)
        found.is_new(source(1))
    assert found.encode() == [("t", 0, 1, 0)]


def test_a_part_that_is_missing() -> None:
    for name in ("topic_id", "partition", "offset", "index"):
        place = source(3)
        del place[name]
        with pytest.raises(KeyError):
            Places().is_new(place)


def test_sources_are_bounded(monkeypatch) -> None:
    monkeypatch.setattr(places, "MAX_SOURCES", 2)
    found = Places()
    assert found.is_new(source(1, partition=1))
    assert found.is_new(source(1, partition=2))
    with pytest.raises(ValueError, match="too many sources"):
        found.is_new(source(1, partition=3))
    assert found.is_new(source(2, partition=1))
