"""Hours of a shop whose clocks may go wrong: its records, the labels that come of them, and what an alarm says.

What a worker does is done by its own parts, without waiting for the time to pass: sources through the real inventory,
impressions and interactions through the join, its labels to the watch. What an alarm is explained by is read from a
broker, on which the records stand with the times at which they came.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from benchmarks.causes_replay import Document, Replay, policy
from monitoring.causes import Explanation
from monitoring.edges import Edges, default_edges
from monitoring.watching import ModelWatch
from monitoring.watching.version import Standing
from pandian import topics
from pandian.events import LABEL_FAMINE, encode
from pandian.settings import Settings, load_settings
from streams.feedback.base import JoinPolicy
from streams.feedback.join import PartitionJoin
from streams.interactions.times import event_time
from streams.stages import causing
from streams.stages.causing import Causes
from streams.stages.watching import watch_settings
from streams.transport.admin import ClusterAdmin
from tests.support.topics import create_topic, produce

CLICKS, APP = "shop.clicks", "shop.app"
SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
#: How far looks at the inventory are apart, and looks at the labels.
EVERY_MS, LOOK_MS = 5 * MINUTE_MS, 10 * SECOND_MS
#: Between two pages.
PAGE_MS = 4 * SECOND_MS
START_MS = 1_767_600_000_000
#: Of both sources.
_ROLES = {"user": "who", "item": "what", "time": "at", "action": "did"}
MAPPED = {
    "topics": [
        {
            "topic": name,
            "target": "interactions",
            "mapping": {role: {"field": one} for role, one in _ROLES.items()},
        }
        for name in (CLICKS, APP)
    ]
}
Record = dict[str, Any]
#: Changes a record that comes when something has gone wrong: its topic, and itself. None: it does not come.
Change = Callable[[str, Record], Record | None]


def moved(record: Record, name: str, by_ms: int) -> Record:
    """Return a record whose time is another one, in whichever way it is written."""
    said = record[name]
    if isinstance(said, str):
        return {**record, name: _iso(round(datetime.fromisoformat(said).timestamp() * 1_000) + by_ms)}
    return {**record, name: said + by_ms}


def clock(hours: float, *sources: str) -> Change:
    """Let the clock of some sources be so far ahead."""

    def change(topic: str, record: Record) -> Record:
        name = "time" if topic == topics.IMPRESSIONS else "at"
        return moved(record, name, round(hours * HOUR_MS)) if topic in sources else record

    return change


@dataclass(slots=True)
class Came:
    """A record, when it came, and what becomes of it where it is one of a source."""

    time: int
    topic: str
    record: Record


@dataclass(slots=True)
class ClockedShop:
    """A page of two items every few seconds, some of which are clicked within a minute: half of the people use the app.

    Args:
        change: what goes wrong.
        wrong_from: since which minute.
        minutes: how long it goes on, at most.
        settings: of the worker.
        edges: of the scores; others than the default ones say that the version's scores are probabilities.
        delay: how long after its source's record an interaction is made, by the minute, in milliseconds.
    """

    change: Change
    wrong_from: int = 90
    minutes: int = 200
    settings: Settings = field(default_factory=lambda: load_settings(watch_reference=2_000))
    edges: Edges = field(default_factory=default_edges)
    delay: Callable[[float], float] = lambda _minute: 1_000.0
    log: list[Came] = field(default_factory=list)
    now: int = START_MS
    watch: ModelWatch = field(init=False)

    def run(self, kind: str = LABEL_FAMINE) -> Standing | None:
        """Let time pass until an alarm of a kind begins, and return it; None where none does."""
        join = PartitionJoin(JoinPolicy.of(self.settings, 500_000))
        self.watch = ModelWatch(lambda _: self.edges, watch_settings(self.settings))
        take = {topics.IMPRESSIONS: join.impression, topics.INTERACTIONS: join.interaction}
        offsets = dict.fromkeys(take, 0)
        for one in sorted(self._records(), key=lambda one: one.time):
            while self.now + LOOK_MS <= one.time:
                self.now += LOOK_MS
                labels, join.labelled = join.labelled, []
                if labels:
                    self.watch.take(0, list(map(encode, labels)), 1, self.now)
                self.watch.tick(self.now)
                found = next((alarm for alarm in self.watch.standing() if alarm.kind == kind), None)
                if found is not None:
                    return found
            self.log.append(one)
            if one.topic in take:
                take[one.topic](offsets[one.topic], one.time, orjson.dumps(one.record))
                offsets[one.topic] += 1
        return None

    def _records(self) -> Iterator[Came]:
        chance = random.Random(7)
        places = dict.fromkeys((CLICKS, APP), 0)
        found: list[Came] = []
        for number in range(self.minutes * MINUTE_MS // PAGE_MS):
            now = START_MS + number * PAGE_MS
            user, others = f"u{chance.randrange(400)}", f"u{chance.randrange(400)}"
            items = [f"Item-{chance.randrange(300)}" for _ in range(2)]
            for position, item in enumerate(items):
                likely = chance.betavariate(1.5, 6)
                found.append(
                    Came(now + 20, topics.IMPRESSIONS, _shown(number, position, user, item, likely, now))
                )
                if chance.random() < likely:
                    then = now + chance.randrange(3, 60) * SECOND_MS
                    clicked = _acted(user, item, then, "click")
                    found.append(Came(then + chance.randrange(2_000), _source(user), clicked))
            seen = _acted(others, f"Item-{chance.randrange(300)}", now, "view")
            found.append(Came(now + chance.randrange(2_000), _source(others), seen))
        for one in sorted(found, key=lambda one: one.time):
            changed = self.change(one.topic, one.record) if one.time >= self.began else one.record
            if changed is None:
                continue
            yield Came(one.time, one.topic, changed)
            if one.topic != topics.IMPRESSIONS:
                yield self._interaction(one, changed, places[one.topic])
                places[one.topic] += 1

    @property
    def began(self) -> int:
        """When it goes wrong, epoch milliseconds."""
        return START_MS + self.wrong_from * MINUTE_MS

    def _interaction(self, came: Came, record: Record, offset: int) -> Came:
        """Return what a worker makes of a record."""
        own = round(datetime.fromisoformat(record["at"]).timestamp() * 1_000)
        made = {
            "user_id": record["who"],
            "item_id": record["what"],
            "action": record["did"],
            "time": event_time(own, came.time, SECOND_MS),
            "source": {"topic": came.topic, "topic_id": "0" * 32, "partition": 0, "offset": offset},
        }
        minute = (came.time - START_MS) / MINUTE_MS
        return Came(came.time + round(self.delay(minute)), topics.INTERACTIONS, made)

    async def explained(
        self, address: str, standing: Standing, monkeypatch: pytest.MonkeyPatch
    ) -> Explanation:
        """Return what the worker says of an alarm now."""
        admin = ClusterAdmin(settings := load_settings(broker=address))
        names = (CLICKS, APP, topics.IMPRESSIONS, topics.INTERACTIONS)
        for name in names:
            create_topic(address, name)
        ids = {name: one.id.hex for name, one in (await admin.topics(names)).items()}
        for one in self.log:
            if one.topic == topics.INTERACTIONS:
                one.record["source"]["topic_id"] = ids[one.record["source"]["topic"]]
        for name in names:
            some = [one for one in self.log if one.topic == name]
            produce(
                address,
                name,
                [orjson.dumps(one.record) for one in some],
                partition=0,
                timestamp_ms=[one.time for one in some],
            )
        context: Any = SimpleNamespace(settings=settings, admin=admin)
        inventory = Inventory()
        causes = Causes(inventory, lambda: MAPPED, context)  # type: ignore[arg-type]
        try:
            await self._look(causes, inventory, monkeypatch)
            return await causes.explain(standing, self.watch.version(standing.version))
        finally:
            await admin.close()

    async def _look(self, causes: Causes, inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the inventory count the sources, and be looked at every few minutes."""
        replay, now = Replay(policy()), START_MS
        monkeypatch.setattr(causing, "_now", lambda: now)
        events = [(one.time, one.topic, one.record) for one in self.log if one.topic in (CLICKS, APP)]
        for time, some in groupby(events, lambda event: event[0] // EVERY_MS):
            replay.send(some)
            now = min((time + 1) * EVERY_MS, self.now)
            inventory.assets = replay.documents(now)
            inventory.number += 1
            await causes.look(early=False)
        now = self.now


class Inventory:
    """The inventory at work, the newest one."""

    caught_up = True

    def __init__(self) -> None:
        self.assets: list[Document] = []
        self.number = 0

    def document(self) -> Record:
        return {"assets": self.assets}

    def version_of(self, _name: str) -> int:
        return self.number


def _shown(number: int, position: int, user: str, item: str, score: float, now: int) -> Record:
    return {
        "impression_id": f"{number}:{position}",
        "request_id": str(number),
        "user_id": user,
        "item_id": item,
        "position": position,
        "score": score,
        "model": "m",
        "version": "1",
        "time": now,
    }


def _source(user: str) -> str:
    return APP if int(user[1:]) % 2 else CLICKS


def _acted(user: str, item: str, time: int, action: str) -> Record:
    return {"who": user, "what": item, "at": _iso(time), "did": action}


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1_000, UTC).isoformat()
