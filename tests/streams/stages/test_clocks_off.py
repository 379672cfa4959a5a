"""Where the clock of a source goes wrong, feedback stops, and the alert names the clock: a real worker."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from pandian import topics
from tests.support.brokers import embedded_broker
from tests.support.topics import create_topic, produce, read_all
from tests.support.worker import WorkerProcess

CLICKS = "shop.clicks"
HOUR_MS = 3_600_000
SETTINGS = {
    "PANDIAN_ATTRIBUTION_SECONDS": "2",
    "PANDIAN_LATENESS_SECONDS": "1",
    "PANDIAN_WATCH_REFERENCE": "300",
    "PANDIAN_WATCH_RUN_LENGTH": "100",
    "PANDIAN_IMPRESSIONS": "0",
}


class Pages:
    """Shows items to people who click half of them."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._shown = 0

    def show(self, pages: int, ahead_ms: int) -> None:
        """Show pages of two items each; the clicks on the first are dated so far ahead."""
        now = time.time_ns() // 1_000_000
        shown, clicks, keys = [], [], []
        for number in range(self._shown, self._shown + pages):
            user, item = f"user-{number % 400}", f"item-{number}"
            moment = datetime.fromtimestamp((now + 1 + ahead_ms) / 1000, UTC)
            clicks.append({"who": user, "what": item, "at": moment.isoformat(), "did": "click"})
            for place, name in enumerate((item, "other")):
                shown.append(
                    {
                        "impression_id": f"{number}:{place}",
                        "request_id": str(number),
                        "user_id": user,
                        "item_id": name,
                        "position": place,
                        "score": 0.4,
                        "model": "m",
                        "version": "1",
                        "time": now,
                    }
                )
                keys.append(user.encode())
        self._shown += pages
        produce(self._address, topics.IMPRESSIONS, map(orjson.dumps, shown), keys=keys)
        produce(self._address, CLICKS, clicks)


def extracted(worker: WorkerProcess) -> int:
    """Return how many interactions were made: what is shown before any is would have no action."""
    found = worker.get("/v1/interactions") or {"topics": []}
    return sum(one["outcomes"].get("interaction", 0) for one in found["topics"])


@pytest.mark.timeout(120)
def test_the_alert_names_the_clock(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        f'["{CLICKS}"]\nuser = "who"\nitem = "what"\ntime = "at"\naction = "did"\n', encoding="utf-8"
    )
    settings = {**SETTINGS, "PANDIAN_MAPPING": str(mapping)}
    with (
        embedded_broker() as broker,
        WorkerProcess(broker.address, "clocks", [CLICKS], settings=settings) as worker,
    ):
        create_topic(broker.address, CLICKS, 2)
        worker.wait(worker.ready, "ready", 30)
        pages = Pages(broker.address)
        pages.show(400, 0)
        worker.wait(lambda: extracted(worker) == 400, "interactions", 30)
        for _ in range(6):
            pages.show(2_500, 0)
            time.sleep(0.4)

        def alerts() -> list[dict[str, Any]]:
            found = [orjson.loads(one.value or b"") for one in read_all(broker.address, topics.ALERTS)]
            return [one for one in found if one["kind"] == "label-famine"]

        deadline = time.monotonic() + 60
        while not alerts() and time.monotonic() < deadline:
            pages.show(200, 8 * HOUR_MS)
            time.sleep(0.3)
        (alert,) = alerts()

        def shown() -> list[dict[str, Any]]:
            found = (worker.get("/v1/alerts") or {"alerts": []})["alerts"]
            return [one for one in found if one["alert_id"] == alert["alert_id"]]

        worker.wait(lambda: bool(shown()), "the alert on the page", 10)
        (served,) = shown()
    cause = alert["causes"][0]
    assert (cause["asset"], cause["field"]) == (CLICKS, "at")
    assert "dated 8.0 h after they came" in cause["after"]
    assert "Most likely it is shop.clicks.at (the time of interactions)" in alert["text"]
    assert (served["text"], served["causes"]) == (alert["text"], alert["causes"])
