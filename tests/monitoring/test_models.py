"""Figures of the newest window as Prometheus reads them: in whole, by segment, and corrected where that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry

from monitoring.auc import auc
from monitoring.edges import Edges
from monitoring.histogram import Histogram
from monitoring.models import FIGURES, ModelCollector, VersionFigures
from monitoring.watching import ModelWatch, WatchSettings
from pandian.events import encode
from tests.monitoring.watching.labels import labels


class Watched:
    """What one worker knows of one version: figures of a real watcher, and no labels of partitions."""

    def __init__(self, propensity: float | None) -> None:
        watch = ModelWatch(lambda _: Edges(np.linspace(0.01, 0.99, 99)), WatchSettings(window=500))
        known = [*labels(900, propensity=propensity), *labels(90, first=901, propensity=propensity and 0.0)]
        watch.take(0, list(map(encode, known)), len(known), 1)
        (self.document,) = watch.documents().values()

    def owned(self) -> bool:
        return True

    def figures(self) -> Sequence[VersionFigures]:
        none = auc(Histogram(2))
        return [VersionFigures("shop", "1", none, none, none)]

    def waiting(self) -> int:
        return 0

    def rejected(self) -> Mapping[str, int]:
        return {}

    def actions(self) -> Mapping[str, int]:
        return {"taken": 7, "late": 2}

    def untimely(self) -> Mapping[str, int]:
        return {"early": 0, "idle": 3}

    def read(self) -> Mapping[str, int]:
        return {"taken": 5, "crowded": 4}

    def firing(self) -> Mapping[str, int]:
        return {}

    def watched(self, model: str, version: str) -> Mapping[str, Any] | None:
        return self.document


def registered(watched: Watched) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(ModelCollector(watched))
    return registry


def exported(watched: Watched, figure: str, segment: str = "", value: str = "") -> float | None:
    registry = registered(watched)
    said = {"model": "shop", "version": "1", "figure": figure, "segment": segment, "value": value}
    return registry.get_sample_value("pandian_model_figure", said)


def test_figures_of_the_window_are_exported_in_whole_and_by_segment() -> None:
    watched = Watched(0.25)
    window = watched.document["window"]
    (new,) = (one["window"] for one in watched.document["segments"] if one["value"] == "new")
    for found, where in ((window, ("", "")), (new, ("user", "new"))):
        for name in ("log_loss", "brier", "calibration", "click_rate", "purchase_rate", "items_shown"):
            assert exported(watched, name, *where) == found[name]
        for name in ("precision@5", "recall@5", "ndcg"):
            assert exported(watched, name, *where) == found["pages"][name]
        areas = [exported(watched, name, *where) for name in ("auc_low", "auc", "auc_high")]
        assert areas == [found["auc"][name] for name in ("low", "value", "high")]
        corrected = found["corrected"]
        assert exported(watched, "corrected_auc", *where) == corrected["auc"]["value"]
        assert exported(watched, "corrected_click_rate", *where) == corrected["click_rate"]
    assert all(exported(watched, name) is not None for name in FIGURES)


def test_without_propensities_nothing_is_corrected() -> None:
    watched = Watched(None)
    assert [name for name in FIGURES if exported(watched, name) is None] == [
        name for name in FIGURES if name.startswith("corrected_")
    ]


def test_what_became_of_interactions_and_which_labels_event_time_did_not_give_is_told() -> None:
    registry = registered(Watched(None))
    for name, label, counts in (
        ("pandian_feedback_interactions_total", "outcome", {"taken": 7, "late": 2}),
        ("pandian_labels_untimely_total", "why", {"early": 0, "idle": 3}),
        ("pandian_labels_watched_total", "outcome", {"taken": 5, "crowded": 4}),
    ):
        for what, count in counts.items():
            assert registry.get_sample_value(name, {label: what}) == count


def test_many_versions_that_came_once_do_not_hide_the_one_that_answers() -> None:
    class Many(Watched):
        def figures(self) -> Sequence[VersionFigures]:
            one, many = Histogram(2), Histogram(2)
            one.add(0, 0)
            for _ in range(9):
                many.add(0, 0)
            strays = [VersionFigures("shop", f"build-{n}", auc(one), auc(one), auc(one)) for n in range(50)]
            return [*strays, VersionFigures("shop", "answers", auc(many), auc(many), auc(many))]

    registry = CollectorRegistry()
    registry.register(ModelCollector(Many(None)))
    said = {"model": "shop", "version": "answers", "label": "negative"}
    assert registry.get_sample_value("pandian_labels_total", said) == 9
