"""One partition of impressions and the same partition of interactions in this worker: read, joined, counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from faust.types import TP

from monitoring.edges import Edges, default_edges
from monitoring.measures import Name
from pandian import topics
from pandian.events import Feedback
from streams.feedback.base import JoinPolicy
from streams.feedback.join import PartitionJoin
from streams.feedback.order import Side, Turn, turn
from streams.feedback.state import PartitionState, encode_state
from streams.stages.lane import Lane
from streams.transport.batches import Batch

#: Reason of labels that cannot be counted: those of a version that was counted by edges nobody has any more.
NO_EDGES = "no-edges"
_HAS = Side(has=True, ended=False)
#: Labels that may wait to be written. A leap in time can make all impressions due at once, and a label takes several
#: times the memory of an impression that waits.
_MOST_LABELS = 5_000


class Frozen(NamedTuple):
    """What is to be written at a checkpoint: the labels first, then the state that counts them and all before."""

    labels: list[Feedback]
    state: bytes


class JoinedPartition:
    """Joins one partition, as far as what came allows.

    Args:
        number: of the partition.
        state: where to go on.
        policy: how actions are attributed.
        edges: returns the edges of a version's scores.
        belongs: tells whether a user's records are in this partition.
        nothing_behind: see :meth:`streams.transport.batches.BatchConsumer.nothing_behind`.
    """

    def __init__(
        self,
        number: int,
        state: PartitionState,
        policy: JoinPolicy,
        edges: Callable[[Name], Edges],
        belongs: Callable[[str], bool],
        nothing_behind: Callable[[TP], tuple[int, int] | None],
    ) -> None:
        self.number = number
        self.state = state
        self.shown = Lane(TP(topics.IMPRESSIONS, number))
        self.acted = Lane(TP(topics.INTERACTIONS, number))
        self.join = PartitionJoin(policy, state.resume, belongs)
        self.dirty = False
        """Whether anything was taken since the last freeze."""
        self._policy = policy
        self._edges = edges
        self._nothing_behind = nothing_behind
        self._labels: list[Feedback] = []
        self._acted_at = _now_ms()
        self._told = Counter(self.join.rejected)

    def lane(self, tp: TP) -> Lane:
        """Return one of the two lanes."""
        return self.shown if tp.topic == topics.IMPRESSIONS else self.acted

    def put(self, batch: Batch) -> bool:
        """Take a batch; return False when one before it was lost."""
        lane = self.lane(batch.tp)
        return lane.epoch != batch.epoch or lane.put(batch)

    def advance(self, most: int) -> int:
        """Join at most so many records; return how many there were to join."""
        if self.is_full:
            return 0
        taken = self._settled(most) if self.join.settling else 0
        while taken < most:
            what = self._turn()
            if what is Turn.WAIT:
                taken += self._nothing_came(most)
                break
            taken += self._show(most - taken) if what is Turn.IMPRESSION else self._act(most - taken)
        self._count()
        return taken

    @property
    def is_full(self) -> bool:
        """Whether so many labels wait to be written that no more should be made."""
        return len(self._labels) >= _MOST_LABELS

    def take_labels(self) -> list[Feedback]:
        """Return the labels that wait to be written; joining may go on meanwhile."""
        labels, self._labels = self._labels, []
        return labels

    def rejected(self) -> Counter[str]:
        """Return how many impressions got no label since it was asked last, by reason."""
        more = self.join.rejected - self._told
        self._told = Counter(self.join.rejected)
        return more

    def freeze(self) -> Frozen:
        """Return what is to be written; joining may go on meanwhile."""
        self._count()
        self.state.resume, self.state.waiting = self.join.resume(), self.join.waiting
        self.dirty = False
        return Frozen(self.take_labels(), encode_state(self.state))

    def give_up(self, labels: list[Feedback]) -> None:
        """Take back what could not be written."""
        self._labels[:0] = labels
        self.dirty = True

    def _turn(self) -> Turn:
        shown, acted = bool(self.shown), bool(self.acted)
        came_at = self.acted.came_at() if acted else None
        return turn(
            _HAS if shown else Side(False, self._has_ended(self.shown, came_at)),
            _HAS if acted else Side(False, self._has_ended(self.acted)),
            shown_until=self.join.shown_until,
            watermark=self.join.watermark,
            rewinding=self.join.rewinding,
            full=self.join.is_full,
        )

    def _has_ended(self, lane: Lane, since: int | None = None) -> bool:
        """Tell whether nothing stands behind what a lane has had, as the broker said since a time."""
        said = self._nothing_behind(lane.tp)
        return said is not None and said[0] == lane.end and (since is None or said[1] >= since)

    def _show(self, most: int) -> int:
        """Take impressions; return how many.

        They may be read ahead of the interactions, which changes no label, but not where they push others out.
        """
        self.dirty = True
        records = self.shown.take(max(1, min(most, self.join.room)))
        self.join.impressions(records)
        return len(records)

    def _act(self, most: int) -> int:
        """Take interactions until impressions are next; return how many, with those that are labelled by them."""
        self.dirty = True
        self._acted_at = _now_ms()
        join, taken = self.join, 0
        for record in self.acted.taking():
            join.act(record.offset, record.timestamp, record.value)
            taken += 1 + join.settle(most - taken - 1)
            shows = join.shown_until <= join.watermark and not join.is_full and self.shown
            if taken >= most or shows:
                break
        return taken

    def _settled(self, most: int) -> int:
        """Label what the last interaction made due; return how many there were."""
        self.dirty = True
        return self.join.settle(most)

    def _nothing_came(self, most: int) -> int:
        """Label what is due by the clock where no interaction came for a whole window; return how many there were."""
        now = _now_ms()
        if now - self._acted_at < self._policy.window_ms:
            return 0
        if not self.join.waiting or self.acted or not self._has_ended(self.acted):
            return 0
        before = self.join.idle
        self.join.nothing_came(now, most)
        count = self.join.idle - before
        self.dirty = self.dirty or count > 0
        return count

    def _count(self) -> None:
        """Count the labels that became known."""
        name: Name | None = None
        edges: Edges | None = None
        for label in self.join.labelled:
            if name is None or label.version != name[1] or label.model != name[0]:
                # By what edges a version is counted changes only when another one is.
                name = label.model, label.version
                edges = self._edges_of(name)
            if edges is None:
                self.join.rejected[NO_EDGES] += 1
                continue
            self.state.measures.add(name, edges, label.score, label.label, label.time)
        self._labels += self.join.labelled
        self.join.labelled.clear()

    def _edges_of(self, name: Name) -> Edges | None:
        """Return the edges that a version is counted by already, or those of its card."""
        found, counted = self._edges(name), self.state.measures.edges_id(name)
        for edges in (found, default_edges()):
            if counted in (None, edges.id):
                return edges
        return None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
