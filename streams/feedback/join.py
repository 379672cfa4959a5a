"""The rule: one label for each impression, whatever the order in which the two topics are read.

Of one partition of ``pandian.interactions``, the *watermark* before a record is the latest event time of all records
before it. An impression at *t* is **due** at *t* + the longest attribution + lateness, and its label is 1 if and only
if the partition holds a positive action of the same user on the same item with a time from *t* to *t* + the attribution
of its kind, before which the watermark was not yet due; of several such actions the label tells the strongest. That
depends on what the topics hold and on nothing else: not on which topic is read first, in what portions, or where a
worker died and another one went on.

Three things are not of that kind, and are counted: impressions that come when their actions are forgotten (``late``,
no label), impressions that had to be labelled before they were due because there were too many (``early``), and
those that were labelled because no interaction came at all (``idle``).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any

import numpy as np

from pandian.actions import STRONGEST
from pandian.events import Feedback
from streams.feedback.actions import ActionMemory
from streams.feedback.base import FUTURE_MS, NEVER, NO_DEED, TIME_BITS, Came, JoinPolicy, Shown, pair_key
from streams.feedback.incoming import (
    FUTURE,
    INVALID,
    LATE,
    MISPLACED,
    REPEAT,
    TAKEN,
    read_action,
    read_impression,
    read_impressions,
)
from streams.feedback.shown import ShownMemory

# Of many records by C loops.
_OFFSET, _TIMESTAMP, _VALUE = attrgetter("offset"), attrgetter("timestamp"), attrgetter("value")


@dataclass(slots=True)
class Resume:
    """Where a join of one partition goes on. The default: at the beginning of both topics."""

    impressions_low: int = 0
    """Offset of ``pandian.impressions`` to read from."""
    impressions_end: int = 0
    """Below it, all impressions were taken."""
    waiting: Collection[int] = ()
    """Offsets below the end of those that have no label yet."""
    actions_low: int = 0
    """Offset of ``pandian.interactions`` to read from."""
    actions_end: int = 0
    """Below it, all interactions were taken."""
    watermark: int = NEVER
    """Before ``actions_low``."""
    forgotten: int = NEVER
    """Impressions before this time are not taken any more."""
    rejected: dict[str, int] = field(default_factory=dict)
    """Impressions without a label, by reason."""
    interactions: dict[str, int] = field(default_factory=dict)
    """Interactions by what became of them."""
    early: int = 0
    idle: int = 0
    labels: int = 0
    """Labels given so far."""
    series: str = ""
    """Which count they are of."""


class PartitionJoin:
    """Joins one partition of impressions with the same partition of interactions.

    After a resume, impressions must be read up to :attr:`Resume.impressions_end` before the first interaction is:
    :attr:`rewinding` tells. From then on the two may be read in any order.

    Args:
        policy: how actions are attributed.
        resume: where to go on.
        belongs: tells whether a user's records are in this partition; others cannot be joined.
    """

    def __init__(
        self, policy: JoinPolicy, resume: Resume | None = None, belongs: Callable[[str], bool] = bool
    ) -> None:
        resume = resume or Resume()
        self._policy = policy
        self._belongs = belongs
        self._shown = ShownMemory(policy)
        self._actions = ActionMemory(policy, resume.watermark, resume.forgotten)
        self._were_waiting = array("q", sorted(resume.waiting))
        self._taken_until = resume.impressions_end
        self._counted_until = resume.actions_end
        self.impressions_end = resume.impressions_low
        """Offset of the next impression."""
        self.actions_end = resume.actions_low
        """Offset of the next interaction."""
        self.shown_until = NEVER
        """Latest time of any impression, but never later than the broker had it."""
        self.rejected = Counter(resume.rejected)
        self.interactions = Counter(resume.interactions)
        self.early, self.idle = resume.early, resume.idle
        self._series, self._given = resume.series, resume.labels
        self.settling = False
        """Whether more may be due by the last interaction."""
        self.labelled: list[Feedback] = []
        """Labels that became known, for the owner to take away."""

    @property
    def rewinding(self) -> bool:
        """Whether impressions are being read that were taken before."""
        return self.impressions_end < self._taken_until

    @property
    def watermark(self) -> int:
        """Latest event time of any interaction."""
        return self._actions.watermark

    @property
    def waiting(self) -> int:
        """Impressions without a label."""
        return self._shown.waiting

    @property
    def is_full(self) -> bool:
        """Whether one impression more would have to be labelled before it is due."""
        return self.waiting >= self._policy.most

    @property
    def room(self) -> int:
        """So many impressions more push out none that waits for its label."""
        return self._shown.room

    def impressions(self, records: Sequence[Any]) -> None:
        """Take the next impressions: all at once where none of them is out of the ordinary.

        Args:
            records: as for :meth:`impression`, with ``offset``, ``timestamp`` and ``value``; at least one.
        """
        if not self._take_all(records):
            for record in records:
                self.impression(record.offset, record.timestamp, record.value)

    def impression(self, offset: int, arrived: int, value: bytes | None) -> None:
        """Take the next impression.

        Args:
            offset: in the partition; ascending.
            arrived: broker time, epoch milliseconds.
            value: as it stands in the topic.
        """
        again = offset < self._taken_until
        self.impressions_end = offset + 1
        shown = read_impression(value, arrived)
        if isinstance(shown, str):
            if not again:
                self.rejected[shown] += 1
            return
        if (time := min(shown.time, arrived)) > self.shown_until:
            self.shown_until = time
        if again:
            self._take_again(offset, arrived, shown)
        elif not self._belongs(shown.user_id):
            self.rejected[MISPLACED] += 1
        elif self._shown.knows(shown.impression_id):
            self.rejected[REPEAT] += 1
        elif shown.time < self._actions.forgotten:
            self._shown.remember(offset, arrived, shown)
            self.rejected[LATE] += 1
        else:
            self._take(offset, arrived, shown)

    def interaction(self, offset: int, arrived: int, value: bytes | None) -> None:
        """Take the next interaction, and label all that is due then; arguments as for :meth:`impression`."""
        self.act(offset, arrived, value)
        self.settle()

    def act(self, offset: int, arrived: int, value: bytes | None) -> None:
        """Take the next interaction only; until :attr:`settling` is over, no other record may be taken."""
        self.actions_end = offset + 1
        acted = read_action(value)
        if acted is None:
            outcome = INVALID
        elif acted.time > arrived + FUTURE_MS:
            outcome = FUTURE
        else:
            outcome = LATE if acted.time < self.watermark - self._policy.lateness_ms else TAKEN
            self._shown.act(acted)
            self._actions.add(offset, arrived, acted)
            self.settling = True
        if offset >= self._counted_until:
            self.interactions[outcome] += 1

    def settle(self, most: int | None = None) -> int:
        """Label impressions that the last interaction made due; a leap in time may make all of them due at once.

        Args:
            most: of them; None: all.

        Returns:
            How many there were.
        """
        before = self._given
        for row in islice(self._shown.due(self.watermark), most):
            self._settle(row, self.watermark)
        count = self._given - before
        self.settling = count == most
        if not self.settling:
            # Not before: until the last of them has its label, whoever goes on from here needs all that was done.
            self._actions.trim()
        self._shown.forget(self._actions.forgotten)
        return count

    def nothing_came(self, now: int, most: int | None = None) -> None:
        """Label what is due by the broker's clock, as nothing came that would tell by event time.

        Args:
            now: epoch milliseconds.
            most: of them; None: all.
        """
        for row in islice(self._shown.arrived_until(now - self._policy.window_ms), most):
            self._settle(row)
            self.idle += 1

    def resume(self) -> Resume:
        """Return where another join goes on from here, with all labels taken away until now."""
        low = self._shown.low
        actions_low, watermark = self._actions.low() or (self.actions_end, self.watermark)
        return Resume(
            self.impressions_end if low is None else low,
            max(self.impressions_end, self._taken_until),
            self._waiting_offsets(),
            actions_low,
            max(self.actions_end, self._counted_until),
            watermark,
            self._actions.forgotten,
            dict(self.rejected),
            dict(self.interactions),
            self.early,
            self.idle,
            self._given,
            self._series,
        )

    def _waiting_offsets(self) -> array[int]:
        """Return those that wait, also the ones that are still to be read again."""
        del self._were_waiting[: bisect_left(self._were_waiting, self.impressions_end)]
        return self._shown.waiting_offsets() + self._were_waiting

    def _take(self, offset: int, arrived: int, shown: Shown) -> None:
        key = pair_key(shown.user_id, shown.item_id)
        row = self._shown.add(offset, arrived, shown, key, self._actions.best(key, shown.time))
        if shown.time + self._policy.window_ms <= self.watermark:
            self._settle(row, self.watermark)
        for oldest in self._shown.too_many():
            self._settle(oldest, self.watermark)
            self.early += 1

    def _take_all(self, records: Sequence[Any]) -> bool:
        """Let all of these impressions wait; return False, and do nothing, where one of them must not."""
        if self.rewinding or records[0].offset < self._taken_until or len(records) > self._shown.room:
            return False
        arrived = np.fromiter(map(_TIMESTAMP, records), np.int64)
        shown = read_impressions(list(map(_VALUE, records)), int(arrived.min()))
        if shown is None:
            return False
        _, users, items, _, _, _, times, *_ = zip(*shown, strict=True)
        ids = [hash(one.impression_id) for one in shown]
        since = max(self._actions.forgotten, self.watermark - self._policy.window_ms + 1)
        if min(times) < since or len(set(ids)) < len(ids) or not all(map(self._belongs, set(users))):
            return False
        hashes = np.array(ids)
        if self._shown.knows_any(hashes):
            return False
        keys = np.array(list(map(pair_key, users, items)))
        when = np.array(times)
        offsets = np.fromiter(map(_OFFSET, records), np.int64)
        best = self._actions.best_of_all(keys, when)
        self._shown.add_all(Came(offsets, arrived), shown, hashes, keys, best)
        self.shown_until = max(self.shown_until, int(np.minimum(when, arrived).max()))
        self.impressions_end = records[-1].offset + 1
        return True

    def _take_again(self, offset: int, arrived: int, shown: Shown) -> None:
        at = bisect_left(self._were_waiting, offset)
        if at < len(self._were_waiting) and self._were_waiting[at] == offset:
            self._shown.add(offset, arrived, shown, pair_key(shown.user_id, shown.item_id), NO_DEED)
        elif not self._shown.knows(shown.impression_id):
            self._shown.remember(offset, arrived, shown)

    def _settle(self, row: int, at: int | None = None) -> None:
        """Label an impression, known at an event time; None: when it was due."""
        shown, best, arrived = self._shown.settle(row)
        self._given += 1
        self.labelled.append(
            Feedback(
                shown.impression_id,
                shown.user_id,
                shown.item_id,
                int(best != NO_DEED),
                None if best == NO_DEED else STRONGEST[best >> TIME_BITS],
                shown.score,
                shown.model,
                shown.version,
                shown.time,
                shown.time + self._policy.window_ms if at is None else at,
                shown.shadow,
                shown.trial,
                shown.request_id,
                shown.position,
                shown.propensity,
                shown.segments,
                self._series,
                self._given,
                arrived,
            )
        )
