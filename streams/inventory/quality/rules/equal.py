"""Fields that say the same."""

from __future__ import annotations

import numpy as np

from streams.inventory.quality.evidence import outer_chance
from streams.inventory.quality.rows import Rows
from streams.inventory.quality.rules.base import Names, Proposal, Rule, Verdict, found, proposal, varied

name = "equal"


def propose(sample: Rows) -> list[Proposal]:
    """Return the pairs of fields of a sample that are equal within a record, but not so between records."""
    paths = varied(sample, sample.paths, 2)
    if len(paths) < 2:
        return []
    codes = np.array([sample.codes(path) for path in paths])
    pairs = []
    for place in range(len(paths) - 1):
        others = codes[place + 1 :]
        both = (others != 0) & (codes[place] != 0)
        same = both & (others == codes[place])
        for other in np.flatnonzero(10 * same.sum(axis=1) >= 9 * np.maximum(both.sum(axis=1), 1)).tolist():
            pairs.append((place, place + 1 + other))
    return found(_proposed(codes[one], codes[other], paths[one], paths[other]) for one, other in pairs)


def _proposed(ones: np.ndarray, others: np.ndarray, one: str, other: str) -> Proposal | None:
    rows = np.flatnonzero((ones != 0) & (others != 0))
    kept = ones[rows][:, None] == others[rows][None, :]
    rule = Rule(name, "same", (one, other))
    return proposal(rule, int(np.diagonal(kept).sum()), len(rows), outer_chance(kept))


def judge(rule: Rule, rows: Rows) -> Verdict:
    """Say which records have the same value in both fields."""
    one, other = (rows.codes(path) for path in rule.fields)
    return Verdict((one != 0) & (other != 0), one == other)


def say(rule: Rule, names: Names) -> str:
    """Return ``billing_country = shipping_country``."""
    one, other = map(names, rule.fields)
    return f"{one} = {other}"
