"""Whether an AUC fell for the data, for what people do, or for the model itself.

A score is a function of the data, and a label is what people do with what was shown: so an AUC can fall because the
data is another (with a fault in it, or with people in it who do other things), because the function is, or because the
same scores meet other labels: covariate shift, another model, concept drift (Moreno-Torres and others, *A unifying view
on dataset shift in classification*, 2012). What the data tells comes first. Where it tells nothing, scores that moved
by themselves speak against the model, and scores that did not speak for people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitoring.causes.base import Alarm, Lineage, Scores, Suspect, Verdict
from monitoring.causes.evidence import Doubles

#: Least score of a suspect for the verdict to rest on it.
CONVINCES = 0.02
#: A new version is suspected when it began within so many standard errors of the fall, and counts so much then.
_NEW, _OF_NEW = 2.0, 0.5
#: Buckets are joined to so many, as far as possible of equally many scores; fewer scores than these say nothing.
_RANGES, _FEWEST = 16, 500
#: Scores moved where this share of them did, and the evidence for it is 10 to the power of this.
_LEAST, _SURELY = 0.1, 3.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and what it rests on where no suspect says it."""

    verdict: Verdict
    why: str = ""
    """``version``: it is new; ``inverted``: it ranks the wrong way round; ``scores``: it answers otherwise; ``labels``:
    neither data nor scores moved; empty: the suspects say it."""


def judge(suspects: Sequence[Suspect], alarm: Alarm, lineage: Lineage) -> Judgement:
    """Return what an AUC fell of.

    Args:
        suspects: what moved, the likeliest first.
        alarm: with the version's scores, where they are known.
        lineage: tells since when this version answers.
    """
    convincing = [one for one in suspects if one.score >= CONVINCES and one.role]
    data = max((one.score for one in convincing if not one.behaviour), default=0.0)
    if data < _newness(alarm, lineage):
        return Judgement("model", "version")
    if data:
        return Judgement("data")
    return _of_scores(alarm, lineage, behaviour=bool(convincing))


def _newness(alarm: Alarm, lineage: Lineage) -> float:
    """Return what speaks for a new version: that one begins just when an AUC falls is rarely a chance."""
    if lineage.since is None:
        return 0.0
    apart = abs(lineage.since - alarm.since) / alarm.error_ms
    return _OF_NEW / (1 + apart * apart) if apart <= _NEW else 0.0


def _of_scores(alarm: Alarm, lineage: Lineage, *, behaviour: bool) -> Judgement:
    scores = alarm.scores
    if scores is not None and scores.auc_high is not None and scores.auc_high < 0.5:
        return Judgement("model", "inverted")
    if behaviour:
        return Judgement("behaviour")
    if scores is None or min(sum(scores.before), sum(scores.after)) < _FEWEST:
        return Judgement("unknown")
    if moved(scores):
        return Judgement("model", "scores")
    # A version that is known to have answered before the fall, as it does now: then labels are what changed.
    old = lineage.since is not None and lineage.since < alarm.settled
    return Judgement("behaviour", "labels") if old else Judgement("unknown")


def moved(scores: Scores) -> bool:
    """Tell whether scores lie otherwise than before: surely, and by more than a tenth of them.

    The evidence is the Bayes factor of two unknown multinomial distributions against one, all uniform on the simplex
    (Gunel, Dickey, *Bayes factors for independence in contingency tables*, 1974); the size is the total variation.
    """
    before, after = _joined(
        np.array(scores.before, dtype=np.float64), np.array(scores.after, dtype=np.float64)
    )
    size = np.abs(before / before.sum() - after / after.sum()).sum() / 2
    evidence = (_log_marginal(before) + _log_marginal(after) - _log_marginal(before + after)) / math.log(10)
    return bool(size >= _LEAST and evidence >= _SURELY)


def _joined(*counts: Doubles) -> list[Doubles]:
    """Return counts of fewer buckets, which have equally many of all, as far as possible."""
    together = np.cumsum(sum(counts))
    ranges = np.minimum((together * _RANGES / together[-1]).astype(np.int64), _RANGES - 1)
    return [np.bincount(ranges, one, _RANGES).astype(np.float64) for one in counts]


def _log_marginal(counts: Doubles) -> float:
    gammas = sum(math.lgamma(count + 1) for count in counts.tolist())
    return math.lgamma(len(counts)) + gammas - math.lgamma(float(counts.sum()) + len(counts))
