"""Hours with a clock that is off, by the parts of a worker: the alarm that is raised names it, and no other does."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.edges import Edges
from monitoring.watching.words import finding
from pandian.events import CALIBRATION, LABEL_FAMINE
from pandian.topics import IMPRESSIONS
from tests.streams.stages.clocked import APP, CLICKS, MINUTE_MS, ClockedShop, Record, clock
from tests.support.brokers import embedded_broker

#: Of scores that are probabilities.
EDGES = Edges(np.linspace(0.02, 0.9, 200))
ACTIONS, SHOWN = (CLICKS, APP), (IMPRESSIONS,)


def lower(topic: str, record: Record) -> Record:
    """Spell the codes of items otherwise."""
    return {**record, "what": record["what"].lower().replace("-", "")} if topic != IMPRESSIONS else record


def stopped(topic: str, record: Record) -> Record | None:
    """Let nobody click."""
    return None if topic != IMPRESSIONS and record["did"] == "click" else record


@pytest.mark.parametrize(
    ("hours", "sources", "words", "window"),
    [
        (8, ACTIONS, "dated 8.0 h after they came", None),
        (-8, ACTIONS, "dated 8.0 h before they came", None),
        (3, SHOWN, "dated 3.0 h after they came", None),
        (-3, SHOWN, "dated 3.0 h before they came", None),
        # No label is known before its window is over: feedback stops so much later than what stops it.
        (8, ACTIONS, "dated 8.0 h after they came", 7_200),
        (3, SHOWN, "dated 3.0 h after they came", 7_200),
    ],
)
async def test_where_feedback_stops_the_clock_is_named(
    hours: float, sources: tuple[str, ...], words: str, window: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = ClockedShop(clock(hours, *sources))
    if window is not None:
        shop.wrong_from, shop.minutes = 200, 500
        shop.settings = shop.settings.model_copy(update={"attribution_seconds": window})
    standing = shop.run()
    assert standing is not None
    assert finding(standing).text.startswith("Feedback has stopped.")
    with embedded_broker() as broker:
        found = await shop.explained(broker.address, standing, monkeypatch)
    assert found.verdict == "data"
    assert {one.asset for one in found.causes} == set(sources)
    for one in found.suspects:
        assert (one.cause.field, one.role) == ("time" if one.cause.asset == IMPRESSIONS else "at", "time")
        assert "s before they came" in one.cause.before
        assert words in one.cause.after
        assert abs(one.since - shop.began) < 30 * MINUTE_MS
    first = found.causes[0]
    assert f"Most likely it is {first.asset}.{first.field} (the time of" in found.text
    assert f"Before: {first.before}. Since then: {first.after}." in found.text


async def test_where_probabilities_go_off_the_clock_of_one_source_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = ClockedShop(clock(8, APP), edges=EDGES)
    standing = shop.run(CALIBRATION)
    assert standing is not None
    with embedded_broker() as broker:
        found = await shop.explained(broker.address, standing, monkeypatch)
    assert found.verdict == "data"
    assert [(one.asset, one.field) for one in found.causes] == [(APP, "at")]
    assert "dated 8.0 h after they came" in found.text


@pytest.mark.parametrize("kind", [LABEL_FAMINE, CALIBRATION])
async def test_where_codes_are_others_no_clock_is_named_also_when_a_worker_is_behind(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that wait for a worker are older when they are read, and their clocks are right."""
    shop = ClockedShop(lower, edges=EDGES)
    shop.delay = lambda minute: 8.0 * MINUTE_MS if minute >= shop.wrong_from else 1_000.0
    standing = shop.run(kind)
    assert standing is not None
    with embedded_broker() as broker:
        found = await shop.explained(broker.address, standing, monkeypatch)
    assert found.verdict == "data"
    assert found.causes[0].field == "what"
    assert not {"at", "time"} & {one.field for one in found.causes}


async def test_where_nobody_clicks_no_clock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = ClockedShop(stopped)
    standing = shop.run()
    assert standing is not None
    with embedded_broker() as broker:
        found = await shop.explained(broker.address, standing, monkeypatch)
    assert not {"at", "time"} & {one.field for one in found.causes}
    assert "dated" not in found.text


def test_a_time_that_nobody_can_mean_takes_nothing_away() -> None:
    """More than a day ahead is no time: it is read as that of the record."""
    assert ClockedShop(clock(30, *ACTIONS), minutes=150).run() is None
    assert ClockedShop(clock(0), minutes=150).run() is None
