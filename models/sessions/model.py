"""Session neighbours behind the contract of all models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from torch import nn

from models.config import TrainConfig
from models.data.histories import Histories
from models.data.log import InteractionLog
from models.data.sessions import cut, natural_gap
from models.popularity import log_shares
from models.search import Prepared, Searched
from models.sessions.network import Network, Weighing
from models.sessions.tables import Tables, make_tables

#: Half-life of popularity, as a share of the time that the log spans.
_HALF_LIFE = 1 / 16

_TRIED: tuple[tuple[tuple[str, ...], tuple[tuple[float, ...], ...]], ...] = (
    (("decay", "match"), ((0.4, 0.4), (0.3, 0.3), (0.8, 0.8))),
    (("same",), ((2.0,), (0.5,), (4.0,))),
    (("neighbours",), ((100,), (250,))),
    (("popularity",), ((0.01,), (0.0001,))),
    (("before",), ((0.8,), (0.3,))),
    (("distance",), ((1.0,), (0.0,))),
    (("rare",), ((0.5,), (1.5,))),
    (("decay",), ((0.5,), (0.2,), (0.7,))),
    (("match",), ((0.5,), (0.2,), (0.7,))),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen in validation."""

    gap_minutes: float | None = None
    """A session ends where its user does nothing for so long; None: a user is one session."""
    neighbours: int = 500
    """Sessions that say what comes next."""
    weighing: Weighing = field(default_factory=Weighing)


class SessionNeighbours(Searched[Chosen]):
    """Sessions that have items in common with the history, the newest and those most like it."""

    kind: ClassVar[str] = "sessions"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config, Chosen(config.sessions.gap_minutes, config.sessions.neighbours))

    def prepared(self, log: InteractionLog) -> Prepared[Chosen]:
        """Cut the log into sessions, the newest of which are kept."""
        learner = _Learner(log, self.config)
        return learner.network, list(_alternatives(self.config, learner.natural_gap))

    def changed(self, chosen: Chosen, change: Mapping[str, Any]) -> Chosen:
        """Return settings with a change, be it of how sessions are weighed."""
        own = {name: value for name, value in change.items() if name in Chosen.__slots__}
        others = {name: value for name, value in change.items() if name not in own}
        return replace(chosen, weighing=replace(chosen.weighing, **others), **own)


def _alternatives(config: TrainConfig, gap_minutes: float | None) -> Iterator[dict[str, Any]]:
    """Yield changes in the order in which they are tried, those that matter most first."""
    if config.sessions.gap_minutes is None and gap_minutes is not None:
        yield {"gap_minutes": gap_minutes}
    for names, values in _TRIED:
        for value in values:
            if names != ("neighbours",) or value[0] < config.sessions.neighbours:
                yield dict(zip(names, value, strict=True))


class _Learner:
    """Makes networks of one log; tables are made once for each gap."""

    def __init__(self, log: InteractionLog, config: TrainConfig) -> None:
        self._histories = Histories(log)
        self._settings = config.sessions
        self._n_items = log.n_items
        span = float(log.times[-1] - log.times[0])
        self._shares = np.exp(log_shares(log, _HALF_LIFE * span).astype(np.float64))
        self._tables: tuple[float | None, Tables] | None = None
        gap = natural_gap(self._histories)
        self.natural_gap = None if gap is None else round(gap / 60, 2)
        """Minutes that tell breaks from pauses, None where there are not both."""

    def network(self, chosen: Chosen) -> nn.Module:
        if self._tables is None or self._tables[0] != chosen.gap_minutes:
            gap_s = None if chosen.gap_minutes is None else 60 * chosen.gap_minutes
            sessions = cut(self._histories, gap_s)
            self._tables = (
                chosen.gap_minutes,
                make_tables(self._histories, sessions, self._n_items, self._settings),
            )
        settings = self._settings.model_copy(update={"neighbours": chosen.neighbours})
        return Network(self._tables[1], self._shares, chosen.weighing, settings)
