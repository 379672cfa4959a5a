"""Impressions that are taken many at a time: all is as if they had been taken one by one."""

from __future__ import annotations

import random
from array import array
from typing import Any

import orjson
import pytest

from pandian.actions import ACTIONS
from pandian.events import Feedback
from streams.feedback import actions, chains, shown
from streams.feedback.base import JoinPolicy
from streams.feedback.chains import Chains
from streams.feedback.incoming import read_impression, read_impressions
from streams.feedback.join import PartitionJoin, Resume
from streams.feedback.ring import view
from tests.streams.feedback.logs import ARRIVED, impression, interaction
from tests.support.topics import Record

USUAL: dict[str, Any] = {"shadow": None, "trial": None, "propensity": None, "segments": None}
STRANGE: tuple[dict[str, Any], ...] = (
    {"score": 1.5},
    {"score": 1},
    {"score": True},
    {"time": -1},
    {"time": 1.0},
    {"time": 1 << 60},
    {"position": None},
    {"position": 1 << 40},
    {"request_id": ""},
    {"model": "m\n"},
    {"version": 3},
    {"user_id": ""},
    {"item_id": "ü" * 65},
    {"item_id": "ü" * 129},
    {"impression_id": None},
    {"propensity": 0.25},
    {"propensity": 7},
    {"segments": {"user": "new", "group": 5, "source": ["list"]}},
    {"shadow": {"model": "m", "version": "2", "score": 0.25}},
    {"shadow": {"model": "m", "version": "2", "score": 2}},
    {"trial": {"champion": "m@1", "challenger": "m@2", "arm": "champion", "interleaved": True}},
)


@pytest.mark.parametrize("change", STRANGE, ids=str)
def test_what_is_read_at_once_is_what_is_read_one_by_one(change: dict[str, Any]) -> None:
    values = [orjson.dumps({**impression(n, f"u{n}", "x", 1_000 + n), **USUAL}) for n in range(5)]
    values[3] = orjson.dumps({**impression(3, "u3", "x", 1_003), **USUAL, **change})
    found = read_impressions(values, ARRIVED)
    alone = [read_impression(value, ARRIVED) for value in values]
    assert found is None or found == alone
    assert found is not None or any(type(one) is str for one in alone) or alone[3] is not None


@pytest.mark.parametrize("value", [None, b"", b"[]", b"1", b"{}", b'{"a":1},{"b":2}', b"\xff"])
def test_what_is_no_impression_is_left_to_be_read_alone(value: bytes | None) -> None:
    values = [orjson.dumps({**impression(n, f"u{n}", "x", 1_000 + n), **USUAL}) for n in range(2)]
    assert read_impressions(values, ARRIVED) is not None
    assert read_impressions([*values, value], ARRIVED) is None


def _log(draw: random.Random) -> list[Record]:
    found = []
    for number in range(400):
        one = {**impression(number, f"u{draw.randrange(4)}", f"x{draw.randrange(4)}", 5 * number), **USUAL}
        if draw.random() < 0.01:
            one |= draw.choice(STRANGE)
        if draw.random() < 0.02:
            one["impression_id"] = f"i{draw.randrange(number + 1)}"
        if draw.random() < 0.02:
            one["time"] = max(0, 5 * number - draw.randrange(2_000))
        if draw.random() < 0.01:
            one["user_id"] = "theirs"
        found.append(Record(0, number, None, orjson.dumps(one), 5 * number + draw.randrange(40), ()))
    return found


def _joined(seed: int, most: int | None, policy: JoinPolicy) -> tuple[list[Feedback], list[Resume]]:
    """Take a log in steps, so many at a time; None: one by one."""
    draw, log, acted = random.Random(seed), _log(random.Random(seed)), 0
    join, labels, kept = PartitionJoin(policy, belongs=lambda user: user != "theirs"), list[Feedback](), []
    while join.impressions_end < len(log):
        at = join.impressions_end
        end = min(len(log), at + draw.randrange(1, 30))
        while at < end:
            part = log[at : min(end, at + (most or 1), at + max(1, join.room))]
            if most is None:
                join.impression(at, part[0].timestamp, part[0].value)
            else:
                join.impressions(part)
            at += len(part)
        for _ in range(draw.randrange(12)):
            time = 5 * end - draw.randrange(200)
            user, item = f"u{draw.randrange(5)}", f"x{draw.randrange(4)}"
            join.interaction(
                acted, 5 * end, orjson.dumps(interaction(user, item, time, draw.choice(ACTIONS)))
            )
            acted += 1
        kept.append(join.resume())
        if draw.random() < 0.1:
            labels += join.labelled
            join = PartitionJoin(policy, join.resume(), belongs=lambda user: user != "theirs")
            # Whoever goes on reads them again.
            while (at := join.impressions_end) < end:
                join.impressions(log[at : min(end, at + (most or 1))])
            acted = join.actions_end
    return labels + join.labelled, kept


@pytest.mark.parametrize("most", [2, 7, 64])
@pytest.mark.parametrize(
    "policy", [JoinPolicy(100, 20, 10_000), JoinPolicy(300, 50, 40, {"purchase": 500, "view": 0})], ids=str
)
def test_any_portions_give_the_same_labels_and_go_on_from_the_same_place(
    policy: JoinPolicy, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_BLOCK", 3)
    monkeypatch.setattr(actions, "_REMEMBER_MS", -1)
    monkeypatch.setattr(shown, "_REPEAT_MS", 0)
    for seed in range(4):
        labels, kept = _joined(seed, None, policy)
        assert _joined(seed, most, policy) == (labels, kept)
        assert {one.label for one in labels} == {0, 1}
        assert len(kept[-1].rejected) > 1


def test_many_places_are_found_by_their_keys_however_long_the_chains_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chains, "_STEPS", 3)
    draw = random.Random(7)
    keys = array("q", [draw.choice((draw.randrange(-9, 9), draw.getrandbits(62), 64)) for _ in range(64)])
    one, other = Chains(keys, 64), Chains(keys, 64)
    places = draw.sample(range(64), 50)
    for place in places[:10]:
        one.add(place)
    one.add_all(view(array("q", places[10:40])))
    for place in places[40:]:
        one.add(place)
    for place in places:
        other.add(place)
    for place in places[::3]:
        one.remove(place)
        other.remove(place)
    asked = [*range(-9, 9), 64, *keys[:9]]
    which, found = one.matches(view(array("q", asked)))
    assert sorted(zip(which.tolist(), found.tolist(), strict=True)) == sorted(
        (at, place) for at, key in enumerate(asked) for place in other.places(key)
    )
    assert all(sorted(one.places(key)) == sorted(other.places(key)) for key in asked)
