"""The explainer of an entry: what its graph knows of a history inside, and how its logits are made of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from export.explain.base import CANDIDATES, EXPLAINED, KNOWN, LEAST, Explained, Floats
from export.explain.paths import Way, contributions, logits
from export.head.graph import ending_in
from export.registry.base import GRAPH
from export.runtime import Items, OnnxModel, open_session
from pandian.events import Contribution

#: The graph's logits must be those that the features give, within this, relative to them (absolute below 1). Items of
#: which every source expects less than one interaction in 10 million are off by more: they are not compared.
TOLERANCE = 0.01
_COMPARED, _LEAST_COMPARED = 8, 1e-7


class Explainer:
    """Says what moved logits.

    Args:
        model: whose they are.
        explained: how they are made of features.

    Raises:
        Exception: of onnxruntime, when the graph does not have the features inside.
        ValueError: when they do not give its logits.
    """

    def __init__(self, model: OnnxModel, explained: Explained) -> None:
        self._model, self._explained = model, explained
        self._names = explained.inner()
        self._session = open_session(ending_in(model.entry.read(GRAPH), self._names))
        n_items = len(model.catalogue)
        centre = None if explained.scorer is None else explained.scorer.centre
        #: Without a scorer, what a source expects that expects the same of every item.
        self._start: Floats = np.full(len(explained.weights), -np.log(n_items)) if centre is None else centre
        self._check(n_items)

    def of(self, history: Sequence[str], items: Sequence[str]) -> list[list[Contribution] | None]:
        """Return what each feature gave to each item after a history, the largest first; None of unknown items.

        They add up to the item's logit less that of an average one: that of an item of which every source expects what
        it expects of any, or, of the items that a ranker orders anew, one with the average features of these.
        """
        index = self._model.index
        columns = np.array([index[item] for item in items if item in index], np.int64)
        found = iter(self._contributions(self._model.encode([history]), columns))
        return [next(found) if item in index else None for item in items]

    def _contributions(self, items: Items, columns: npt.NDArray[np.int64]) -> list[list[Contribution]]:
        found: list[list[Contribution]] = [[] for _ in columns]
        for places, way in self._ways(self._inner(items), columns):
            moved = contributions(self._explained, way)
            for row, place in enumerate(places.tolist()):
                named = zip(self._explained.names, way.end[row].tolist(), moved[row].tolist(), strict=False)
                found[place] = sorted((Contribution(*one) for one in named), key=_size)
        return found

    def _inner(self, items: Items) -> dict[str, npt.NDArray[Any]]:
        found = self._session.run(self._names, {"items": self._model.checked(items)})
        return dict(zip(self._names, found, strict=True))

    def _ways(
        self, inner: dict[str, npt.NDArray[Any]], columns: npt.NDArray[np.int64]
    ) -> list[tuple[npt.NDArray[np.int64], Way]]:
        """Return the places of columns, and their ways: those ordered anew and the others."""
        count = len(self._explained.weights)
        expected = np.stack([inner[name][0] for name in self._names[:count]], -1).astype(np.float64)
        shares = np.log(expected[columns] + LEAST)
        if self._explained.scorer is None:
            return [(np.arange(len(columns)), Way(self._start, shares, 0.0))]
        candidates, known = inner[CANDIDATES][0], inner[KNOWN][0].astype(np.float64)
        floor = float(logits(self._explained, np.log(expected[candidates[-1:]] + LEAST), 0.0)[0])
        order = np.argsort(candidates)
        near = order[np.minimum(np.searchsorted(candidates, columns, sorter=order), len(order) - 1)]
        anew = candidates[near] == columns
        with_scorer = Way(self._start, known[near[anew]], floor)
        return [
            (np.flatnonzero(anew), with_scorer),
            (np.flatnonzero(~anew), Way(self._start[:count], shares[~anew], floor)),
        ]

    def _check(self, n_items: int) -> None:
        """Check that the features give the logits of the graph, of some items after a drawn history."""
        random = np.random.default_rng(0)
        items = random.integers(1, n_items + 1, (1, min(10, self._model.max_length)))
        wanted = self._model.logits(items)[0].astype(np.float64)
        inner, best = self._inner(items), np.argsort(-wanted)[:_COMPARED]
        if any(inner[name].shape != (1, n_items) for name in self._names[: len(self._explained.weights)]):
            raise ValueError("what the sources expect is not of the catalogue's items")
        for places, way in self._ways(inner, best):
            if not len(places):
                continue
            likely = way.end[:, : len(self._explained.weights)].max(-1) > np.log(_LEAST_COMPARED)
            right = wanted[best[places]]
            off = np.abs(logits(self._explained, way.end, way.floor) - right) / np.maximum(1, np.abs(right))
            if off[likely].max(initial=0.0) > TOLERANCE:
                raise ValueError(f"logits off by {off[likely].max():.2g}")


def open_explainer(model: OnnxModel) -> Explainer | None:
    """Return the explainer of a model; None when its entry has none, or its graph is another by now."""
    if EXPLAINED not in model.entry.files:
        return None
    try:
        return Explainer(model, Explained.decode(model.entry.read(EXPLAINED)))
    except Exception:  # noqa: BLE001 - whatever onnxruntime has against the graph, it answers without
        return None


def _size(one: Contribution) -> float:
    return -abs(one.logit)
