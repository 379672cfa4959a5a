"""A search of settings begins with what the champion chose, and ends no worse where there is time."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Any

import orjson
import pytest

from models.base import Run
from models.beginning import chosen_before, restored
from models.config import TrainConfig
from models.item_to_item import ItemToItem, Settings
from models.repeats.settings import RepeatsSettings
from models.sessions.model import Chosen
from tests.models.retraining.conftest import CONFIG, log_of, rows

LOG = log_of(rows())
OTHER = replace(
    Settings(), recency=0.7, repeat=4.0, counting=replace(Settings().counting, window=50, decay=0.97)
)


def stored(settings: Any) -> Any:
    """Return settings as they come from a card."""
    return orjson.loads(orjson.dumps(asdict(settings)))


def fitted(before: Any, seconds: float, validate: Any = lambda _: 0.0) -> ItemToItem:
    model = ItemToItem(CONFIG)
    if before is not None:
        model.begin_with(before)
    model.fit(LOG, Run(CONFIG, validate, time.monotonic() + seconds))
    return model


def test_without_time_it_is_what_the_champion_chose() -> None:
    assert fitted(None, 0.0).chosen == Settings()
    assert fitted(stored(OTHER), 0.0).chosen == OTHER


def test_with_time_the_defaults_are_tried_first_and_win_where_they_are_better() -> None:
    values = iter([0.1, 0.2])
    assert fitted(stored(OTHER), 1e6, lambda _: next(values, 0.0)).chosen == Settings()
    values = iter([0.2, 0.1])
    assert fitted(stored(OTHER), 1e6, lambda _: next(values, 0.0)).chosen == OTHER


@pytest.mark.parametrize(
    "changed",
    [
        {"recency": None},
        {"recency": "0.7"},
        {"recency": True},
        {"counting": 3},
        {"counting": {**stored(OTHER)["counting"], "window": 2.5}},
        {"counting": {"window": 3}},
        {"repeat": 1e400},
    ],
)
def test_what_are_no_such_settings_is_passed_over(changed: dict[str, Any]) -> None:
    assert fitted({**stored(OTHER), **changed}, 0.0).chosen == Settings()


def test_settings_come_back_as_they_were() -> None:
    for one in (Chosen(), Chosen(gap_minutes=30.0, neighbours=7), replace(Chosen(), gap_minutes=None)):
        found = restored(Chosen(gap_minutes=5.0), {**stored(one), "more": 1})
        assert (found, repr(found)) == (one, repr(one))


def test_of_a_blend_and_a_ranker_each_part_is_known_unless_it_was_told_something_else() -> None:
    told = TrainConfig(repeats=RepeatsSettings(recencies=(0.5,)))
    parts = {"power": 0.5, "item-to-item": stored(OTHER), "repeats": {"recency": 0.5, "popularity": 0.01}}
    for model, settings in (("blend", parts), ("ranker", {"targets": 3, "blend": parts})):
        card = {"model": model, "settings": settings, "config": told.model_dump(mode="json")}
        assert chosen_before(card, told).items() >= {k: parts[k] for k in ("item-to-item", "repeats")}.items()
        now = chosen_before(card, TrainConfig())
        assert "repeats" not in now
        assert now["item-to-item"] == parts["item-to-item"]


@pytest.mark.parametrize(
    "card", [{}, {"config": {}}, {"config": {}, "model": "ease", "settings": [1]}, {"config": 1}]
)
def test_a_card_that_says_nothing_of_it_is_none(card: dict[str, Any]) -> None:
    assert chosen_before(card, TrainConfig()).get("ease") is None
