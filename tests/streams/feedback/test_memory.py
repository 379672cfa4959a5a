"""What the join keeps its impressions and actions in: each against the plain thing that it stands for."""

from __future__ import annotations

import random
from array import array
from collections import Counter, defaultdict

import numpy as np
import orjson
import pytest

from pandian.events import ShadowScore, Trial
from streams.feedback import packed
from streams.feedback.base import JoinPolicy, Shown
from streams.feedback.chains import Chains
from streams.feedback.due import DueQueue
from streams.feedback.join import PartitionJoin
from streams.feedback.packed import Packer
from streams.feedback.ring import Ring
from tests.streams.feedback.logs import impression, interaction

PLAIN = Shown("r:3", "u", "x", 0.5, "m", "1", 7, None, None, "r", 3, None, None)


@pytest.mark.parametrize(
    "shown",
    [
        PLAIN,
        PLAIN._replace(impression_id="other"),
        *(
            PLAIN._replace(request_id=one)
            for one in ("0af3" * 8, "0AF3" * 8, "0af " * 8, "xaf3" * 8, "ü" * 32)
        ),
        PLAIN._replace(impression_id="None:None", request_id=None, position=None),
        PLAIN._replace(score=1, propensity=0.25, segments={"group": "müg\u0000s"}),
        PLAIN._replace(shadow=ShadowScore("m", "2", 0.125), trial=Trial("m@1", "m@2", "challenger")),
    ],
)
def test_an_impression_comes_back_as_it_was(shown: Shown) -> None:
    packer = Packer()
    own, common = packer.pack(shown)
    found = packer.unpack(own, common, shown.time)
    assert found == shown
    assert type(found.score) is type(shown.score)


def test_what_is_common_is_there_once_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_MOST_COMMON", 5)
    packer = Packer()
    first, again = (packer.pack(PLAIN._replace(segments={"group": "g"}))[1] for _ in range(2))
    assert first is again
    kept = [packer.pack(PLAIN._replace(version=str(number))) for number in range(40)]
    assert len(packer._known) <= 5
    assert [packer.unpack(*one, 7).version for one in kept] == [str(number) for number in range(40)]


def test_times_come_in_order_whenever_they_are_added() -> None:
    draw, queue = random.Random(2), DueQueue(50)
    waiting: dict[int, int] = {}
    many: list[tuple[int, int]] = []
    now, gone = 0, []
    for row in range(3_000):
        due = max(0, now + draw.randrange(-20, 900))
        many.append((due, row))
        waiting[row] = due
        if len(many) == draw.choice((1, 1, 8)) or row % 3 == 0 or row % 500 == 499:
            if len(many) == 1:
                queue.add(due, row)
            else:
                queue.add_all(*np.array(many).T)
            many.clear()
        if row % 3 == 0:
            now += draw.randrange(40)
            while (found := queue.pop(now)) is not None:
                gone.append((waiting.pop(found), found))
            assert all(due > now for due in waiting.values())
        if row % 500 == 499:
            dropped = set(draw.sample(sorted(waiting), len(waiting) // 2))
            queue.keep(lambda row, dropped=dropped: row not in dropped)
            for one in dropped:
                del waiting[one]
        assert len(queue) + len(many) == len(waiting)
    last = []
    while (found := queue.pop(1 << 40)) is not None:
        last.append((waiting.pop(found), found))
    assert last == sorted(last)
    assert not waiting
    assert len(gone) > 500


def test_chains_find_what_a_dict_finds_also_after_rings_grew_and_shrank() -> None:
    draw, ring = random.Random(3), Ring(1)
    (keys,) = ring.columns
    chains = Chains(keys, ring.size)
    rows: dict[int, int] = {}
    sizes = set()
    for step in range(4_000):
        if draw.random() < (0.8 if step < 2_000 else 0.2) or not rows:
            if len(ring) == ring.size:
                _fit(ring, chains)
            place = ring.end % ring.size
            keys[place] = rows[ring.end] = draw.choice([draw.randrange(-20, 20), draw.getrandbits(63)])
            chains.add(place)
            ring.end += 1
        else:
            chains.remove(ring.low % ring.size)
            del rows[ring.low]
            ring.low += 1
            _fit(ring, chains)
        sizes.add(ring.size)
        key = draw.randrange(-20, 20)
        wanted = sorted(row % ring.size for row, held in rows.items() if held == key)
        assert sorted(chains.places(key)) == wanted
        assert chains.has(key) == bool(wanted)
    assert len(sizes) > 10
    assert [keys[row % ring.size] for row in ring.rows.tolist()] == list(rows.values())


def _fit(ring: Ring, chains: Chains) -> None:
    size = ring.fitting()
    if size != ring.size:
        ring.resize(size)
        chains.rebuild(size, ring.rows % size)


def test_a_burst_gives_back_its_memory_and_the_labels_are_those_of_a_plain_join() -> None:
    draw = random.Random(4)
    join = PartitionJoin(JoinPolicy(1_000, 100, 100_000))
    wanted = Counter[int]()
    acted = defaultdict[tuple[str, str], list[int]](list)
    shown = []
    for number in range(6_000):
        user, item = f"u{draw.randrange(40)}", f"x{draw.randrange(20)}"
        shown.append((user, item, number))
        join.impression(number, number, orjson.dumps(impression(number, user, item, number)))
    for offset, (user, item, time) in enumerate(shown[::3]):
        acted[user, item].append(time + 5)
        join.interaction(offset, time + 5, orjson.dumps(interaction(user, item, time + 5)))
    most = join._shown._ring.size
    end = 10_000_000
    join.interaction(2_000, end, orjson.dumps(interaction("v", "y", end)))
    for user, item, time in shown:
        wanted[any(time <= when <= time + 1_000 for when in acted[user, item])] += 1
    assert Counter(one.label for one in join.labelled) == wanted
    join.impression(6_000, end, orjson.dumps(impression(6_000, "u", "x", end)))
    join.interaction(2_001, end, orjson.dumps(interaction("v", "y", end)))
    assert join.waiting == 1
    assert join._shown._ring.size < most / 2
    assert join.resume().waiting == array("q", [6_000])
