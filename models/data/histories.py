"""Rows by user, and what is asked of a model: to find an item, given what the user did before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.data.log import Codes, InteractionLog

Bools = npt.NDArray[np.bool_]

#: What counts as before a row: what was earlier, or also what stands before it at the same time.
Order = Literal["time", "rows"]


class Histories:
    """A log by user: rows of one user follow each other in the order of the log.

    A *moment* is all that one user does at one time, such as the lines of an invoice.
    """

    def __init__(self, log: InteractionLog) -> None:
        order = np.argsort(log.users, kind="stable")
        self.users: Codes = log.users[order]
        self.items: Codes = log.items[order]
        self.times: Codes = log.times[order]
        rows = np.arange(len(order))
        new_user = np.ones(len(order), bool)
        new_user[1:] = self.users[1:] != self.users[:-1]
        new_moment = new_user.copy()
        new_moment[1:] |= self.times[1:] != self.times[:-1]
        self.firsts: Codes = _last_before(rows, new_user)
        """First row of the user of each row."""
        self.moments: Codes = _last_before(rows, new_moment)
        """First row of the moment of each row."""
        self.lasts: Codes = _next_after(rows, new_user)
        """Row behind the last one of the user of each row."""
        self.next_moments: Codes = _next_after(rows, new_moment)
        """Row behind the last one of the moment of each row."""

    def __len__(self) -> int:
        return len(self.users)

    def ends(self, order: Order) -> Codes:
        """Return the row behind the history of each row."""
        return self.moments if order == "time" else np.arange(len(self))


def _last_before(rows: Codes, marks: Bools) -> Codes:
    found: Codes = np.maximum.accumulate(np.where(marks, rows, 0)) if len(rows) else rows
    return found


def _next_after(rows: Codes, marks: Bools) -> Codes:
    following = np.full(len(rows), len(rows))
    following[:-1] = np.where(marks[1:], rows[1:], len(rows))
    found: Codes = np.minimum.accumulate(following[::-1])[::-1]
    return found


@dataclass(frozen=True)
class Targets:
    """Items to be found, each with the history it is to be found from.

    Items are columns of a catalogue; a target that the catalogue does not have is -1, and histories are
    without such items.
    """

    pool: Codes
    """All histories, one after the other [rows]."""
    starts: Codes
    """Where the history of each target begins in ``pool`` [targets]."""
    ends: Codes
    """Where it ends [targets]."""
    items: Codes
    """What is to be found [targets]."""
    users: Codes
    """Whose history it is [targets]; targets of one user are no independent evidence."""

    def __len__(self) -> int:
        return len(self.items)

    @property
    def lengths(self) -> Codes:
        """Return how long the histories are [targets]."""
        return self.ends - self.starts

    def inputs(self, chosen: Codes | slice, length: int) -> Codes:
        """Return histories as a model takes them: [chosen, at most ``length``], the newest last, 0 before the first."""
        starts, ends = self.starts[chosen], self.ends[chosen]
        width = max(1, min(length, int((ends - starts).max(initial=0))))
        places = ends[:, None] - width + np.arange(width)
        if not len(self.pool):
            return np.zeros(places.shape, np.int64)
        found: Codes = np.where(
            places >= starts[:, None], self.pool[np.maximum(places, 0) % len(self.pool)] + 1, 0
        )
        return found

    def seen(self, chosen: Codes | slice) -> tuple[Codes, Codes]:
        """Return the items of the whole histories, each once: which of the chosen, and which item."""
        starts, lengths = self.starts[chosen], self.lengths[chosen]
        which = np.repeat(np.arange(len(starts)), lengths)
        within = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        items = self.pool[starts[which] + within]
        size = int(items.max(initial=0)) + 1
        # Sorting is several times as fast as numpy's unique, which makes a hash table.
        pairs = np.sort(which * size + items)
        once = np.ones(len(pairs), bool)
        once[1:] = pairs[1:] != pairs[:-1]
        return pairs[once] // size, pairs[once] % size

    def take(self, chosen: Codes) -> Targets:
        """Return some of the targets."""
        return replace(
            self,
            starts=self.starts[chosen],
            ends=self.ends[chosen],
            items=self.items[chosen],
            users=self.users[chosen],
        )

    def sample(self, n: int, seed: int) -> Targets:
        """Return ``n`` of the targets, drawn; all of them when there are no more."""
        if len(self) <= n:
            return self
        return self.take(np.sort(np.random.default_rng(seed).choice(len(self), n, replace=False)))

    def parted(self, n: int, seed: int) -> tuple[Targets, Targets]:
        """Return ``n`` of the targets, drawn, and the others; all of them and none when there are no more."""
        drawn = np.random.default_rng(seed).permutation(len(self))
        return self.take(np.sort(drawn[:n])), self.take(np.sort(drawn[n:]))

    def translate(self, columns: Codes) -> Targets:
        """Return them for another catalogue.

        Args:
            columns: where each item is in the other catalogue [items], or -1.
        """
        pool = columns[self.pool]
        known = pool >= 0
        kept = np.concatenate([[0], np.cumsum(known)])
        items = np.where(self.items >= 0, columns[self.items], -1)
        return Targets(pool[known], kept[self.starts], kept[self.ends], items, self.users)

    @cached_property
    def order(self) -> Codes:
        """Return the targets by the length of their histories: batches of like lengths are cheaper."""
        return np.argsort(self.lengths, kind="stable")


def make_targets(histories: Histories, rows: Codes, ends: Codes) -> Targets:
    """Return rows as targets, each with the rows of its user below ``ends`` as its history."""
    return Targets(
        histories.items, histories.firsts[rows], ends, histories.items[rows], histories.users[rows]
    )
