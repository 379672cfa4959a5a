"""A code that decides a name: a functional dependency, with its exceptions.

Counted is how often a code comes *again*, and how often it then bears the name that it bears most. So a field of
unique keys, which trivially decides everything, gives nothing to count and is no rule. Chance is what the same
sample gives with the names shifted against the codes, which leaves runs of equal values as they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.inventory.quality.rows import Codes, Rows
from streams.inventory.quality.rules.base import (
    NO_CODES,
    Names,
    Proposal,
    Rule,
    Verdict,
    by_presence,
    found,
    proposal,
    varied,
)

name = "dependency"

#: Fields that are tried with each other.
MOST = 32
#: By so many records the names are shifted to see what chance gives: four times, evenly over the sample.
_SHIFTS = 4
_AGREES = 0.9

Places = npt.NDArray[np.intp]


def propose(sample: Rows) -> list[Proposal]:
    """Return the fields of a sample that decide others."""
    paths = varied(sample, sample.paths, 3)
    paths = by_presence(sample, paths, MOST)
    codes = {path: sample.codes(path) for path in paths}
    deciding = [path for path in paths if sample.types.get(path) not in NO_CODES and _is_code(sample, path)]
    return found(_proposed(one, other, codes) for one in deciding for other in paths if other != one)


def _is_code(sample: Rows, path: str) -> bool:
    """Tell whether the values can be codes: no numbers with decimals."""
    numbers = sample.numbers(path)
    finite = numbers[np.isfinite(numbers)]
    return not len(finite) or bool(np.all(finite == np.floor(finite)))


def _proposed(one: str, other: str, codes: dict[str, Codes]) -> Proposal | None:
    ones, others = codes[one], codes[other]
    rows = np.flatnonzero((ones != 0) & (others != 0))
    ones, others = ones[rows], others[rows]
    if np.array_equal(ones, others):
        return None
    kept, again = _repeats(ones, others)
    if not again or kept < _AGREES * again:
        return None
    shifts = [
        _repeats(ones, np.roll(others, len(rows) * (1 + turn) // (_SHIFTS + 1))) for turn in range(_SHIFTS)
    ]
    chance = float(np.mean([by_chance / again for by_chance, _ in shifts]))
    return proposal(Rule(name, "decides", (one, other)), kept, again, chance)


def _repeats(ones: Codes, others: Codes) -> tuple[int, int]:
    """Return how often a code came again with its most frequent name, and how often it came again."""
    pairs = ones.astype(np.uint64) << np.uint64(32) | others
    different, counts = np.unique(pairs, return_counts=True)
    owners = (different >> np.uint64(32)).astype(np.uint32)
    starts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]]))
    total, most = np.add.reduceat(counts, starts), np.maximum.reduceat(counts, starts)
    return int((most - 1).sum()), int((total - 1).sum())


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which records have both values; whether they keep the rule takes memory, see :class:`CodeMemory`."""
    one, other = (rows.codes(path) for path in rule.fields)
    both = (one != 0) & (other != 0)
    return Verdict(both, both)


def say(rule: Rule, names: Names) -> str:
    """Return ``StockCode decides Description``."""
    one, other = map(names, rule.fields)
    return f"{one} decides {other}"
