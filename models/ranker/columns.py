"""What is known of items beside what models expect of them: one number an item and column, kept inside the graph.

A column of another kind, such as a price or the likeness of texts, is one entry more in :func:`columns`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.data.log import InteractionLog
from models.popularity import log_shares

#: Half-lives of popularity, as shares of the time that the log spans: their differences are the trend.
_HALF_LIVES = {
    "popularity": 0.0,
    "popularity lately": 1 / 8,
    "popularity now": 1 / 32,
    "popularity at once": 1 / 128,
}


def columns(log: InteractionLog) -> dict[str, npt.NDArray[np.float32]]:
    """Return columns by name, each finite [n_items]; the names and their order do not depend on the log."""
    span = float(log.times[-1] - log.times[0])
    return {name: log_shares(log, share * span) for name, share in _HALF_LIVES.items()}
