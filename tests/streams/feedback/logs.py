"""Two logs of one partition, the labels that they must give, and a join that is killed while it reads them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pandian.events import Feedback
from streams.feedback.base import JoinPolicy
from streams.feedback.join import PartitionJoin, Resume
from streams.feedback.order import Side, Turn, turn

#: Broker time of all records, unless they say otherwise: after all event times of the tests.
ARRIVED = 10_000_000
#: How actions are attributed, unless a test says otherwise.
POLICY = JoinPolicy(attribution_ms=100, lateness_ms=20, most=10_000)


@dataclass(frozen=True)
class Logged:
    """A record at its offset."""

    value: bytes | None
    arrived: int = ARRIVED


def impression(
    number: int, user: str, item: str, time: Any, score: Any = 0.5, **others: Any
) -> dict[str, Any]:
    return {
        "impression_id": f"i{number}",
        "request_id": "r",
        "user_id": user,
        "item_id": item,
        "position": 0,
        "score": score,
        "model": "m",
        "version": "1",
        "time": time,
        **others,
    }


def interaction(user: str, item: str, time: Any, action: str = "purchase") -> dict[str, Any]:
    return {"user_id": user, "item_id": item, "action": action, "time": time, "weight": 1.0}


def logged(records: Iterable[Mapping[str, Any]]) -> list[Logged]:
    return [Logged(orjson.dumps(record)) for record in records]


#: In place of an action: there is no label yet.
WAITS = "waits"
#: What the label tells of several actions is the first of these.
TOLD = ("purchase", "rate", "cart", "favourite", "view", "click")


def expected(
    policy: JoinPolicy, impressions: Iterable[Mapping[str, Any]], actions: Iterable[Mapping[str, Any]]
) -> dict[str, int | None]:
    """Return the label of each impression, or None while it waits, by the rule as it is written down."""
    deeds = expected_actions(policy, impressions, actions)
    return {name: None if deed == WAITS else int(deed is not None) for name, deed in deeds.items()}


def expected_actions(
    policy: JoinPolicy, impressions: Iterable[Mapping[str, Any]], actions: Iterable[Mapping[str, Any]]
) -> dict[str, str | None]:
    """Return what the label of each impression tells, None where nothing counts for it."""
    spans = dict.fromkeys(TOLD, policy.attribution_ms) | dict(policy.own_ms)
    seen: list[tuple[Mapping[str, Any], int]] = []
    watermark = -1
    for action in actions:
        seen.append((action, watermark))
        watermark = max(watermark, action["time"])
    found: dict[str, str | None] = {}
    for shown in impressions:
        since = shown["time"]
        due = since + max(spans.values()) + policy.lateness_ms
        counting = {
            action["action"]
            for action, before in seen
            if action["user_id"] == shown["user_id"]
            and action["item_id"] == shown["item_id"]
            and spans.get(action["action"])
            and since <= action["time"] <= since + spans[action["action"]]
            and before < due
        }
        found.setdefault(
            shown["impression_id"],
            next((kind for kind in TOLD if kind in counting), None) if due <= watermark else WAITS,
        )
    return found


class Reader:
    """Reads two logs in any order, keeps what it reached, and dies."""

    def __init__(self, policy: JoinPolicy, shown: list[Logged], acted: list[Logged]) -> None:
        self._policy = policy
        self._shown = shown
        self._acted = acted
        self._kept = Resume()
        self.labels: list[Feedback] = []
        """Those that were kept together with a position."""
        self.join = PartitionJoin(policy)

    def show(self, count: int = 1) -> None:
        """Read so many impressions."""
        for _ in range(count):
            at = self.join.impressions_end
            if at < len(self._shown):
                self.join.impression(at, self._shown[at].arrived, self._shown[at].value)

    def act(self, count: int = 1) -> None:
        """Read so many interactions, if it is their turn."""
        while self.join.rewinding:
            self.show()
        for _ in range(count):
            at = self.join.actions_end
            if at < len(self._acted):
                self.join.interaction(at, self._acted[at].arrived, self._acted[at].value)

    def merge(self) -> None:
        """Read both to their ends in the order in which a worker does."""
        while True:
            shown = self.join.impressions_end < len(self._shown)
            acted = self.join.actions_end < len(self._acted)
            if not shown and not acted:
                return
            next_one = turn(
                Side(shown, not shown),
                Side(acted, not acted),
                shown_until=self.join.shown_until,
                watermark=self.join.watermark,
                rewinding=self.join.rewinding,
                full=self.join.is_full,
            )
            self.show() if next_one is Turn.IMPRESSION else self.act()

    def keep(self) -> None:
        """Keep labels and position together."""
        self._kept = self.join.resume()
        self.labels += self.join.labelled
        self.join.labelled.clear()

    def die(self) -> None:
        """Lose what was not kept, and go on where that ended."""
        self.join = PartitionJoin(self._policy, self._kept)

    def finish(self) -> dict[str, int]:
        """Read all there is; return the labels by impression, each of which must be there once."""
        self.show(len(self._shown))
        self.act(len(self._acted))
        self.keep()
        found = {one.impression_id: one.label for one in self.labels}
        assert len(found) == len(self.labels), "an impression has two labels"
        return found

    def told(self) -> dict[str, str | None]:
        """Return what the labels tell, by impression."""
        return {one.impression_id: one.action for one in self.labels}


def drawn(
    seed: int, count: int, disorder: int, users: int = 3, items: int = 3
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw impressions and interactions in order of time but for ``disorder`` milliseconds."""
    draw = random.Random(seed)

    def times() -> list[int]:
        spots = [draw.randrange(count * 10) for _ in range(count)]
        return sorted(spots, key=lambda time: time + draw.randint(0, disorder))

    shown = [
        impression(number, f"u{draw.randrange(users)}", f"x{draw.randrange(items)}", time)
        for number, time in enumerate(times())
    ]
    for number in range(0, count, 7):
        shown.insert(min(count, number + draw.randrange(5)), dict(shown[number]))
    acted = [
        interaction(
            f"u{draw.randrange(users)}",
            f"x{draw.randrange(items)}",
            time,
            draw.choice(["view", "purchase", "cart", "refund", "search"]),
        )
        for time in times()
    ]
    return shown, acted


def read(
    shown: list[dict[str, Any]], acted: list[dict[str, Any]], policy: JoinPolicy = POLICY
) -> tuple[PartitionJoin, dict[str, int]]:
    reader = Reader(policy, logged(shown), logged(acted))
    found = reader.finish()
    return reader.join, found
