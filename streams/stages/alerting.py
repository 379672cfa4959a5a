"""Alerts on ``pandian.alerts``: each begins once and ends once, also when the worker that raised it is no more."""

from __future__ import annotations

import time
import uuid
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from logging import INFO, WARNING
from typing import Any, NamedTuple

import orjson

from monitoring.finding import Finding
from pandian import topics
from pandian.events import ALERT_KINDS, AUC_DROP, Alert, encode
from streams.stages.context import StageContext
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.follower import TopicFollower
from streams.worklog import logger

log = logger("alerts")

#: Alerts that are shown to people; all are on the topic.
_REMEMBERED = 200
#: Subjects of which it is known when an alert began last; of more, the one that was told the longest time ago goes.
_MOST_BEGUN = 10_000


class Begun(NamedTuple):
    """When an alert began, which may have ended since; epoch milliseconds."""

    since: int
    """When what it tells of began."""
    time: int
    """When it was told."""


@dataclass(frozen=True, slots=True)
class _Firing:
    """An alert that has begun and not ended."""

    alert_id: str
    kind: str
    since: int


class Alerting:
    """Follows the alerts, so that whoever comes next goes on with those that fire.

    Args:
        context: the worker.
    """

    def __init__(self, context: StageContext) -> None:
        self._app: Any = context.app
        self._follower = TopicFollower(context.settings, topics.ALERTS, self._take)
        self._firing: dict[tuple[str, str], _Firing] = {}
        self._begun: dict[tuple[str, str], Begun] = {}
        self._told: deque[Mapping[str, Any]] = deque(maxlen=_REMEMBERED)

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._follower.run()

    def alerts(self) -> list[Mapping[str, Any]]:
        """Return the newest alerts as they stand on the topic, the newest first, each beginning and end by itself."""
        return list(reversed(self._told))

    def subjects(self, kind: str) -> list[str]:
        """Return for whom alerts of a kind fire."""
        return [subject for known, subject in self._firing if known == kind]

    def is_firing(self, subject: str, kind: str = AUC_DROP) -> bool:
        """Tell whether an alert fires for a subject."""
        return (kind, subject) in self._firing

    def begun(self, subject: str, kind: str) -> Begun | None:
        """Return when the newest alert of a kind about a subject began; None: there was none, as far as is known."""
        return self._begun.get((kind, subject))

    def firing(self) -> Mapping[str, int]:
        """Return how many alerts fire, by each of our kinds: anybody may write others to the topic."""
        found = Counter(kind for kind, _ in self._firing)
        return {kind: found[kind] for kind in ALERT_KINDS}

    async def tell(self, finding: Finding, *, firing: bool) -> None:
        """Let an alert begin or end, unless it has; what cannot be written now is written when it is told again.

        Args:
            finding: what the alert says.
            firing: whether it begins, or ends.
        """
        before = self._firing.get((finding.kind, finding.subject))
        if not self._follower.caught_up or firing == (before is not None):
            return
        now = time.time_ns() // 1_000_000
        known = before or _Firing(uuid.uuid4().hex, finding.kind, finding.since or now)
        alert = Alert(
            alert_id=known.alert_id,
            kind=finding.kind,
            state="firing" if firing else "resolved",
            subject=finding.subject,
            evidence=finding.evidence,
            size=finding.size,
            since=known.since,
            time=now,
            text=finding.text,
            causes=finding.causes,
            runbook=finding.runbook,
        )
        try:
            sent = await self._app.producer.send(
                topics.ALERTS, finding.subject.encode(), encode(alert), 0, None, None
            )
            await sent
        except KAFKA_ERRORS as error:
            log.warning("an alert cannot be written, trying again later: %s", error)
            return
        log.log(WARNING if firing else INFO, "%s", alert.text)
        if firing:
            self._begins(finding.kind, finding.subject, Begun(known.since, now))
        self._apply(finding.kind, finding.subject, known if firing else None)

    def _apply(self, kind: str, subject: str, firing: _Firing | None) -> None:
        if firing is None:
            self._firing.pop((kind, subject), None)
        else:
            self._firing[kind, subject] = firing

    def _begins(self, kind: str, subject: str, begun: Begun) -> None:
        # Taken out and put in again: the first ones are those that were told the longest time ago.
        self._begun.pop((kind, subject), None)
        self._begun[kind, subject] = begun
        if len(self._begun) > _MOST_BEGUN:
            del self._begun[next(iter(self._begun))]

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        for record in records:
            try:
                found = orjson.loads(record.value)
                kind, subject = str(found["kind"]), str(found["subject"])
                known = _Firing(str(found["alert_id"]), kind, int(found["since"]))
                begun = Begun(known.since, int(found["time"]))
                self._apply(kind, subject, known if found["state"] == "firing" else None)
                if found["state"] == "firing":
                    self._begins(kind, subject, begun)
                if type(found.get("text")) is str and _are_causes(found.get("causes")):
                    self._told.append(found)
            except (ValueError, LookupError, TypeError):
                continue  # not an alert of ours


def _are_causes(found: Any) -> bool:
    """Tell whether these are causes, which people are shown, and not what somebody else wrote in their place."""
    return type(found) is list and all(type(one) is dict for one in found)
