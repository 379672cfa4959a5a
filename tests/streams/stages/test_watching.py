"""A worker that watches: an alert begins once and ends once; a kill makes no label count twice, no data forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from benchmarks.causes_replay import Replay, policy
from pandian import topics
from pandian.events import encode
from tests.monitoring.causes.shop import START_MS
from tests.monitoring.watching.labels import labels
from tests.streams.stages.test_serving import Shop
from tests.support.topics import produce, read_all

SETTINGS = {
    "PANDIAN_WATCH_REFERENCE": "300",
    "PANDIAN_WATCH_RUN_LENGTH": "1000",
    "PANDIAN_WATCH_WINDOW": "1000",
    "PANDIAN_CHECKPOINT_SECONDS": "0.2",
}


class Watched:
    """A shop whose labels the test writes itself."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop(folder, "watch", **SETTINGS)
        self.written = 0

    def write(self, count: int, sharp: float, seed: int) -> None:
        found = labels(count, sharp, self.written + 1, seed=seed)
        produce(self.shop.address, topics.FEEDBACK, map(encode, found), partition=0)
        self.written += count

    def alerts(self) -> list[dict[str, Any]]:
        found = [orjson.loads(one.value) for one in read_all(self.shop.address, topics.ALERTS)]
        return [one for one in found if one["kind"] == "auc-drop"]

    def figures(self) -> dict[str, Any]:
        found = [one.value for one in read_all(self.shop.address, topics.WATCH) if one.key == b"figures"]
        return orjson.loads(found[-1])["shop@1"] if found else {}

    def remembered(self) -> set[bytes]:
        """Return the keys of what stands of the data."""
        found: dict[bytes, Any] = {one.key: one.value for one in read_all(self.shop.address, topics.WATCH)}
        return {key for key, value in found.items() if key.startswith(b"data/") and value is not None}

    def until_taken(self) -> None:
        self.shop.worker.wait(
            lambda: self.figures() and self.figures()["total"]["labels"] >= self.written, "labels", 20
        )


def test_an_alert_survives_a_kill_and_no_label_counts_twice(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    try:
        orders = Replay(policy())
        orders.send((START_MS, "orders", {"sku": f"A{number}"}) for number in range(200))
        produce(watched.shop.address, topics.INVENTORY, orders.documents(START_MS), keys=[b"orders"])
        watched.write(3_000, 1.0, 1)
        produce(watched.shop.address, topics.IMPRESSIONS, [b"none"], partition=0)
        watched.until_taken()
        watched.shop.worker.wait_said("records of pandian.impressions get no label: 1 bad-json")
        assert watched.alerts() == []
        watched.write(2_000, 0.1, 2)
        watched.shop.worker.wait(watched.alerts, "an alert", 20)
        watched.shop.worker.wait(watched.remembered, "what is remembered", 20)
        known = watched.remembered()
        watched.shop.worker.kill()
        produce(
            watched.shop.address, topics.WATCH, [b"of another version"], keys=[b"data/1/none"], partition=0
        )
        watched.shop.worker.start()
        watched.write(2_500, 1.0, 3)
        watched.shop.worker.wait(lambda: len(watched.alerts()) > 1, "its end", 20)
        watched.until_taken()
        first, last = watched.alerts()
        assert (first["state"], last["state"]) == ("firing", "resolved")
        assert first["alert_id"] == last["alert_id"]
        assert last["text"].startswith("The AUC of shop@1 is no longer too low: 0.")
        assert abs(first["since"] - 3_000_000) < 400_000
        assert first["runbook"] == "docs/runbooks/auc-drop.md"
        assert watched.figures()["total"]["labels"] == watched.written
        # Whoever watches now has read what stood there: what cannot be read goes, and what it sees comes to the rest.
        junk = {b"data/1/none"}
        watched.shop.worker.wait(lambda: known < watched.remembered() - junk, "what is remembered", 20)
        watched.shop.worker.wait(lambda: not junk & watched.remembered(), "what cannot be read to go", 20)
    finally:
        watched.shop.close()
