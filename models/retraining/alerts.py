"""Which alerts fire, as ``pandian.alerts`` says: from its beginning, and on as it grows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from models.retraining.base import ALERT, Reason
from pandian.events import AUC_DROP, CALIBRATION
from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings
from pandian.topics import ALERTS
from pandian.whole_topics import partitions, reader, to_the_end

#: Kinds that say that a model is not what it was, those that retraining helps most against first.
KINDS = (AUC_DROP, CALIBRATION)


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that has begun and not ended."""

    alert_id: str
    kind: str
    subject: str
    """Model and version."""
    since: int
    """Epoch milliseconds."""


class AlertFollower:
    """Knows which alerts of a model fire; those of before it was made too.

    Args:
        settings: the broker.

    Raises:
        SettingError: when no broker is set.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        client_options(settings)  # what is not set is said now
        self._consumer: Any = None
        self._firing: dict[str, Firing] = {}

    def poll(self, seconds: float) -> bool:
        """Take what comes within a time; return whether all was read that there was before.

        Raises:
            BrokerError: when the broker does not answer; it is asked anew the next time.
        """
        with broker_errors(self._settings):
            try:
                if self._consumer is not None:
                    for records in self._consumer.poll(timeout_ms=round(seconds * 1000)).values():
                        self._take(records)
                    return True
                return self._begun()
            except BaseException:
                self.close()
                raise

    def _begun(self) -> bool:
        """Read all that is there, so that no alert is acted on that has ended; False when there is no topic yet."""
        consumer = self._consumer = reader(self._settings)
        found = partitions(consumer, ALERTS)
        if not found:
            self.close()
            return False
        self._firing.clear()
        for records in to_the_end(consumer, found, self._settings):
            self._take(records)
        return True

    def close(self) -> None:
        """Leave the broker."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False)

    def of(self, subject: str) -> list[Firing]:
        """Return the alerts that fire for a model and version, of the kinds that retraining may help against."""
        found = [one for one in self._firing.values() if one.subject == subject and one.kind in KINDS]
        return sorted(found, key=lambda one: (KINDS.index(one.kind), one.since))

    def _take(self, records: Iterable[Any]) -> None:
        for record in records:
            try:
                found = orjson.loads(record.value or b"")
                one = Firing(
                    str(found["alert_id"]), str(found["kind"]), str(found["subject"]), int(found["since"])
                )
                state = found["state"]
            except (ValueError, LookupError, TypeError):
                continue  # not an alert of ours
            if state == "firing":
                self._firing[one.alert_id] = one
            else:
                self._firing.pop(one.alert_id, None)


def reason(alerts: list[Firing]) -> Reason | None:
    """Return why to retrain: one retraining answers all alerts of a model; None where there are none."""
    if not alerts:
        return None
    return Reason(ALERT, tuple(one.alert_id for one in alerts), alerts[0].kind, alerts[0].since)
