"""The same records give the same state, however they are cut into batches and wherever a crash falls."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import numpy as np
import pytest

from pandian.actions import POSITIVE
from pandian.forgetting import Erasure
from streams.features.base import Event
from streams.features.live import Changes, LiveState
from tests.support.live import DAY, START, Row, interaction, log, source

LENGTH = 8


def records(seed: int = 1, count: int = 600) -> dict[int, list[Row]]:
    """Return records of three partitions: out of order, with repeats, refunds and rubbish."""
    draw = random.Random(seed)
    values: defaultdict[int, list[bytes]] = defaultdict(list)
    place: Counter[int] = Counter()
    for _ in range(count):
        user = draw.randrange(30)
        partition = user % 3
        if draw.random() < 0.1 and place[partition]:
            values[partition].append(draw.choice(values[partition]))
            continue
        if draw.random() < 0.05:
            values[partition].append(b'{"user_id":')
            continue
        place[partition] += draw.choice([1, 1, 3])
        values[partition].append(
            interaction(
                f"u{user}",
                f"i{draw.randrange(40)}",
                START + draw.randrange(1000) * 3_600_000,
                draw.choice(["view", "cart", "purchase", "refund"]),
                source=source(place[partition]),
            )
        )
    return {partition: log(mine, start=10 * partition) for partition, mine in values.items()}


def fed(parts: dict[int, list[Row]], size: int, state: LiveState | None = None) -> LiveState:
    """Hand the records to a state in turn, in batches of some size; those that it has are left out."""
    state = state or LiveState(LENGTH, 1000)
    for start in range(0, max(map(len, parts.values())), size):
        for partition, mine in parts.items():
            done = state.offsets.get(partition, 0)
            if batch := [one for one in mine[start : start + size] if one.offset >= done]:
                state.take(partition, batch)
    state.learn()
    return state


def histories(state: LiveState) -> dict[str, list[Event]]:
    return {user: state.history(user) for user in state.sequences.all()}


def expected(parts: dict[int, list[Row]]) -> dict[str, list[tuple[int, str]]]:
    """Return the newest interactions of each user by (time, item), found in the plainest way."""
    import orjson

    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for mine in parts.values():
        last = -1
        for record in mine:
            try:
                one = orjson.loads(record.value)
            except orjson.JSONDecodeError:
                continue
            if one["source"]["offset"] <= last:
                continue
            last = one["source"]["offset"]
            if one["action"] in POSITIVE:
                found[one["user_id"]].append((one["time"], one["item_id"]))
    return {user: sorted(rows, key=lambda row: row[0])[-LENGTH:] for user, rows in found.items()}


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_histories_are_the_newest_of_what_is_no_repeat(size) -> None:
    parts = records()
    state = fed(parts, size)
    assert {
        user: [(event.time, event.item_id) for event in events] for user, events in histories(state).items()
    } == expected(parts)
    assert sum(state.outcomes.values()) == sum(map(len, parts.values()))
    assert all(state.outcomes[outcome] for outcome in ("taken", "repeat", "passed", "invalid", "old"))
    assert state.offsets == {partition: mine[-1].offset + 1 for partition, mine in parts.items()}


def test_batches_change_nothing() -> None:
    parts = records()
    small, large = fed(parts, 1), fed(parts, 1000)
    assert histories(small) == histories(large)
    assert small.knows_until == large.knows_until
    assert small.outcomes == large.outcomes
    items = ["i1", "i5", "i9"]
    shares = [
        state.baseline.popularity.shares(np.array([state.vocabulary.numbers[item] for item in items]))
        for state in (small, large)
    ]
    assert shares[0] == pytest.approx(shares[1], rel=1e-9)


def stored(states: list[Changes]) -> Changes:
    """Put changes one over the other, as the disk does."""
    users: dict[str, bytes | None] = {}
    items: dict[int, str] = {}
    partitions: dict[int, tuple[int, list[tuple[str, int, int, int]]]] = {}
    for one in states:
        users |= one.users
        items |= dict(one.items)
        partitions |= one.partitions
    return Changes(users, list(items.items()), partitions, states[-1].knows_until)


@pytest.mark.parametrize("seed", range(5))
def test_restored_from_what_was_written_it_goes_on_as_if_nothing_had_happened(seed) -> None:
    parts = records(seed)
    never_stopped = fed(parts, 20)
    state, written = LiveState(LENGTH, 1000), []
    draw = random.Random(seed)
    for _ in range(4):
        until = draw.randrange(40, 200)
        fed({partition: mine[:until] for partition, mine in parts.items()}, draw.choice([3, 50]), state)
        written.append(state.changes())
        # Taken and never written: lost with the process.
        fed({partition: mine[: until + 30] for partition, mine in parts.items()}, 10, state)
        state = LiveState(LENGTH, 1000)
        state.restore(stored(written), START + 400 * DAY)
    fed(parts, 20, state)
    assert histories(state) == histories(never_stopped)
    assert state.offsets == never_stopped.offsets
    assert state.knows_until == never_stopped.knows_until


def test_everything_is_all_changes_at_once() -> None:
    state = fed(records(), 50)
    state.changes()
    again = LiveState(LENGTH, 1000)
    again.restore(state.everything(), START)
    assert histories(again) == histories(state)
    assert state.changes().users == {}


def test_numbers_of_items_that_nobody_holds_any_more_are_given_to_others() -> None:
    """A shorter length, then a longer one again: what the disk holds must not turn into other items."""
    first = LiveState(3, 10)
    first.take(0, log(interaction("u", f"old-{number}", START + number) for number in range(3)))
    disk = [first.changes()]
    second = LiveState(1, 10)
    second.restore(stored(disk), START)
    second.take(0, log([interaction("v", "new", START)], start=3))
    assert second.vocabulary.number("new") in (0, 1)
    disk.append(second.changes())
    third = LiveState(3, 10)
    third.restore(stored(disk), START)
    assert [event.item_id for event in third.history("u")] == ["old-2"]
    assert [event.item_id for event in third.history("v")] == ["new"]


def test_a_clock_that_is_ahead_moves_nothing_else() -> None:
    state = LiveState(LENGTH, 10)
    hours = 5 * 3_600_000
    state.take(0, log([interaction("u", "i", START + hours)], timestamp=START))
    assert state.history("u")[0].time == START + hours
    assert state.knows_until == START
    state.take(0, log([interaction("v", "j", START - hours)], start=1, timestamp=START + 7))
    assert state.knows_until == START
    state.learn()
    numbers = [state.vocabulary.numbers[item] for item in ("i", "j")]
    assert state.baseline.popularity.shares(np.array(numbers)) == pytest.approx([0.5, 0.5], rel=0.02)


def test_knows_until_is_of_one_record_never_of_two() -> None:
    ahead = Row(0, interaction("u", "i", START + 100), START + 10)
    behind = Row(1, interaction("u", "i", START + 5), START + 50)
    together, apart = LiveState(LENGTH, 10), LiveState(LENGTH, 10)
    together.take(0, [ahead, behind])
    apart.take(0, [ahead])
    apart.take(0, [behind])
    assert together.knows_until == apart.knows_until == START + 10


def test_items_are_bounded() -> None:
    state = LiveState(LENGTH, 10, items=2)
    state.take(0, log(interaction("u", f"i{number}", START + number) for number in range(4)))
    assert [event.item_id for event in state.history("u")] == ["i0", "i1"]
    assert state.outcomes == {"taken": 2, "no-room": 2}


def test_cleared_it_knows_nothing() -> None:
    state = fed(records(), 50)
    state.clear()
    assert (histories(state), state.offsets, state.knows_until) == ({}, {}, None)
    assert state.changes() == Changes({}, [], {}, None)
    assert len(state.baseline.popular(10)) == 0


def test_what_was_forgotten_is_not_taken_again_and_what_comes_later_is() -> None:
    """Read anew from the beginning, the log gives the same as it gave to whoever was there."""
    rows = [
        Row(offset, interaction(user, f"i{offset}", START + offset))
        for offset, user in enumerate(["ann", "bob", "ann", "ann", "bob"])
    ]
    there, anew = LiveState(LENGTH, 1000), LiveState(LENGTH, 1000)
    names = there.erasures.names
    erasure = Erasure("shop", {0: 3}, names.fingerprint, 1).encode()
    for state in (there, anew):
        state.erasures.of_topic("shop")
    there.take(0, rows[:3])
    there.erasures.take(names("ann").encode(), erasure)
    assert there.forget(["ann", "nobody"]) == 1
    assert there.changes().users["ann"] is None
    there.take(0, rows[3:])
    anew.erasures.take(names("ann").encode(), erasure)
    anew.take(0, rows)
    assert histories(there) == histories(anew)
    assert [event.item_id for event in anew.history("ann")] == ["i3"]
    assert anew.outcomes["forgotten"] == 2
