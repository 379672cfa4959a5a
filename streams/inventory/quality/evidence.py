"""How sure it is that a rule holds: evidence against "it holds in no more than this share of records".

The evidence is an e-value, a mixture of likelihood ratios of Bernoulli trials. While the rule holds in at most the
share ``bound``, it is a non-negative supermartingale that starts at 1, so the chance that it ever reaches ``x`` is at
most ``1/x`` (Ville 1939), whenever and however often somebody looks (Ramdas, Grünwald, Vovk and Shafer, "Game-Theoretic
Statistics and Safe Anytime-Valid Inference", 2023). It depends on two counts only, so it merges by adding them.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

#: The chance that any rule at all is shown of an asset that holds in no more than its bound.
ALPHA = 0.01
#: No rule is shown that may hold in no more than this share of records ...
FLOOR = 0.75
#: ... nor one that less than this share of the records checked kept.
KEPT = 0.9
#: A rule has at most this part of the exceptions that chance alone would give.
_LESS_THAN_CHANCE = 0.25
#: The alternatives that are mixed: exceptions rarer than the bound allows, by these factors.
_RARER = (2.0, 4.0, 16.0, 128.0, 1024.0)
#: Standard errors between a chance estimated from a sample and its upper end (99.5 %, one-sided).
_SURE = 2.576


def log_evidence(kept: int, checked: int, bound: float) -> float:
    """Return the natural logarithm of the evidence that a rule holds in more than ``bound`` of the records.

    Args:
        kept: records that keep it.
        checked: records for which it was checked.
        bound: between 0 and 1; at 1 nothing is ever evident.
    """
    if checked <= 0 or bound >= 1:
        return 0.0 if checked <= 0 else -math.inf
    bound = max(bound, 1e-6)
    broken = checked - kept
    logs = []
    for rarer in _RARER:
        exceptions = (1 - bound) / rarer
        logs.append(kept * math.log((1 - exceptions) / bound) - broken * math.log(rarer))
    most = max(logs)
    return most + math.log(sum(math.exp(one - most) for one in logs) / len(logs))


def bar(tests: int, turn: int) -> float:
    """Return the logarithm of the evidence that a rule needs to be shown.

    The error is spent over the turns of the search as 1/turn², and within a turn evenly over its candidates
    (Bonferroni), so that it stays below :data:`ALPHA` however long the search goes on.

    Args:
        tests: candidates of the turn.
        turn: which it was, from 0 on.
    """
    return math.log(max(tests, 1) * (turn + 1) ** 2 * math.pi**2 / 6 / ALPHA)


def surely_at_most(share: float, trials: int) -> float:
    """Return a chance that the true one hardly exceeds, where ``trials`` gave ``share`` (Wilson's upper end)."""
    if trials <= 0:
        return 1.0
    square = _SURE * _SURE / trials
    reach = _SURE * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    return min(1.0, (share + square / 2 + reach) / (1 + square))


def bound_over(chance: float) -> float:
    """Return the share in which a rule must hold at least, where chance alone gives ``chance``."""
    return max(FLOOR, 1 - _LESS_THAN_CHANCE * (1 - chance))


def outer_chance(kept: npt.NDArray[np.bool_]) -> float:
    """Return how often a rule holds between values of different records.

    Args:
        kept: square, one row a record that gives the one side, one column a record that gives the other.
    """
    size = len(kept)
    pairs = size * (size - 1)
    return (int(np.count_nonzero(kept)) - int(np.count_nonzero(np.diagonal(kept)))) / pairs if pairs else 1.0
