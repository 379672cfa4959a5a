"""A code that decides a name: a functional dependency, with its exceptions.

Counted is how often a code comes *again*, and how often it then bears the name that it bears most. So a field of
unique keys, which trivially decides everything, gives nothing to count and is no rule. Chance is what the same
sample gives with the names shifted against the codes, which leaves runs of equal values as they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.inventory.quality.rows import Rows
from streams.inventory.quality.rules.base import (
    LEAST,
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

Pairs = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def propose(sample: Rows) -> list[Proposal]:
    """Return the fields of a sample that decide others."""
    paths = varied(sample, sample.paths, 3)
    paths = by_presence(sample, paths, MOST)
    deciding = [
        place
        for place, path in enumerate(paths)
        if sample.types.get(path) not in NO_CODES and _is_code(sample, path)
    ]
    if not deciding:
        return []
    codes = np.array([sample.codes(path) for path in paths], dtype=np.uint64)
    ones = codes[deciding][:, None, :]
    pairs = np.where((ones != 0) & (codes != 0), ones << _HALF | codes, 0).reshape(-1, sample.size)
    kept, again = _repeats(pairs)
    likely = np.flatnonzero((again >= LEAST) & (kept >= _AGREES * again))
    # A field decides itself, and so does one that is always the same as another.
    likely = likely[np.any(pairs[likely] >> _HALF != pairs[likely] & _LOW, axis=1)]
    chances = (_by_chance(pairs[likely]) / again[likely, None]).mean(axis=1)
    return found(
        proposal(
            Rule(name, "decides", (paths[deciding[place // len(paths)]], paths[place % len(paths)])),
            int(kept[place]),
            int(again[place]),
            chance,
        )
        for place, chance in zip(likely.tolist(), chances.tolist(), strict=True)
    )


def _is_code(sample: Rows, path: str) -> bool:
    """Tell whether the values can be codes: no numbers with decimals."""
    numbers = sample.numbers(path)
    finite = numbers[np.isfinite(numbers)]
    return not len(finite) or bool(np.all(finite == np.floor(finite)))


def _by_chance(pairs: Pairs) -> Counts:
    """Return how often a code came again with its most frequent name in each row, when names are shifted: by shift."""
    size = pairs.shape[1]
    shifted = np.zeros((len(pairs), _SHIFTS, size), dtype=np.uint64)
    full = np.all(pairs != 0, axis=1)
    shifted[full] = _shifted(pairs[full])
    for row in np.flatnonzero(~full).tolist():
        both = pairs[row][pairs[row] != 0]
        shifted[row, :, : len(both)] = _shifted(both[None])[0]
    kept, _ = _repeats(shifted.reshape(-1, size))
    return kept.reshape(-1, _SHIFTS)


def _shifted(pairs: Pairs) -> Pairs:
    """Return the pairs of each row with their names shifted against the codes: by row and shift."""
    size = pairs.shape[1]
    by = size * np.arange(1, _SHIFTS + 1) // (_SHIFTS + 1)
    places = (np.arange(size) - by[:, None]) % size
    return np.asarray((pairs & ~_LOW)[:, None, :] | (pairs & _LOW)[:, places])


def _repeats(pairs: Pairs) -> tuple[Counts, Counts]:
    """Return, by row, how often a code came again with its most frequent name, and how often it came again.

    Args:
        pairs: rows of codes with their names in the lower half; 0 where one of both is missing.
    """
    size = pairs.shape[1]
    if not pairs.size:
        return np.zeros(len(pairs), dtype=np.int64), np.zeros(len(pairs), dtype=np.int64)
    ordered = np.sort(pairs, axis=1).ravel()
    begins = np.ones(len(ordered), dtype=np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    begins[::size] = True
    starts = np.flatnonzero(begins)
    different, rows = ordered[starts], starts // size
    counts = np.diff(starts, append=len(ordered))
    owners = different >> _HALF
    begins = np.ones(len(starts), dtype=np.bool_)
    begins[1:] = (owners[1:] != owners[:-1]) | (rows[1:] != rows[:-1])
    starts = np.flatnonzero(begins)
    there = different[starts] != 0
    rows = rows[starts[there]]
    total, most = np.add.reduceat(counts, starts)[there], np.maximum.reduceat(counts, starts)[there]
    kept, again = (np.bincount(rows, weights=some - 1, minlength=len(pairs)) for some in (most, total))
    return kept.astype(np.int64), again.astype(np.int64)


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which records have both values; whether they keep the rule takes memory, see :class:`CodeMemory`."""
    one, other = (rows.codes(path) for path in rule.fields)
    both = (one != 0) & (other != 0)
    return Verdict(both, both)


def say(rule: Rule, names: Names) -> str:
    """Return ``StockCode decides Description``."""
    one, other = map(names, rule.fields)
    return f"{one} decides {other}"
