"""Each user's last item is the test, the one before the validation: the split that sequential models are compared by.

It is for figures that stand beside those of papers. What users did at the same time is known to the model from others,
later than some targets: figures for a time that nobody has seen come of :mod:`models.data.split`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.data.histories import Bools, Histories, Targets, make_targets
from models.data.log import InteractionLog
from models.exceptions import DataError

#: Rows that a user has at least: something to learn from, the validation and the test.
LEAST = 3


@dataclass(frozen=True)
class LeaveOneOut:
    """A log without the last two rows of each user, and these as targets."""

    train: InteractionLog
    """What models learn from: no row of it is a target, and none comes after one of the same user."""
    validation: Targets
    """The last row but one of each user, with the rows before it as history."""
    test: Targets
    """The last row of each user, with the rows before it as history, that of the validation too."""


def leave_one_out(log: InteractionLog) -> LeaveOneOut:
    """Split a log; users of fewer than three rows are learned from, and not asked for.

    Rows of one user and one time count in the order in which they stand.

    Raises:
        DataError: when nobody has three rows.
    """
    histories = Histories(log)
    numbers = np.arange(len(histories))
    left = histories.lasts - numbers
    asked = histories.lasts - histories.firsts >= LEAST
    if not asked.any():
        raise DataError(
            f"{len(log):,} interactions",
            f"some user must have {LEAST} or more",
            "split by time, or give more",
        )
    validation, test = (np.flatnonzero(asked & (left == place)) for place in (2, 1))
    return LeaveOneOut(
        log.where(_in_order(log, ~(asked & (left <= 2)))),
        make_targets(histories, validation, validation),
        make_targets(histories, test, test),
    )


def _in_order(log: InteractionLog, by_user: Bools) -> Bools:
    """Return marks of rows by user as marks of the rows of the log."""
    marks = np.empty(len(log), bool)
    marks[np.argsort(log.users, kind="stable")] = by_user
    return marks
