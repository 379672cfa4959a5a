"""A blend behind the contract of all models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from torch import nn

from export.explain import Explained
from models.base import Recommender, Run
from models.blend.mean import Mean
from models.blend.weighing import Weighed, ask, weigh
from models.config import TrainConfig
from models.data.log import InteractionLog


class Blend(Recommender):
    """Models that were learned already, and how much each counts, which is found in validation.

    Args:
        config: how.
        sources: models of different kinds; those that add nothing are left out.
    """

    kind: ClassVar[str] = "blend"

    def __init__(self, config: TrainConfig, sources: Sequence[Recommender]) -> None:
        super().__init__(config)
        self._offered = tuple(sources)
        count = len(self._offered)
        self._weighed = Weighed(
            tuple(range(count)), (1 / count,) * count, config.blend.powers[0], 1.0, float("inf")
        )

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Find what each counts; the models must have been fitted before. Without targets all count the same."""
        if run.targets is None or run.seconds_left <= 0:
            return
        networks = [source.network() for source in self._offered]
        run.progress(self.kind, 0.0)
        asked = ask(networks, run.targets, log.n_items, self.config.max_length, self.config.blend.candidates)
        self._weighed = weigh(asked, self.config.blend)

    def refit(self, log: InteractionLog, run: Run) -> None:
        """Let all of them learn again, each in its part of the time that is left."""
        parts = self.parts()
        for number, source in enumerate(parts):
            share = max(0.0, run.seconds_left) / (len(parts) - number)
            source.refit(log, replace(run, deadline=time.monotonic() + share))

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of probabilities, but for a constant of each history."""
        found = self._weighed
        return Mean(
            [source.network() for source in self.parts()], found.weights, found.power, found.sharpness
        )

    def parts(self) -> tuple[Recommender, ...]:
        """Return the models that count."""
        return tuple(self._offered[number] for number in self._weighed.sources)

    def explained(self) -> Explained:
        """Return how its logits are made of what each part expects."""
        found = self._weighed
        names = [f"{source.kind} expects" for source in self.parts()]
        return Explained(names, found.weights, found.power, found.sharpness, None)

    def settings(self) -> dict[str, object]:
        """Return what each counts, and what each chose."""
        found = self._weighed
        kinds = [source.kind for source in self.parts()]
        return {
            "power": found.power,
            "sharpness": round(found.sharpness, 4),
            "weights": dict(zip(kinds, (round(weight, 4) for weight in found.weights), strict=True)),
            **{source.kind: source.settings() for source in self.parts()},
        }
