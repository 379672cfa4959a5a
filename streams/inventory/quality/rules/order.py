"""Times that come in order: a start that is never after its end."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from streams.inventory.quality.evidence import outer_chance
from streams.inventory.quality.rows import Rows
from streams.inventory.quality.rules.base import (
    LEAST,
    Names,
    Proposal,
    Rule,
    Verdict,
    by_presence,
    found,
    proposal,
    varied,
)

name = "order"

_TIMES = frozenset({"timestamp", "date"})
_MOST = 12


def propose(sample: Rows) -> list[Proposal]:
    """Return the times of a sample that come in order within a record, but not so between records."""
    paths = [path for path in sample.paths if sample.types.get(path) in _TIMES]
    paths = by_presence(sample, varied(sample, paths, 3), _MOST)
    return found(_proposed(sample, *pair) for pair in permutations(paths, 2))


def _proposed(sample: Rows, start: str, end: str) -> Proposal | None:
    starts, ends = sample.times(start), sample.times(end)
    rows = np.flatnonzero(np.isfinite(starts) & np.isfinite(ends))
    starts, ends = starts[rows], ends[rows]
    # Equal throughout is another rule.
    if len(rows) < LEAST or 10 * int((starts == ends).sum()) >= 9 * len(rows):
        return None
    kept = starts[:, None] <= ends[None, :]
    return proposal(
        Rule(name, "before", (start, end)), int(np.diagonal(kept).sum()), len(rows), outer_chance(kept)
    )


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which records have the times in order."""
    start, end = (rows.times(path) for path in rule.fields)
    return Verdict(np.isfinite(start) & np.isfinite(end), start <= end)


def say(rule: Rule, names: Names) -> str:
    """Return ``created_at is not after shipped_at``."""
    start, end = map(names, rule.fields)
    return f"{start} is not after {end}"
