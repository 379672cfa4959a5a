"""VMIS-kNN as published, to compare with: Kersbergen, Sprangers and Schelter, Serenade, SIGMOD 2022, algorithm 2.

The weights are those of the paper and of its authors' code: items of the history count by their place in it, a
session by the newest item in common, items by their rarity. The kind ``sessions`` of :mod:`models.sessions` is more
than this: it weighs distances within sessions, repeats and popularity, and chooses how.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nlargest

import numpy as np

from models.data.histories import Histories, Targets
from models.data.log import Codes, InteractionLog
from models.evaluation import MISS

#: Of a history, so many of the newest items are looked at, and the newest item in common must be one of them.
_NEWEST = 9
#: A session counts a tenth less with each step to its newest item in common.
_STEP = 0.1


@dataclass(frozen=True)
class Vmis:
    """Learned sessions.

    Args:
        log: sessions as users.
        m: newest sessions of an item that are looked at, and sessions that are kept in all.
        k: sessions most like the history that say what comes next.
    """

    log: InteractionLog
    m: int
    k: int
    _sessions: list[list[int]] = field(init=False)
    _postings: dict[int, list[int]] = field(init=False)
    _rarity: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        histories = Histories(self.log)
        starts = np.unique(histories.firsts)
        ends = [*starts[1:].tolist(), len(histories)]
        # By their last click: the newest sessions of an item come last.
        order = np.argsort([histories.times[end - 1] for end in ends], kind="stable")
        sessions = [list(dict.fromkeys(histories.items[starts[one] : ends[one]].tolist())) for one in order]
        postings: dict[int, list[int]] = defaultdict(list)
        for number, items in enumerate(sessions):
            for item in items:
                postings[item].append(number)
        rarity = {item: math.log(len(sessions) / len(found)) for item, found in postings.items()}
        object.__setattr__(self, "_sessions", sessions)
        object.__setattr__(self, "_postings", {item: found[-self.m :] for item, found in postings.items()})
        object.__setattr__(self, "_rarity", rarity)

    def scores(self, history: Sequence[int]) -> dict[int, float]:
        """Return what is expected after a history; items that are not named are not expected at all."""
        newest = list(dict.fromkeys(reversed(history)))[:_NEWEST]
        likeness: defaultdict[int, float] = defaultdict(float)
        shared: dict[int, int] = {}
        for age, item in enumerate(newest):
            weight = (len(newest) - age) / len(newest)
            for session in self._postings.get(item, ()):
                likeness[session] += weight
                shared.setdefault(session, age)
        kept = nlargest(self.m, likeness)  # the newest
        found: defaultdict[int, float] = defaultdict(float)
        for session in nlargest(self.k, kept, key=lambda one: (likeness[one], one)):
            weight = likeness[session] * max(0.0, 1 - _STEP * shared[session])
            for item in self._sessions[session]:
                found[item] += weight * self._rarity[item]
        return found


def places(model: Vmis, targets: Targets) -> Codes:
    """Return the place of each target, from 0; ties count against the model, and what it does not name is a miss."""
    found = []
    for number in range(len(targets)):
        history = targets.pool[targets.starts[number] : targets.ends[number]].tolist()
        scores = model.scores(history)
        own = scores.get(int(targets.items[number]), 0.0)
        found.append(MISS if own <= 0 else sum(score >= own for score in scores.values()) - 1)
    return np.array(found, np.int64)
