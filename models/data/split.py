"""Past, validation and test: a log cut at two times, so that nothing is learned from what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.data.histories import Histories, Order, Targets, make_targets
from models.data.log import InteractionLog
from models.exceptions import DataError


@dataclass(frozen=True)
class TimeSplit:
    """A log cut at two times for all users alike (Meng et al., Exploring Data Splitting Strategies, RecSys 2020).

    What is trained gets :attr:`train`, which holds no row of ``validation_from`` or later; targets of a period have
    the earlier rows of their users as history, and nothing else. So no figure depends on anything that comes after.
    """

    log: InteractionLog
    validation_from: int
    """Epoch milliseconds: the first of the validation."""
    test_from: int
    """Epoch milliseconds: the first of the test."""

    @property
    def train(self) -> InteractionLog:
        """What models are chosen by is later than all of this."""
        return self.log.before(self.validation_from)

    @property
    def past(self) -> InteractionLog:
        """Training and validation: what a model may know before it is tested."""
        return self.log.before(self.test_from)

    def validation(self, order: Order) -> Targets:
        """Return the targets of the validation."""
        return targets_between(self.past, self.validation_from, order)

    def test(self, order: Order) -> Targets:
        """Return the targets of the test."""
        return targets_between(self.log, self.test_from, order)

    def document(self) -> dict[str, Any]:
        """Return it for the card."""
        return {
            "by": "time",
            "validation_from": self.validation_from,
            "test_from": self.test_from,
            "train": len(self.train),
            "validation": len(self.past) - len(self.train),
            "test": len(self.log) - len(self.past),
        }


def split_by_time(log: InteractionLog, train: float = 0.8, validation: float = 0.1) -> TimeSplit:
    """Cut a log so that about these shares of its rows come before the validation, and in it.

    Rows of one time stay together, and each period has at least one row.

    Raises:
        DataError: when the log has fewer than three different times.
    """
    if not len(log):
        raise DataError(
            "no interactions", "there must be some to learn from", "name files or a topic that have rows"
        )
    moments = np.unique(log.times)
    if len(moments) < 3:
        raise DataError(
            f"{len(log):,} interactions at {len(moments)} time{'s' if len(moments) > 1 else ''}",
            "must be of three times or more, to train, choose and test on",
            "give interactions with the times at which they happened",
        )
    # The place of each cut among the moments: between 1 and the last but one, the second behind the first.
    wanted = [log.times[min(len(log) - 1, int(len(log) * share))] for share in (train, train + validation)]
    first, second = np.searchsorted(moments, wanted)
    first = min(max(1, int(first)), len(moments) - 2)
    second = min(max(first + 1, int(second)), len(moments) - 1)
    return TimeSplit(log, int(moments[first]), int(moments[second]))


def targets_between(log: InteractionLog, since: int, order: Order) -> Targets:
    """Return the rows of ``since`` and later as targets, each with what its user did before as history.

    Rows without any history are left out: whoever is not known gets popular items, from any model. Only when all are
    without, all are taken.
    """
    histories = Histories(log)
    rows = np.flatnonzero(histories.times >= since)
    ends = histories.ends(order)[rows]
    known = ends > histories.firsts[rows]
    if known.any():
        rows, ends = rows[known], ends[known]
    return make_targets(histories, rows, ends)
