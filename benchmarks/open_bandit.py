"""Open Bandit's log (Y. Saito, S. Aihara, M. Matsutani, Y. Narita, *Open Bandit Dataset and Pipeline*, NeurIPS 2021) as
impressions and interactions: what a fashion shop showed, at random and with known chances, and what was clicked.

The random policy showed one of 80 items in the campaign ``all`` and one of 34 in ``men``; the log has no model, no
visitor and no page. So each row is a visitor of its own, and is scored by a logistic regression that was fitted to the
other days. Items and most features of the user say nothing that 84 clicks could tell; whether the user clicked
anything before does, and so *known* are users who did.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from models.calibration import score_edges
from monitoring.edges import Edges
from monitoring.watching import ModelWatch, WatchSettings
from pandian.events import Feedback, Impression, Interaction, encode
from streams.feedback.base import JoinPolicy
from streams.feedback.join import PartitionJoin

CAMPAIGNS = ("all", "men")
FILES = tuple(f"open-bandit/random-{campaign}.csv.gz" for campaign in CAMPAIGNS)
MODEL, VERSION = "logistic", "open-bandit"
NAME = (MODEL, VERSION)
#: An action counts for an impression for an hour; it comes a second after it, as the log does not say when.
POLICY = JoinPolicy(attribution_ms=3_600_000, lateness_ms=60_000, most=100_000)
_LATER_MS = 1_000

Floats = npt.NDArray[np.float64]


class Row(NamedTuple):
    """A row of the log."""

    campaign: str
    number: int
    time: int
    item: str
    position: int
    clicked: bool
    propensity: float
    feature: str
    """The first of the user's features, a hash: the log does not say of what."""
    before: float
    """The user's affinities for all items together: clicks in the past."""


def rows(folder: Path) -> list[Row]:
    """Return the rows of both campaigns by time."""
    found = [
        row for campaign, name in zip(CAMPAIGNS, FILES, strict=True) for row in _read(campaign, folder / name)
    ]
    return sorted(found, key=lambda row: row.time)


def _read(campaign: str, file: Path) -> Iterator[Row]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            number, time, item, position, click, propensity, *user = line.split(",")
            yield Row(
                campaign,
                int(number),
                int(datetime.fromisoformat(time).timestamp() * 1_000),
                f"{campaign}-{item}",
                int(position) - 1,
                click == "1",
                float(propensity),
                user[1],
                sum(map(float, user[4:])),
            )


def scores(log: list[Row]) -> Floats:
    """Return of each row, (n,), how probable a click is after what was clicked on the other days."""
    inputs = DictVectorizer().fit_transform([_inputs(row) for row in log])
    clicked = np.array([row.clicked for row in log])
    days = np.array([row.time // 86_400_000 for row in log])
    found = np.zeros(len(log))
    for day in np.unique(days):
        other = days != day
        model = LogisticRegression(C=10, max_iter=200).fit(inputs[other], clicked[other])
        found[~other] = model.predict_proba(inputs[~other])[:, 1]
    return found


def _inputs(row: Row) -> dict[str, str]:
    return {
        "campaign": row.campaign,
        "position": str(row.position),
        "feature": row.feature,
        "before": str(min(int(row.before), 2)),
    }


def labelled(log: list[Row], scored: Floats) -> list[Feedback]:
    """Return the labels that the join gives to impressions and clicks which it reads as they came."""
    join = PartitionJoin(POLICY)
    clicks = 0
    for offset, (row, score) in enumerate(zip(log, scored.tolist(), strict=True)):
        join.impression(offset, row.time, encode(impression(row, score)))
        if row.clicked:
            time = row.time + _LATER_MS
            action = Interaction(_user(row), row.item, "click", time)
            join.interaction(clicks, time, encode(action))
            clicks += 1
    join.nothing_came(log[-1].time + POLICY.window_ms)
    return join.labelled


def watched(labels: list[Feedback], edges: Edges, settings: WatchSettings | None = None) -> ModelWatch:
    """Return what the watcher says of these labels."""
    watch = ModelWatch(lambda _: edges, settings or WatchSettings(window=max(1, len(labels))))
    values = [encode(label) for label in labels]
    for start in range(0, len(values), 1_000):
        part = values[start : start + 1_000]
        watch.take(0, part, start + len(part), labels[start + len(part) - 1].time)
    return watch


def edges_of(scored: Floats) -> Edges:
    """Return the edges that a card of such scores has."""
    return Edges(score_edges(scored))


def _user(row: Row) -> str:
    return f"{row.campaign}-{row.number}"


def impression(row: Row, score: float) -> Impression:
    """Return a row as the impression that a shop which logs its propensities writes."""
    request = _user(row)
    segments = {
        "user": "known" if row.before else "new",
        "group": row.campaign,
        "source": f"position {row.position + 1}",
    }
    return Impression(
        f"{request}:{row.position}",
        request,
        request,
        row.item,
        row.position,
        score,
        MODEL,
        VERSION,
        row.time,
        row.propensity,
        segments=segments,
    )
