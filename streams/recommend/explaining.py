"""What moved the logits of an answer's items, for those who ask for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace

from export.explain import EXPLAINED, Explainer, open_explainer
from export.runtime import OnnxModel
from pandian.events import Contribution, Recommended
from streams.recommend.base import Ranker
from streams.worklog import logger

log = logger("recommend")

#: Contributions of an item, the largest.
MOST = 5
#: What takes longer is not waited for. The first time, a model's graph is read once more.
_PATIENCE_SECONDS = 1.0


class Explaining:
    """Explains what one model says; nothing is opened before somebody asks.

    Args:
        model: the loaded entry.
    """

    def __init__(self, model: OnnxModel) -> None:
        self._model = model
        self._opening = threading.Lock()
        self._opened = EXPLAINED not in model.entry.files
        self._explainer: Explainer | None = None

    async def of(self, history: Sequence[str], items: Sequence[str]) -> Sequence[list[Contribution] | None]:
        """Return what moved the logit of each item, the largest first; None where nothing says.

        It runs in a thread of its own: neither the event loop nor the models wait.
        """
        if self._opened and self._explainer is None:
            return [None] * len(items)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await asyncio.to_thread(self._explained, history, items)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is as good without
            log.warning(
                "%s %s explains nothing: %s",
                self._model.entry.model,
                self._model.entry.version,
                type(error).__name__,
            )
            return [None] * len(items)

    def _explained(self, history: Sequence[str], items: Sequence[str]) -> Sequence[list[Contribution] | None]:
        with self._opening:
            if not self._opened:
                self._explainer = open_explainer(self._model)
                self._opened = True
        if self._explainer is None:
            return [None] * len(items)
        return self._explainer.of(history, items)


async def explained(
    ranker: Ranker, history: Sequence[str], items: tuple[Recommended, ...]
) -> tuple[Recommended, ...]:
    """Return items with what moved their logits, those that the ranker proposed and has features of.

    Args:
        ranker: answered.
        history: what it answered from, oldest first.
        items: of the answer.
    """
    found = await ranker.explain(history, [one.item_id for one in items])
    return tuple(
        one
        if moved is None or one.sources != (ranker.source,)
        else replace(one, contributions=tuple(moved[:MOST]))
        for one, moved in zip(items, found, strict=True)
    )
