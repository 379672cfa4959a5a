"""Alerts about a model: one when its AUC has fallen, one when it is back, none where nothing can be told."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from monitoring.auc import Auc
from monitoring.models import VersionFigures
from pandian.settings import Settings
from streams.stages.alerting import Alerting

NOTHING = Auc(0, 40, reason="no positive label yet")
GOOD = Auc(500, 2_000, 0.8, 0.78, 0.82, 0.0)
FALLEN = Auc(500, 2_000, 0.6, 0.58, 0.62, 0.0)


class Producer:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, _topic: str, _key: bytes, value: bytes, *_: object) -> asyncio.Future[None]:
        self.sent.append(orjson.loads(value))
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


@pytest.fixture
def producer() -> Producer:
    return Producer()


@pytest.fixture
def alerting(producer: Producer) -> Alerting:
    made = Alerting(SimpleNamespace(app=SimpleNamespace(producer=producer), settings=Settings()))  # type: ignore[arg-type]
    made._follower = SimpleNamespace(caught_up=True)  # type: ignore[assignment]
    return made


@pytest.mark.parametrize(("recent", "reference"), [(NOTHING, NOTHING), (NOTHING, GOOD), (GOOD, NOTHING)])
async def test_labels_of_one_kind_alone_tell_nothing(
    alerting: Alerting, producer: Producer, recent: Auc, reference: Auc
) -> None:
    await alerting.judge(VersionFigures("shop", "1", recent, recent, reference))
    assert producer.sent == []


async def test_a_fall_is_told_once_and_so_is_its_end(alerting: Alerting, producer: Producer) -> None:
    for recent in (FALLEN, FALLEN, NOTHING, GOOD, GOOD):
        await alerting.judge(VersionFigures("shop", "1", recent, recent, GOOD))
    assert [one["state"] for one in producer.sent] == ["firing", "resolved"]
    assert producer.sent[0]["alert_id"] == producer.sent[1]["alert_id"]
    assert "0.600 (0.580 to 0.620)" in producer.sent[0]["text"]
