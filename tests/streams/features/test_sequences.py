"""Sequences are the newest interactions by event time, whatever the order in which they came."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.features.base import ACTION_BITS, BEFORE, EVENT, NOTHING
from streams.features.sequences import Sequences


def events(packed: bytes) -> list[tuple[int, int]]:
    return list(EVENT.iter_unpack(packed))


arrivals = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 12), st.integers(0, 5)), max_size=60
)


@given(arrivals, st.integers(1, 6))
def test_they_are_what_sorting_everything_gives(came, length) -> None:
    sequences, everything = Sequences(length, 100), defaultdict(list)
    for user, item, time, code in came:
        key = time << ACTION_BITS | code
        before = sequences.add(user, item, key)
        known = sorted(everything[user], key=lambda event: event[1] >> ACTION_BITS)[-length:]
        earlier = [event for event in known if event[1] >> ACTION_BITS <= time]
        everything[user].append((item, key))
        if not earlier and len(known) == length:
            assert before is None
        else:
            assert before is not None
            assert len(before) == len(NOTHING)
            assert [event for event in events(before) if event[0] >= 0] == earlier[-BEFORE:]
        # Stable: of equal times the order in which they came.
        expected = sorted(everything[user], key=lambda event: event[1] >> ACTION_BITS)[-length:]
        assert events(sequences.get(user)) == expected
    assert len(sequences) == len(everything)
    assert sequences.get("nobody") == b""


def test_those_for_whom_nothing_came_for_longest_are_let_go() -> None:
    sequences = Sequences(3, 100)
    for number in range(100):
        sequences.add(f"u{number}", 1, number << ACTION_BITS)
    sequences.changed()
    sequences.add("u0", 2, 0)
    sequences.add("new", 1, 5 << ACTION_BITS)
    # A fiftieth at once, so that not every new user costs somebody.
    assert len(sequences) == 99
    assert sequences.get("u0")
    assert sequences.get("new")
    assert sequences.changed() == {
        "u0": sequences.get("u0"),
        "new": sequences.get("new"),
        "u1": None,
        "u2": None,
    }


def test_what_is_too_old_for_a_full_sequence_keeps_the_user() -> None:
    sequences = Sequences(1, 2)
    sequences.add("a", 1, 90)
    sequences.add("b", 1, 90)
    assert sequences.add("a", 2, 10) is None
    sequences.add("c", 1, 90)
    assert [bool(sequences.get(user)) for user in "abc"] == [True, False, True]


def test_changes_are_told_once() -> None:
    sequences = Sequences(2, 10)
    sequences.add("a", 1, 16)
    sequences.add("a", 2, 32)
    assert sequences.changed() == {"a": EVENT.pack(1, 16) + EVENT.pack(2, 32)}
    assert sequences.changed() == {}


def test_restored_users_are_let_go_in_the_order_of_their_newest_interaction() -> None:
    stored = {"late": EVENT.pack(1, 900), "early": EVENT.pack(1, 100), "middle": EVENT.pack(2, 500)}
    sequences = Sequences(5, 3)
    sequences.restore(stored.items())
    assert sequences.all() == stored
    sequences.add("new", 1, 950)
    assert sequences.get("early") == b""
    assert len(sequences) == 3


def test_what_a_restored_sequence_loses_is_a_change() -> None:
    """Else the disk would still hold numbers of items which by then mean others."""
    long = b"".join(EVENT.pack(item, item << ACTION_BITS) for item in range(4))
    short = EVENT.pack(1, 5 << ACTION_BITS)
    sequences = Sequences(2, 10)
    sequences.restore([("long", long), ("short", short)])
    assert sequences.changed() == {"long": long[-2 * EVENT.size :]}
    sequences = Sequences(2, 1)
    sequences.restore([("first", EVENT.pack(7, 1)), ("short", short)])
    assert sequences.changed() == {"first": None}


@pytest.mark.parametrize("key", [0, (1 << 52) | 5])
def test_times_from_the_first_to_the_last(key) -> None:
    sequences = Sequences(2, 2)
    sequences.add("a", 2**31 - 1, key)
    assert events(sequences.get("a")) == [(2**31 - 1, key)]
