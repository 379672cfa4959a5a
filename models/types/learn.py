"""From labelled columns to a model file: what every training, of a fold or of all, does alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.types.calibrate import platt, sharpness
from models.types.commerce import Table
from models.types.examples import Examples, describe, samples
from models.types.export import graph
from models.types.generate import generated
from models.types.ridge import Ridge, fit
from models.types.sotab import Column
from pandian.types.features import Forms

#: How much generated columns, and those of e-commerce sets, count beside SOTAB's, which are of more kinds.
_MADE = 0.1
_SHOPS = 0.3
#: Inner folds for the calibration.
_INNER = 4

Types = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All columns to learn from, described once."""

    examples: Examples
    types: Types
    """Of each column."""
    source: Types
    """Of each column: ``sotab``, ``made``, or the name of an e-commerce set."""
    group: NDArray[np.int64]
    """Of each column: columns of one group are never on both sides of a split."""
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """A model and its calibration."""

    model: Ridge
    types: tuple[str, ...]
    sharpness: float
    calibration: tuple[float, float]

    def file(self, corpus: Corpus, **facts: Any) -> bytes:
        """Return it as an ONNX file."""
        told = {"calibration": self.calibration, **facts}
        return graph(self.model, self.types, corpus.forms, self.sharpness, told)


def corpus(
    columns: Sequence[Column],
    groups: Sequence[int],
    tables: Sequence[Table],
    forms: Forms,
    names: Sequence[str],
    seed: int,
) -> Corpus:
    """Describe the columns of SOTAB that have a type, texts of the e-commerce sets, and generated ones."""
    made = generated(seed)
    texts = [
        (label.type, table.set, values)
        for table in tables
        for label, values in zip(table.labels, table.values, strict=True)
        if values and _worded(values)
    ]
    values = [
        *(one.values for one in columns),
        *(values for _, values in made),
        *(text for _, _, text in texts),
    ]
    types = [*(one.type for one in columns), *(name for name, _ in made), *(name for name, _, _ in texts)]
    source = ["sotab"] * len(columns) + ["made"] * len(made) + [name for _, name, _ in texts]
    worth = {"made": _MADE, "sotab": 1.0}
    weights = [worth.get(name, _SHOPS) for name in source]
    own = np.arange(len(values)) + max(groups, default=0) + 1
    own[: len(columns)] = groups
    examples = describe([samples(one) for one in values], weights, forms, names)
    return Corpus(examples, np.array(types), np.array(source), own, tuple(names))


def _worded(values: Sequence[str]) -> bool:
    """Tell whether most values hold letters: the model is not asked about long columns of numbers."""
    return sum(any(map(str.isalpha, value)) for value in values) > len(values) / 2


def learn(
    data: Corpus, columns: NDArray[np.int64], seed: int, progress: Callable[[float], None] = lambda _: None
) -> Learned:
    """Learn from some columns; the calibration is made on inner folds of them.

    Args:
        data: all columns.
        columns: those to learn from.
        seed: of the random features and the inner folds.
        progress: told the share that is done.
    """
    types = tuple(sorted(set(data.types[columns])))
    code = {name: place for place, name in enumerate(types)}
    real = columns[data.source[columns] != "made"]
    fold = np.random.default_rng(seed).permutation(data.group.max() + 1)[data.group] % _INNER
    scores = np.zeros((len(data.types), len(types)), dtype=np.float32)
    for inner in range(_INNER):
        out = real[fold[real] == inner]
        model = _fit(data, np.setdiff1d(columns, out), code, seed)
        for_out = data.examples.rows(out)
        np.add.at(scores, for_out.column, model.scores(for_out))
        progress((inner + 1) / (_INNER + 1))
    rows = np.bincount(data.examples.column, minlength=len(data.types))
    inner_scores = scores[real] / rows[real][:, None]
    truth = np.array([code[name] for name in data.types[real]])
    sharp = sharpness(inner_scores, truth)
    calibration = platt(inner_scores * sharp, truth)
    learned = Learned(_fit(data, columns, code, seed), types, sharp, calibration)
    progress(1.0)
    return learned


def _fit(data: Corpus, columns: NDArray[np.int64], code: dict[str, int], seed: int) -> Ridge:
    rows = data.examples.rows(columns)
    return fit(rows, np.array([code[data.types[column]] for column in rows.column]), len(code), seed=seed)
