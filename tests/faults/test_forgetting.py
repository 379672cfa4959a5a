"""A user who asked is forgotten by every worker, whichever was asked, and stays so whatever is killed."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from models.data.stream import read_topic
from pandian import topics
from pandian.settings import Settings
from tests.faults.test_serving import SERVE, ready, wait_read
from tests.support.brokers import Broker
from tests.support.live import START, interaction
from tests.support.topics import produce, read_all
from tests.support.worker import WorkerProcess

#: On disk only when it stops: what was forgotten is on no disk when it is killed.
SETTINGS = {"PANDIAN_CHECKPOINT_SECONDS": "0.2"}


def act(address: str, user: str, items: list[str], at: int = START) -> None:
    values = [interaction(user, item, at + number) for number, item in enumerate(items)]
    produce(address, topics.INTERACTIONS, values, keys=[user.encode()] * len(values))


def delete(worker: WorkerProcess, user: str) -> dict[str, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{worker.port}/v1/users/{user}", method="DELETE")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return dict(json.load(answer))


def items_of(worker: WorkerProcess, user: str) -> list[str]:
    found = worker.get(f"/v1/users/{user}")
    return [one["item_id"] for one in found["interactions"]] if found else []


@pytest.mark.slow
def test_forgotten_everywhere_and_for_good(broker: Broker, unique: Callable[[str], str]) -> None:
    ready(broker.address)
    ann, bob = unique("ann"), unique("bob")
    act(broker.address, ann, ["hat", "scarf"])
    act(broker.address, bob, ["mug"])
    group = unique("group")
    asked = WorkerProcess(broker.address, group, [], options=SERVE, settings=SETTINGS)
    other = WorkerProcess(broker.address, group, [], options=SERVE, settings=SETTINGS)
    with asked, other:
        for worker in (asked, other):
            wait_read(worker)
            worker.wait(lambda worker=worker: items_of(worker, ann) == ["hat", "scarf"], "the user", 20)  # type: ignore[misc]
        time.sleep(0.5)  # a checkpoint of both
        done = delete(asked, ann)
        asked.kill()
        assert (done["user_id"], done["known"]) == (ann, True)
        other.wait(lambda: not items_of(other, ann), "the other worker to forget", 10)
        other.kill()
        act(broker.address, ann, ["later"], START + 1_000_000)
        for worker in (asked, other):
            worker.start()
            wait_read(worker)
            assert items_of(worker, ann) == ["later"], worker.said()
            assert items_of(worker, bob) == ["mug"]
        # What is on disk is obeyed once: what the person did since is there after a further start.
        assert other.terminate() == 0
        other.start()
        wait_read(other)
        assert items_of(other, ann) == ["later"]
    log = read_topic(Settings(broker=broker.address))
    users = {str(log.user_ids[code]) for code in set(log.users.tolist())}
    assert {ann, bob} <= users
    items = [
        str(log.item_ids[item])
        for user, item in zip(log.users, log.items, strict=True)
        if log.user_ids[user] == ann
    ]
    assert items == ["later"]
    written = read_all(broker.address, topics.FORGOTTEN)
    assert written
    assert not any(ann.encode() in (record.key or b"") + (record.value or b"") for record in written)
