"""A code that decides a name: a functional dependency, with its exceptions.

Counted is how often a code comes *again*, and how often it then bears the name that it bears most. So a field of
unique keys, which trivially decides everything, gives nothing to count and is no rule. Chance is what the same
sample gives with the names shifted against the codes, which leaves runs of equal values as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    return found(one for place in deciding for one in _proposed(place, codes, paths))


def _is_code(sample: Rows, path: str) -> bool:
    """Tell whether the values can be codes: no numbers with decimals."""
    numbers = sample.numbers(path)
    finite = numbers[np.isfinite(numbers)]
    return not len(finite) or bool(np.all(finite == np.floor(finite)))


def _proposed(one: int, codes: Pairs, paths: Sequence[str]) -> Iterator[Proposal | None]:
    """Yield what a field decides.

    Args:
        one: which field it is.
        codes: of all fields, a row each.
        paths: of all fields.
    """
    rows = np.flatnonzero(codes[one])
    others = [place for place in range(len(paths)) if place != one]
    names = codes[others][:, rows]
    pairs = np.where(names != 0, codes[one, rows] << _HALF | names, 0)
    kept, again = _repeats(pairs)
    likely = np.flatnonzero((again >= LEAST) & (kept >= _AGREES * again)).tolist()
    likely = [place for place in likely if np.any(pairs[place] >> _HALF != names[place])]
    chances = _chances(pairs[likely])
    for place, chance in zip(likely, chances, strict=True):
        rule = Rule(name, "decides", (paths[one], paths[others[place]]))
        yield proposal(rule, int(kept[place]), int(again[place]), float(np.mean(chance / again[place])))


def _chances(pairs: Pairs) -> Counts:
    """Return how often a code came again with its most frequent name in each row, when names are shifted: by shift."""
    shifted = np.zeros((len(pairs), _SHIFTS, pairs.shape[1]), dtype=np.uint64)
    for row, found_pairs in enumerate(pairs):
        both = found_pairs[found_pairs != 0]
        ones, names = both >> _HALF << _HALF, both & _LOW
        for turn in range(_SHIFTS):
            by = len(both) * (1 + turn) // (_SHIFTS + 1)
            shifted[row, turn, : len(both)] = ones | np.concatenate([names[-by:], names[:-by]])
    kept, _ = _repeats(shifted.reshape(-1, pairs.shape[1]))
    return kept.reshape(-1, _SHIFTS)


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
