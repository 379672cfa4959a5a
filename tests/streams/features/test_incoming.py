"""Anybody may write to the topic of interactions: what is none costs only itself."""

from __future__ import annotations

import orjson
import pytest

from pandian.actions import ACTIONS, POSITIVE
from pandian.events import Interaction, Origin, encode
from streams.features.base import ACTION_BITS, ACTION_MASK, LATEST
from streams.features.incoming import INVALID, PASSED, REPEAT, read
from streams.features.places import Places
from tests.support.live import START, interaction, source


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_of_interest_make_rows(action) -> None:
    record = encode(Interaction("u", "i", action, START, source=Origin("t", "id", 0, 1)))
    row = read(record, Places())
    if action in POSITIVE:
        assert row[:2] == ("u", "i")
        assert (row[2] >> ACTION_BITS, ACTIONS[row[2] & ACTION_MASK]) == (START, action)
    else:
        assert row == PASSED


def test_a_record_sent_again_is_a_repeat() -> None:
    places = Places()
    record = interaction("u", "i", source=source(4))
    assert read(record, places) == ("u", "i", START << ACTION_BITS)
    assert read(record, places) == REPEAT
    # What has no source was written by somebody else, and is always taken.
    assert read(interaction("u", "i"), places) == read(interaction("u", "i"), places)
    # One of no interest is a repeat as well, and counts once.
    refund = interaction("u", "i", action="refund", source=source(5))
    assert [read(refund, places), read(refund, places)] == [PASSED, REPEAT]


INVALID_VALUES = {
    "tombstone": None,
    "empty": b"",
    "no json": b"view",
    "cut short": interaction("u", "i")[:-1],
    "not utf-8": b'{"user_id":"\xff"}',
    "lone surrogate": b'{"user_id":"\\ud800","item_id":"i","action":"view","time":1}',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "nobody": interaction(None, "i"),
    "a number for a user": interaction(7, "i"),
    "a user of nothing": interaction("", "i"),
    "an item of nothing": interaction("u", ""),
    "a list for an item": interaction("u", ["i"]),
    "a long user": interaction("u" * 257, "i"),
    "a user of many bytes": interaction("订" * 86, "i"),
    "a time before all": interaction("u", "i", -1),
    "a time after all": interaction("u", "i", LATEST),
    "a fraction of time": interaction("u", "i", 1.5),
    "text for a time": interaction("u", "i", "2024-01-01"),
    "true for a time": interaction("u", "i", True),
    "an action of nobody's": interaction("u", "i", action="gaze"),
    "no action": interaction("u", "i", action=None),
    "a list for an action": interaction("u", "i", action=["view"]),
    "a source that is none": interaction("u", "i", source="shop"),
    "a source of nothing": interaction("u", "i", source={}),
    "a part missing": orjson.dumps({"user_id": "u", "item_id": "i", "action": "view"}),
}


@pytest.mark.parametrize("value", INVALID_VALUES.values(), ids=INVALID_VALUES.keys())
def test_what_is_no_interaction(value) -> None:
    assert read(value, Places()) == INVALID


def test_an_invalid_record_moves_no_place() -> None:
    places = Places()
    assert read(interaction("", "i", source=source(9)), places) == INVALID
    assert read(interaction("u", "i", source=source(4)), places) != REPEAT


def test_the_longest_ids() -> None:
    assert read(interaction("u" * 256, "订" * 85), Places()) == ("u" * 256, "订" * 85, START << ACTION_BITS)
    assert read(interaction("u", "i", 0), Places()) == ("u", "i", 0)
    assert read(interaction("u", "i", LATEST - 1), Places()) == ("u", "i", LATEST - 1 << ACTION_BITS)
