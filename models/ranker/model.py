"""The ranker behind the contract of all models."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from export import explain
from export.explain import Explained
from models.base import Recommender, Run
from models.blend.mean import Mean
from models.blend.model import Blend
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.ranker.columns import columns
from models.ranker.features import names
from models.ranker.learning import learn, lists
from models.ranker.network import RAMP, Network, Scorer


class CandidateRanker(Recommender):
    """Orders the best items of a blend anew.

    Args:
        config: how.
        blend: that was learned already.
    """

    kind: ClassVar[str] = "ranker"

    def __init__(self, config: TrainConfig, blend: Blend) -> None:
        super().__init__(config)
        self.blend = blend
        self._columns: dict[str, Tensor] = {}
        self._scorer: Scorer | None = None
        self._targets = 0

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Learn from what is validated by; the blend must have been fitted before. Without targets it is the blend."""
        settings = self.config.ranker
        self._look(log)
        torch.manual_seed(self.config.seed)
        self._scorer = Scorer(len(self._features()), settings.hidden, settings.dropout).eval()
        if run.targets is None or run.seconds_left <= 0:
            return
        given = lists(self._made(self._scorer), run.targets, self.config.max_length)
        self._targets = len(given.right)
        learn(self._scorer, given, settings, self.config.seed, run)

    def refit(self, log: InteractionLog, run: Run) -> None:
        """Let the blend's parts learn again, and look at the items anew; how candidates are ordered stays."""
        self.blend.refit(log, run)
        self._look(log)

    def network(self) -> nn.Module:
        """Return the network; its logits are those of the blend, and for its best items something more."""
        assert self._scorer is not None, "fit comes first"  # noqa: S101
        return self._made(self._scorer)

    def parts(self) -> tuple[Recommender, ...]:
        """Return the models that the blend is made of."""
        return self.blend.parts()

    def explained(self) -> Explained:
        """Return how its logits are made of features; of a scorer that learned nothing, as the blend's are."""
        blend, scorer = self.blend.explained(), self._scorer
        if scorer is None or not self._targets:
            return blend
        first, second = (layer for layer in scorer.layers if isinstance(layer, nn.Linear))
        said = explain.Scorer(
            _exact(scorer.centre),
            _exact(scorer.spread),
            (_exact(first.weight), _exact(first.bias)),
            (_exact(second.weight), _exact(second.bias)),
            _exact(scorer.last.weight[0]),
            RAMP,
        )
        return replace(blend, names=self._features(), scorer=said)

    def settings(self) -> dict[str, object]:
        """Return what it looks at, and the blend's settings."""
        return {
            "features": self._features(),
            "targets": self._targets,
            "candidates": self.config.ranker.candidates,
            "blend": self.blend.settings(),
        }

    def _features(self) -> list[str]:
        return names([part.kind for part in self.parts()], list(self._columns))

    def _look(self, log: InteractionLog) -> None:
        found = columns(log)
        self._columns = {name: torch.from_numpy(np.asarray(values)) for name, values in found.items()}

    def _made(self, scorer: Scorer) -> Network:
        blend = self.blend.network()
        assert isinstance(blend, Mean)  # noqa: S101
        return Network(
            blend, torch.stack(list(self._columns.values()), -1), scorer, self.config.ranker.candidates
        )


def _exact(values: Tensor) -> npt.NDArray[np.float64]:
    return values.detach().to(torch.float64).numpy()
