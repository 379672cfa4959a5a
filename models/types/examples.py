"""Labelled columns described for learning: whole, and cut down to fewer values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pandian.types.features import Draw, Forms, draws, features

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examples:
    """Draws of labelled columns, a row each."""

    hashed: sparse.csr_matrix
    """``[rows, 3 * BUCKETS]``"""
    dense: Floats
    forms: Floats
    column: NDArray[np.int64]
    """Which column a row is a draw of."""
    weight: Floats
    """1 for a column as it is; less for what was cut down or made up."""

    def rows(self, columns: Sequence[int] | NDArray[np.int64]) -> Examples:
        """Return the rows of some columns."""
        kept = np.flatnonzero(np.isin(self.column, np.asarray(columns)))
        return Examples(
            self.hashed[kept], self.dense[kept], self.forms[kept], self.column[kept], self.weight[kept]
        )


def samples(values: Sequence[str]) -> list[tuple[str, int]]:
    """Return different values, the most frequent first, with their counts."""
    return Counter(value for value in values if value.strip()).most_common(256)


def describe(
    columns: Sequence[Sequence[tuple[str, int]]],
    weights: Sequence[float],
    forms: Forms,
    names: Sequence[str],
    *,
    fewer: int = 0,
    seed: int = 0,
) -> Examples:
    """Describe columns of at least one value as draws.

    Args:
        columns: the different values of each column with their counts.
        weights: how much each column counts.
        forms: what rules find.
        names: the names of all forms, in the model's order.
        fewer: further rows of each column, of one to four of its values, which count half as much.
        seed: of the choice of these.
    """
    chance = np.random.default_rng(seed)
    hashed, dense, found = [], [], []
    column: list[int] = []
    weight: list[float] = []
    for place, (values, worth) in enumerate(zip(columns, weights, strict=True)):
        whole = draws(values)
        cut = [_some(values, chance) for _ in range(fewer if len(values) > 1 else 0)]
        both: list[Draw] = [*whole, *cut]
        shares = [worth / len(whole)] * len(whole) + [worth / 2 / max(len(cut), 1)] * len(cut)
        one = features(both, forms(both), names)
        hashed.append(sparse.csr_matrix(one.hashed))
        dense.append(one.dense)
        found.append(one.forms)
        column += [place] * len(both)
        weight += shares
    return Examples(
        sparse.vstack(hashed, format="csr"),
        np.concatenate(dense),
        np.concatenate(found),
        np.array(column),
        np.array(weight, dtype=np.float32),
    )


def _some(values: Sequence[tuple[str, int]], chance: np.random.Generator) -> Draw:
    size = min(len(values) - 1, int(chance.integers(1, 5)))
    return [values[int(place)] for place in sorted(chance.choice(min(len(values), 40), size, replace=False))]
