"""Labels and AUC equal the reference, whatever happens to workers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from pandian import metrics, topics
from pandian.events import Impression, Interaction, encode
from tests.support.brokers import Broker, embedded_broker
from tests.support.topics import produce, read_all
from tests.support.topics import topics as topics_of
from tests.support.worker import WorkerProcess

WINDOW_MS, LATE_MS, GAP_MS = 60_000, 5_000, 20
START_MS = 1_700_000_000_000
SETTINGS = {"PANDIAN_ATTRIBUTION_SECONDS": "60", "PANDIAN_LATENESS_SECONDS": "5"}
KILLS = 4


class Story:
    """Impressions and actions of some users, drawn; and what must come of them."""

    def __init__(self, model: str, count: int, seed: int, gap_ms: int = GAP_MS) -> None:
        draw = random.Random(seed)
        self.model = model
        self.impressions: list[Impression] = []
        self.actions: list[Interaction] = []
        for number in range(count):
            user, item, time = (
                f"{model}-u{draw.randrange(300)}",
                f"i{draw.randrange(40)}",
                START_MS + number * gap_ms,
            )
            score = round(draw.random(), 6)
            shown = Impression(f"{model}-{number}", "r", user, item, 0, score, model, "1", time)
            self.impressions.append(shown)
            if draw.random() < 0.2 + 0.5 * score:
                when = time + draw.randrange(WINDOW_MS)
                self.actions.append(
                    Interaction(user, item, draw.choice(["purchase", "click", "refund"]), when)
                )
        self.actions.sort(key=lambda one: one.time)
        # The last word, in every partition: everything that was shown is due.
        end = START_MS + count * gap_ms + WINDOW_MS + LATE_MS
        self.last = [Interaction(f"{model}-end{number}", "i", "view", end) for number in range(200)]

    def labels(self) -> dict[str, int]:
        """Return the label of each impression, in the plainest way."""
        done: dict[tuple[str, str], list[int]] = {}
        for one in self.actions:
            if one.action != "refund":
                done.setdefault((one.user_id, one.item_id), []).append(one.time)
        return {
            one.impression_id: int(
                any(
                    one.time <= when <= one.time + WINDOW_MS
                    for when in done.get((one.user_id, one.item_id), ())
                )
            )
            for one in self.impressions
        }

    def auc(self) -> float:
        """Return the share of pairs in which the positive label has the higher score; ties count one half."""
        labels = self.labels()
        scored = sorted((one.score, labels[one.impression_id]) for one in self.impressions)
        wins = below = 0.0
        at = 0
        while at < len(scored):
            same = at
            while same < len(scored) and scored[same][0] == scored[at][0]:
                same += 1
            ones = sum(label for _, label in scored[at:same])
            zeros = same - at - ones
            wins += ones * (below + zeros / 2)
            below += zeros
            at = same
        return wins / (below * (len(scored) - below))


def write(address: str, topic: str, records: list[Any]) -> None:
    produce(address, topic, [encode(one) for one in records], keys=[one.user_id.encode() for one in records])


def version(worker: WorkerProcess, model: str) -> dict[str, Any]:
    document = worker.get("/v1/models") or {"versions": []}
    return next(
        (one for one in document["versions"] if one["model"] == model),
        {"labels": {"positive": 0, "negative": 0}},
    )


def labels(worker: WorkerProcess, model: str) -> int:
    return sum(version(worker, model)["labels"].values())


def waiting(worker: WorkerProcess) -> str:
    """Return the line of the metrics that says how many impressions wait for their label."""
    lines = worker.text("/metrics").splitlines() if worker.ready() else []
    return next((line for line in lines if line.startswith(metrics.IMPRESSIONS_OPEN.name)), "")


def portions(records: list[Any], count: int) -> Iterator[list[Any]]:
    size = -(-len(records) // count)
    yield from (records[at : at + size] for at in range(0, len(records), size))


def wait_for_topics(worker: WorkerProcess, address: str) -> None:
    worker.wait(lambda: topics.IMPRESSIONS in topics_of(address), "the topics", 30)


def check(worker: WorkerProcess, broker: Broker, story: Story) -> None:
    want = story.labels()
    worker.wait(lambda: labels(worker, story.model) >= len(want), f"{len(want)} labels", 60)
    time.sleep(0.6)
    found = version(worker, story.model)
    assert found["labels"] == {"positive": sum(want.values()), "negative": len(want) - sum(want.values())}
    assert abs(found["auc"]["value"] - story.auc()) <= found["auc"]["bound"] + 1e-12
    assert found["auc"]["bound"] < 1e-3
    told = [orjson.loads(record.value or b"") for record in read_all(broker.address, topics.FEEDBACK)]
    mine = {one["impression_id"]: one["label"] for one in told if one["model"] == story.model}
    assert mine == want
    assert all(mine[one["impression_id"]] == one["label"] for one in told if one["model"] == story.model)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_killed_again_and_again_while_labelling(own_broker: Broker, unique: Callable[[str], str]) -> None:
    broker = own_broker
    story, draw = Story(unique("m"), 40_000, 3), random.Random(9)
    with WorkerProcess(broker.address, unique("group"), [unique("none")], settings=SETTINGS) as worker:
        wait_for_topics(worker, broker.address)
        shown, acted = portions(story.impressions, 5), portions(story.actions, 5)
        for impressions, actions in zip(shown, acted, strict=True):
            write(broker.address, topics.IMPRESSIONS, impressions)
            write(broker.address, topics.INTERACTIONS, actions)
            before = labels(worker, story.model)
            time.sleep(draw.uniform(0.5, 2.5))
            assert labels(worker, story.model) >= before
            worker.kill()
            worker.start()
        write(broker.address, topics.INTERACTIONS, story.last)
        check(worker, broker, story)


@pytest.mark.slow
def test_killed_while_more_is_due_at_once_than_may_wait_to_be_written(unique: Callable[[str], str]) -> None:
    story = Story(unique("m"), 48_000, 5, gap_ms=1)
    story.actions = [
        one for one in story.actions if one.time < START_MS + WINDOW_MS
    ]  # none makes anything due
    with (
        embedded_broker() as broker,
        WorkerProcess(broker.address, unique("group"), [unique("none")], settings=SETTINGS) as worker,
    ):
        wait_for_topics(worker, broker.address)
        write(broker.address, topics.IMPRESSIONS, story.impressions)
        write(broker.address, topics.INTERACTIONS, story.actions)
        worker.wait(lambda: " 48000.0" in waiting(worker), "all impressions to wait", 60)
        write(broker.address, topics.INTERACTIONS, story.last)
        worker.wait(lambda: any(read_all(broker.address, topics.FEEDBACK)), "the first labels", 30)
        worker.kill()
        worker.start()
        check(worker, broker, story)


def test_actions_before_impressions_and_repeats(own_broker: Broker, unique: Callable[[str], str]) -> None:
    story = Story(unique("m"), 3_000, 4)
    with WorkerProcess(own_broker.address, unique("group"), [unique("none")], settings=SETTINGS) as worker:
        wait_for_topics(worker, own_broker.address)
        write(own_broker.address, topics.INTERACTIONS, story.actions)
        time.sleep(1.5)
        write(own_broker.address, topics.IMPRESSIONS, story.impressions)
        write(own_broker.address, topics.IMPRESSIONS, story.impressions[:500])
        write(own_broker.address, topics.INTERACTIONS, story.last)
        check(worker, own_broker, story)
