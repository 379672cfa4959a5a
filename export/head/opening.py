"""The head of a model, where it has one that gives the same best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from export.head.bounded import NARROW, WIDE, ZERO, Bounded, Head, Whole
from export.head.graph import Cut, cut, product
from export.registry.base import GRAPH
from export.runtime import Items, Logits, OnnxModel, open_session

#: Of fewer items all logits take no time worth saving.
LEAST = 10_000
#: Before it is used, so many of the best after drawn histories must be those of the whole graph, with its logits but
#: for the order of its sums, relative to them (absolute below 1).
_HISTORIES, _BEST, _OFF = 16, 50, 1e-4
#: And for them no more than this share of the catalogue may have to be multiplied exactly, or a few times the best.
_SHARE, _FEW = 0.05, 8


class OpenHead:
    """A model's graph, cut before its last product.

    Args:
        parts: of the graph.

    Raises:
        Exception: of onnxruntime, when it cannot run them.
        ValueError: when they are of another shape.
    """

    def __init__(self, parts: Cut, n_items: int) -> None:
        vectors, *offsets = open_session(parts.rest).run(None, {"items": np.ones((1, 1), np.int64)})
        vectors = np.ascontiguousarray(vectors if parts.by_item else vectors.T, np.float32)
        if vectors.ndim != 2 or len(vectors) != n_items or not np.isfinite(vectors).all():
            raise ValueError(f"vectors {vectors.shape}")
        total = sum(np.broadcast_to(one.squeeze(), n_items) for one in offsets) if offsets else None
        self._body = open_session(parts.body)
        self._hidden = self._body.get_outputs()[0].name
        self._head = Head(
            vectors, None if total is None else np.array(total, np.float32), _multiplier, _largest()
        )

    def run(self, items: Items) -> list[Bounded | None]:
        """Return the logits after each history; None where they are no numbers.

        Args:
            items: as :meth:`export.runtime.OnnxModel.checked` gives them, at least one history.
        """
        hidden: Logits = self._body.run([self._hidden], {"items": items})[0]
        return self._head.of(hidden)


def open_head(model: OnnxModel, least: int = LEAST) -> OpenHead | None:
    """Return the head of a model; None when its graph has none, or when it would not pay.

    Args:
        model: runs on a processor; on a GPU all logits are quick.
        least: of fewer items none is made.
    """
    n_items = len(model.catalogue)
    if n_items < least or model.providers != ["CPUExecutionProvider"]:
        return None
    try:
        parts = cut(model.entry.read(GRAPH))
        head = OpenHead(parts, n_items) if parts else None
        return head if head and _gives_the_same(model, head) else None
    except Exception:  # noqa: BLE001 - whatever onnxruntime has against the parts, the whole graph runs
        return None


def _gives_the_same(model: OnnxModel, head: OpenHead) -> bool:
    random, n_items = np.random.default_rng(0), len(model.catalogue)
    items = random.integers(1, n_items + 1, (_HISTORIES, min(10, model.max_length)))
    looked = 0
    for logits, bounded in zip(model.logits(items), head.run(items), strict=True):
        if bounded is None:
            return False
        columns, found = bounded.best(min(_BEST, n_items))
        highest = np.sort(logits)[::-1][: len(found)]
        off = np.abs([found - logits[columns], found - highest]) / np.maximum(1.0, np.abs(highest))
        if off.max() > _OFF:
            return False
        looked += bounded.looked
    return looked <= _HISTORIES * max(_SHARE * n_items, _FEW * _BEST)


def _largest() -> int:
    """Return how large weights may be here: with 8 bits, onnxruntime multiplies wrongly on older processors."""
    whole = np.full((64, 64), WIDE, np.int8)
    multiply = _multiplier(whole)
    right = all(
        (multiply(np.full((rows, 64), 255, np.uint8)) == 64 * WIDE * (255 - ZERO)).all() for rows in (1, 8)
    )
    return WIDE if right else NARROW


def _multiplier(whole: npt.NDArray[np.int8]) -> Callable[[npt.NDArray[np.uint8]], Whole]:
    session = open_session(product(whole.T, ZERO))

    def multiply(wholes: npt.NDArray[np.uint8]) -> Whole:
        sums: Whole = session.run(["sums"], {"wholes": wholes})[0]
        return sums

    return multiply
