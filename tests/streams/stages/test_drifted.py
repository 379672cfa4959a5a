"""Alerts of drift: each is told once, for an hour, whoever is restarted meanwhile."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from pandian.settings import Settings
from streams.stages import alerting
from streams.stages.drifted import drifted
from streams.stages.noticing import NoticingPart
from tests.streams.stages.test_alerting import Producer

HOUR_MS = 3_600_000


def drift(minute: int, aspect: str = "values", evidence: float = 8.4) -> dict[str, Any]:
    return {
        "field": "UnitPrice",
        "aspect": aspect,
        "since": {"offset": 105_000, "time": f"2026-03-01T10:{minute:02}:00Z"},
        "evidence": evidence,
        "threshold": 7.5,
        "effect": {"size": 0.929, "low": 0.5, "high": 1.0},
        "before": "Germany 1.8 %",
        "after": "Germany 21.0 %",
    }


class Worker:
    """Looks for drifts; another one knows what stands on the topic."""

    def __init__(self, producer: Producer) -> None:
        context: Any = SimpleNamespace(
            admin=None, app=SimpleNamespace(producer=producer), settings=Settings()
        )
        self._part = NoticingPart(context, dict)
        self._part._alerting._follower = SimpleNamespace(caught_up=True)  # type: ignore[assignment]
        self._part._alerting._take(0, [SimpleNamespace(value=orjson.dumps(one)) for one in producer.sent])

    async def look(self, after_ms: int, *drifts: dict[str, Any]) -> None:
        await self._part._judge_drift(
            "shop.orders", {"drift": drifts}, time.time_ns() // 1_000_000 + after_ms
        )


@pytest.mark.parametrize(
    ("aspect", "said"),
    [
        ("missing", "How much of UnitPrice is missing in shop.orders changed"),
        ("values", "The values of UnitPrice in shop.orders changed"),
    ],
)
def test_what_changed_is_said_in_words(aspect: str, said: str) -> None:
    (found,) = drifted("shop.orders", {"drift": [drift(5, aspect), drift(1, aspect)]})
    assert found.text == (
        f"{said}: Germany 1.8 % → Germany 21.0 %; evidence 10^8.4 where 10^7.5 is asked for, effect 92.9 %,"
        " since offset 105,000."
    )
    assert found.subject == f"shop.orders.UnitPrice {aspect}"


async def test_a_drift_is_told_once_and_for_an_hour_whoever_restarts() -> None:
    producer = Producer()
    first = Worker(producer)
    await first.look(0, drift(1))
    await first.look(HOUR_MS // 2, drift(1, evidence=9.0))  # another partition noticed it, too
    second = Worker(producer)
    await second.look(HOUR_MS // 2, drift(1))
    assert [one["state"] for one in producer.sent] == ["firing"]
    await second.look(HOUR_MS + 60_000, drift(1))
    assert [one["state"] for one in producer.sent] == ["firing", "resolved"]
    await second.look(2 * HOUR_MS, drift(1))
    third = Worker(producer)
    await third.look(2 * HOUR_MS, drift(0, evidence=9.0))
    assert len(producer.sent) == 2
    await third.look(2 * HOUR_MS, drift(30), drift(1))
    assert [one["state"] for one in producer.sent] == ["firing", "resolved", "firing"]
    assert producer.sent[0]["alert_id"] != producer.sent[2]["alert_id"]
    assert (
        producer.sent[1]["text"]
        == "The drift of shop.orders.UnitPrice values was told an hour ago: its alert is over."
    )
    await third.look(4 * HOUR_MS)  # counted anew: of the inventory the drift is gone
    assert [one["state"] for one in producer.sent] == ["firing", "resolved", "firing", "resolved"]


async def test_what_is_remembered_of_alerts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "_MOST_BEGUN", 3)
    producer = Producer()
    worker = Worker(producer)
    for number in range(5):
        await worker.look(0, drift(1) | {"field": f"f{number}"})
    found = worker._part._alerting
    assert [found.begun(f"shop.orders.f{number} values", "drift") is None for number in range(5)] == [
        True, True, False, False, False,
    ]  # fmt: skip
