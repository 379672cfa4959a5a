"""Sessions: what a user does without a long break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.data.histories import Histories
from models.data.log import Codes

Bools = npt.NDArray[np.bool_]

#: Breaks are told from pauses on a logarithmic scale of so many steps, from a second to some years.
_STEPS = 64
_SHORTEST_S, _LONGEST_S = 1.0, 1e8
#: A break must be so many times as long as a pause, on the average, or there are no sessions to be told apart.
_TIMES = 20.0
#: Share of all gaps that must be breaks, and pauses.
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Sessions:
    """The rows of histories, cut into sessions that are numbered by how new they are."""

    numbers: Codes
    """Session of each row [rows]: 0 is the one that ended first."""
    firsts: Codes
    """First row of the session of each row [rows]."""
    count: int


def natural_gap(histories: Histories) -> float | None:
    """Return the gap, in seconds, that tells breaks from pauses; None where there are not both.

    The threshold at which logarithms of the gaps are split into two classes that differ most (Otsu, 1979; sessions by a
    valley of the gaps: Halfaker et al., User Session Identification Based on Strong Regularities in Inter-activity
    Time, WWW 2015).
    """
    within = np.flatnonzero(histories.users[1:] == histories.users[:-1])
    gaps = (histories.times[within + 1] - histories.times[within]) / 1000
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return None
    edges = np.linspace(np.log(_SHORTEST_S), np.log(_LONGEST_S), _STEPS + 1)
    counts, _ = np.histogram(np.log(np.clip(gaps, _SHORTEST_S, _LONGEST_S)), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * middles)
    with np.errstate(invalid="ignore", divide="ignore"):
        short, long = sums / below, (sums[-1] - sums) / (total - below)
        between = np.where((below > 0) & (below < total), below * (total - below) * (long - short) ** 2, 0.0)
    # Where nothing lies between the classes all cuts are as good: the one in the middle is least by chance.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    cut = int(best[len(best) // 2])
    share = below[cut] / total
    if (
        between[cut] <= 0
        or long[cut] - short[cut] < np.log(_TIMES)
        or not _LEAST_SHARE <= share <= 1 - _LEAST_SHARE
    ):
        return None
    return float(np.exp(edges[cut + 1]))


def cut(histories: Histories, gap_s: float | None) -> Sessions:
    """Cut histories where a user does nothing for longer than ``gap_s`` seconds; None: a user is a session."""
    rows = np.arange(len(histories))
    begins = histories.firsts == rows
    if gap_s is not None:
        begins[1:] |= np.diff(histories.times) > gap_s * 1000
    starts = np.flatnonzero(begins)
    which = np.cumsum(begins) - 1
    ends = np.append(starts[1:], len(rows)) - 1
    order = np.argsort(histories.times[ends], kind="stable") if len(rows) else starts
    numbers = np.empty(len(starts), np.int64)
    numbers[order] = np.arange(len(starts))
    return Sessions(numbers[which], starts[which], len(starts))
