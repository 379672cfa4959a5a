"""What is learned from when a column is judged: never the column, its content, or its data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from models.types import sotab
from models.types.commerce import Table, tables
from models.types.learn import Corpus, Learned, corpus, learn
from models.types.sotab import Column
from pandian.types.features import Forms

FOLDS = 5

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Real:
    """The real columns, and what is learned from them."""

    columns: list[Column]
    """SOTAB's columns that have a type and a value: the first ones of the corpus."""
    unmapped: list[Column]
    """Its columns whose label has no type: never learned from."""
    tables: list[Table]
    corpus: Corpus
    seed: int

    @classmethod
    def read(cls, folder: Path, forms: Forms, names: Sequence[str], seed: int = 0) -> Real:
        """Read and describe all of the real data.

        Raises:
            FileNotFoundError: when a file is not there.
        """
        every = [column for column in sotab.columns(folder) if column.values]
        columns = [column for column in every if column.type]
        found = tables(folder)
        data = corpus(columns, sotab.groups(columns, by_table=False), found, forms, names, seed)
        return cls(columns, [column for column in every if not column.type], found, data, seed)

    def sotab(self, *, by_table: bool) -> Iterator[tuple[Learned, Places]]:
        """Yield five models, each with the places of the columns that it has not seen."""
        truth = [column.type for column in self.columns]
        grouped = sotab.groups(self.columns, by_table=by_table)
        splits = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=self.seed)
        for _, out in splits.split(truth, truth, grouped):
            yield learn(self.corpus, self.without(out), self.seed), out

    def commerce(self) -> Iterator[tuple[Learned, list[Table]]]:
        """Yield a model for each data set that has columns to learn from, with the tables that it has not seen."""
        taught = set(self.corpus.source) - {"sotab", "made"}
        for name in sorted(taught):
            out = np.flatnonzero(self.corpus.source == name)
            yield (
                learn(self.corpus, self.without(out), self.seed),
                [one for one in self.tables if one.set == name],
            )
        rest = [one for one in self.tables if one.set not in taught]
        yield learn(self.corpus, self.without(np.array([], dtype=np.int64)), self.seed), rest

    def without(self, out: Places) -> Places:
        """Return the places of all columns but some."""
        return np.setdiff1d(np.arange(len(self.corpus.types)), out)
