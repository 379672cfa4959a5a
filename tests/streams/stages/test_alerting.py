"""Alerts: one when something begins, one when it ends, of each subject its own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from monitoring.finding import Finding
from pandian.events import ALERT_KINDS
from pandian.settings import Settings
from streams.stages.alerting import Alerting


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


def fallen(subject: str, value: float) -> Finding:
    said = f"AUC since the change: {value:.3f}"
    return Finding(
        "auc-drop",
        subject,
        said,
        0.2,
        f"The AUC of {subject} has fallen. {said}.",
        "docs/runbooks/auc-drop.md",
        77,
    )


async def test_a_fall_is_told_once_and_so_is_its_end(alerting: Alerting, producer: Producer) -> None:
    for firing in (False, True, True, False, False):
        await alerting.tell(fallen("shop@1", 0.6), firing=firing)
    assert [one["state"] for one in producer.sent] == ["firing", "resolved"]
    first, last = producer.sent
    assert first["alert_id"] == last["alert_id"]
    assert (first["since"], last["since"]) == (77, 77)
    assert "0.600" in first["text"]


async def test_each_subject_has_its_own(alerting: Alerting, producer: Producer) -> None:
    for subject in ("shop@1", "shop@2"):
        await alerting.tell(fallen(subject, 0.6), firing=True)
    await alerting.tell(fallen("shop@1", 0.8), firing=False)
    assert alerting.subjects("auc-drop") == ["shop@2"]
    assert alerting.firing() == {**dict.fromkeys(ALERT_KINDS, 0), "auc-drop": 1}


@pytest.mark.parametrize(
    "change",
    [{}, {"text": 7}, {"text": None}, {"causes": 5}, {"causes": ["x"]}, {"causes": None}, {"since": "now"}],
    ids=str,
)
async def test_what_somebody_else_wrote_is_shown_where_it_is_like_an_alert(
    change: dict[str, Any], alerting: Alerting, producer: Producer
) -> None:
    await alerting.tell(fallen("shop@1", 0.6), firing=True)
    (written,) = producer.sent
    alerting._take(0, [SimpleNamespace(value=orjson.dumps(written | change)), SimpleNamespace(value=b"7")])
    assert len(alerting.alerts()) == (not change)
