"""The probabilities of a model by the labels of what it showed: its order stays, and nothing is trained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from export.files import write_files
from export.registry import Entry
from export.registry.base import CARD
from export.runtime import calibrated
from models.calibration import LEAST, Floats, Shown, calibrate, rising
from models.comparison import Comparison, compare
from models.data.log import Codes
from models.data.shown import ShownItems

#: Scores are kept so far from 0 and 1, where the logit has no value.
_EDGE = 1e-9


@dataclass(frozen=True)
class Recalibration:
    """What new probabilities of a model would be, and how good they are."""

    slope: float
    """Of the logit of the probabilities as they were."""
    offset: float
    labels: int
    """By which they were found, the newer half of which they were tried on as well."""
    promised: float
    """Positive labels divided by the sum of the probabilities as they were: 1 is right."""
    likelihood: Comparison
    """Of the mean logarithm of the probability of what came, on the newer half, found by the older one alone."""

    @property
    def why(self) -> str:
        """Say it in a sentence."""
        found = self.likelihood
        said = "surely better" if found.better else "not surely better"
        return (
            f"its probabilities by {self.labels:,} labels, {self.promised:.2f} times as many of them acted on as it"
            f" said, are {said}: log loss {-found.challenger:.4f} against {-found.champion:.4f}, less by"
            f" {found.difference:.4f} (95 %: {found.low:.4f} to {found.high:.4f}) on the newer half"
        )


def recalibrate(entry: Entry, shown: ShownItems, since: int | None = None) -> Recalibration | None:
    """Find new probabilities of a model; None where there are too few labels of what it showed.

    They are found by the older half of the labels and tried on the newer half; what is told then is found by all.
    Platt scaling of the probabilities as they were, so that the order of items stays.

    Args:
        entry: the model.
        shown: labels of any models.
        since: epoch milliseconds: where there are enough labels of what was shown since, older ones do not count.
    """
    mine = shown.of(str(entry.reference))
    late = mine.since(since) if since is not None else mine
    for labels in (late, mine):
        halves = np.array_split(np.argsort(labels.times, kind="stable"), 2)
        if all(_enough(labels.acted[half]) for half in halves):
            return _recalibrated(labels, *halves)
    return None


def write_recalibrated(entry: Entry, found: Recalibration, out: Path) -> Entry:
    """Write an entry anew with other probabilities; the folder appears complete, or not at all.

    Args:
        entry: stays as it is.
        found: the probabilities.
        out: must not exist, or be empty.

    Raises:
        EntryError: when a file of the entry cannot be read.
        RegistryError: when the folder is not empty, or cannot be written.
    """
    before = entry.card["calibration"]
    edges = np.array(entry.card["score_edges"], np.float64)
    card: dict[str, Any] = {
        **entry.card,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "calibration": {
            "slope": found.slope * before["slope"],
            "offset": found.slope * before["offset"] + found.offset,
            "shown": found.labels,
        },
        "score_edges": rising(calibrated(_logits(edges), found.slope, found.offset)),
        "recalibrated": {
            "from": entry.version,
            "promised": found.promised,
            "log_loss": {"before": -found.likelihood.champion, "after": -found.likelihood.challenger},
        },
    }
    return write_files(out, card, {name: entry.read(name) for name in entry.files if name != CARD})


def _enough(acted: Any) -> bool:
    positive = int(acted.sum())
    return min(positive, len(acted) - positive) >= LEAST


def _recalibrated(labels: ShownItems, older: Codes, newer: Codes) -> Recalibration:
    logits, users = (
        _logits(labels.scores),
        labels.users.dictionary_encode().indices.to_numpy().astype(np.int64),
    )
    slope, offset = calibrate(Shown(logits[older], labels.acted[older], users[older]))
    likelihood = compare(
        _log_likelihood(labels.scores[newer], labels.acted[newer]),
        _log_likelihood(calibrated(logits[newer], slope, offset), labels.acted[newer]),
        users[newer],
    )
    slope, offset = calibrate(Shown(logits, labels.acted, users))
    promised = float(labels.acted.sum() / max(labels.scores.sum(), _EDGE))
    return Recalibration(slope, offset, len(labels), promised, likelihood)


def _logits(scores: Floats) -> Floats:
    inside = np.clip(scores, _EDGE, 1 - _EDGE)
    found: Floats = np.log(inside / (1 - inside))
    return found


def _log_likelihood(scores: Any, acted: Any) -> Floats:
    inside = np.clip(np.asarray(scores, np.float64), _EDGE, 1 - _EDGE)
    found: Floats = np.log(np.where(acted, inside, 1 - inside))
    return found
