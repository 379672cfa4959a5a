"""From logits to probabilities, and how well they tell right from wrong: what live figures are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from export.registry.card import EDGES
from export.runtime import calibrated
from models.data.histories import Targets
from models.data.log import Codes, InteractionLog
from models.data.shown import Pages
from models.evaluation import Score

Floats = npt.NDArray[np.float64]

#: For each item that was right, so many others are drawn by how often they occur: a page that shows popular items.
OTHERS = 3
#: Targets that are looked at, at most.
TARGETS = 4_000
#: Of what was really shown, labels of either kind that it takes at least.
LEAST = 100
_BATCH_LOGITS = 4_000_000
#: The least slope: scores must rise with logits, also where those say nothing.
_LEAST_SLOPE = 1e-3
_Z95 = 1.959964


@dataclass(frozen=True)
class Shown:
    """Logits of items that were shown, or as if they had been: those that were right, and others."""

    logits: Floats
    labels: npt.NDArray[np.bool_]
    users: Codes
    really: bool = False
    """Whether people have seen them."""


def show(
    score: Score,
    targets: Targets,
    log: InteractionLog,
    max_length: int,
    seed: int,
    most: int = TARGETS,
) -> Shown:
    """Return the logits of targets and of items drawn by popularity, each with the user's history before the target.

    Args:
        score: the model.
        targets: of the validation; those that ``log`` does not know are left out.
        log: what the model learned from: items are drawn from its rows.
        max_length: items of a history that the model is given.
        seed: of what is drawn.
        most: targets that are looked at, at most; they are drawn.
    """
    random = np.random.default_rng(seed)
    known = np.flatnonzero(log.counts()[targets.items] > 0)
    asked = targets.take(known).sample(most, seed)
    size = max(1, min(512, _BATCH_LOGITS // log.n_items))
    parts: list[tuple[Floats, npt.NDArray[np.bool_], Codes]] = []
    for start in range(0, len(asked), size):
        chosen = asked.order[start : start + size]
        right = asked.items[chosen, None]
        others = log.items[random.integers(0, len(log), (len(chosen), OTHERS))]
        items = np.concatenate([right, others], 1)
        labels = np.zeros(items.shape, bool)
        labels[:, 0] = True
        kept = labels | (items != right)
        logits = np.take_along_axis(score(asked.inputs(chosen, max_length)), items, 1).astype(np.float64)
        users = np.broadcast_to(asked.users[chosen, None], items.shape)
        parts.append((logits[kept], labels[kept], users[kept]))
    if not parts:
        return Shown(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64))
    logits, labels, users = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Shown(logits, labels, users)


def show_again(score: Score, pages: Pages, max_length: int, n_items: int) -> Shown | None:
    """Return the logits of what was shown, each with the user's history before the page; None where it is too little.

    What people saw another model had chosen. As the chance that an item is acted on is asked for by its logit, that
    does no harm where it depends on nothing else that the other model knew.

    Args:
        score: the model, which has not learned from what came of these pages.
        pages: what was shown.
        max_length: items of a history that the model is given.
        n_items: size of the catalogue.
    """
    acted = int(pages.acted.sum())
    if min(acted, len(pages) - acted) < LEAST:
        return None
    logits = np.empty(len(pages))
    by_page = np.argsort(pages.places, kind="stable")
    borders = np.searchsorted(pages.places[by_page], np.arange(len(pages.asked) + 1))
    size = max(1, min(512, _BATCH_LOGITS // n_items))
    for start in range(0, len(pages.asked), size):
        chosen = pages.asked.order[start : start + size]
        labels = np.concatenate([by_page[borders[page] : borders[page + 1]] for page in chosen])
        rows = np.repeat(np.arange(len(chosen)), borders[chosen + 1] - borders[chosen])
        logits[labels] = score(pages.asked.inputs(chosen, max_length))[rows, pages.items[labels]]
    return Shown(logits, pages.acted, pages.asked.users[pages.places], really=True)


def calibrate(shown: Shown) -> tuple[float, float]:
    """Return slope and offset of the probability, sigmoid(slope · logit + offset), that a shown item is right.

    Platt scaling with his targets, which keep probabilities off 0 and 1 (Platt 1999; Lin, Lin and Weng, 2007).
    """
    labels, n = shown.labels, len(shown.labels)
    right = int(labels.sum())
    if not 0 < right < n:
        return 1.0, 0.0
    wanted = np.where(labels, (right + 1) / (right + 2), 1 / (n - right + 2))
    centre, spread = float(shown.logits.mean()), float(shown.logits.std()) or 1.0
    inputs = (shown.logits - centre) / spread
    slope, offset = _logistic(inputs, wanted, fixed=None)
    slope, offset = slope / spread, offset - slope * centre / spread
    if not slope >= _LEAST_SLOPE:
        _, offset = _logistic(shown.logits - centre, wanted, fixed=_LEAST_SLOPE)
        slope, offset = _LEAST_SLOPE, offset - _LEAST_SLOPE * centre
    return slope, offset


def _logistic(inputs: Floats, wanted: Floats, fixed: float | None) -> tuple[float, float]:
    """Return slope and offset of a logistic regression by Newton's method; a ``fixed`` slope stays."""
    slope, offset = (0.0 if fixed is None else fixed), 0.0
    for _ in range(50):
        expected = calibrated(inputs, slope, offset)
        weight = expected * (1 - expected)
        error = wanted - expected
        gradient = np.array([(error * inputs).sum(), error.sum()])
        cross = (weight * inputs).sum()
        curvature = np.array([[(weight * inputs**2).sum(), cross], [cross, weight.sum()]]) + 1e-9 * np.eye(2)
        if fixed is not None:
            step = np.array([0.0, gradient[1] / curvature[1, 1]])
        else:
            step = np.linalg.solve(curvature, gradient)
        step = np.clip(step, -5, 5)
        slope, offset = slope + float(step[0]), offset + float(step[1])
        if np.abs(step).max() < 1e-10:
            break
    return slope, offset


def score_edges(scores: Floats) -> list[float]:
    """Return 1,023 rising numbers that cut scores into 1,024 buckets of like sizes, as far as they differ."""
    if not len(scores):
        scores = np.linspace(0, 1, EDGES + 2)[1:-1]
    return rising(np.quantile(scores, np.arange(1, EDGES + 1) / (EDGES + 1)))


def rising(numbers: Floats) -> list[float]:
    """Return numbers that do not fall, each a little higher than the last where they are equal."""
    edges: list[float] = numbers.tolist()
    for place in range(1, len(edges)):
        if edges[place] <= edges[place - 1]:
            edges[place] = float(np.nextafter(edges[place - 1], np.inf))
    return edges


def auc(shown: Shown) -> dict[str, float]:
    """Return the area under the ROC curve with its 95 % interval: value, low, high.

    The variance is that of its structural components (DeLong et al., 1988), summed by user first, as what one user
    does is no independent evidence (Obuchowski, 1997). Without items of both kinds it is .5, from 0 to 1.
    """
    labels = shown.labels
    right, wrong = shown.logits[labels], shown.logits[~labels]
    if not len(right) or not len(wrong):
        return {"value": 0.5, "low": 0.0, "high": 1.0}
    of_right = _share_below(np.sort(wrong), right)
    of_wrong = 1 - _share_below(np.sort(right), wrong)
    value = float(of_right.mean())
    influence = np.empty(len(labels))
    influence[labels] = (of_right - value) / len(right)
    influence[~labels] = (of_wrong - value) / len(wrong)
    _, user = np.unique(shown.users, return_inverse=True)
    by_user = np.bincount(user, influence)
    n = len(by_user)
    if n < 2:
        return {"value": value, "low": 0.0, "high": 1.0}
    error = float(np.sqrt((by_user**2).sum() * n / (n - 1)))
    return {
        "value": value,
        "low": max(0.0, value - _Z95 * error),
        "high": min(1.0, value + _Z95 * error),
    }


def _share_below(ordered: Floats, values: Floats) -> Floats:
    """Return the share of ``ordered`` that is below each value; what is equal counts half."""
    below = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    share: Floats = below / (2 * len(ordered))
    return share


def document(shown: Shown) -> dict[str, Any]:
    """Return ``calibration``, ``score_edges`` and ``reference_auc`` of a card."""
    slope, offset = calibrate(shown)
    return {
        "calibration": {"slope": slope, "offset": offset, "shown": len(shown.labels) if shown.really else 0},
        "score_edges": score_edges(calibrated(shown.logits, slope, offset)),
        "reference_auc": auc(shown),
    }
