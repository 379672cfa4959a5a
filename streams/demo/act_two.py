"""What came of the second act: when the import went wrong, what was told of it, and what brought the model back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pandian.events import AUC_DROP, DRIFT
from streams.demo.wrong_import import REPAIRED, WORDS


@dataclass(slots=True)
class ActTwo:
    """Times are epoch seconds; None: it did not happen."""

    went_wrong: float
    """When the first wrong record was sent."""
    repaired: float | None = None
    """When the first right one was sent again."""
    alerts: list[Mapping[str, Any]] = field(default_factory=list)
    """Of drift and of the AUC, as they stand on ``pandian.alerts``, in order: also those from before it."""
    retraining: float | None = None
    """When the retraining was begun."""
    answers: float | None = None
    """When the model that it gave answered."""
    why: str = ""
    """What was said of that model."""

    def first(self, kind: str, state: str = "firing") -> Mapping[str, Any] | None:
        """Return the first alert of a kind that began, or ended, after the import went wrong."""
        found = (one for one in self.alerts if (one["kind"], one["state"]) == (kind, state))
        return next((one for one in found if _seconds(one) >= self.went_wrong), None)

    def document(self) -> dict[str, Any]:
        """Return it as it stands in ``pandian demo --json``: seconds from one thing to another, and the causes."""
        alarm, over = self.first(AUC_DROP), self.first(AUC_DROP, "resolved")
        return {
            "wrong_to_drift_s": self._after(_time(self.first(DRIFT))),
            "wrong_to_alert_s": self._after(_time(alarm)),
            "causes": alarm["causes"] if alarm else [],
            "text": alarm["text"] if alarm else "",
            "wrong_to_repaired_s": self._after(self.repaired),
            "wrong_to_over_s": self._after(_time(over)),
            "alert_to_promoted_s": _between(_time(alarm), self.answers),
            "retrain_s": _between(self.retraining, self.answers),
            "retrained": self.why,
        }

    def lines(self) -> Iterator[str]:
        """Yield what is printed of it in the end."""
        found = self.document()
        yield WORDS
        yield _told("an alert of drift", found["wrong_to_drift_s"], _text(self.first(DRIFT)))
        yield _told("an alert that the AUC fell", found["wrong_to_alert_s"], _cause(found["causes"]))
        yield _told(REPAIRED, found["wrong_to_repaired_s"])
        yield _told("the end of the alert of the AUC", found["wrong_to_over_s"])
        yield f"retrained: {self.why or 'no'}"

    def _after(self, when: float | None) -> float | None:
        return _between(self.went_wrong, when)


def _seconds(alert: Mapping[str, Any]) -> float:
    return float(alert["time"]) / 1000


def _time(alert: Mapping[str, Any] | None) -> float | None:
    return None if alert is None else _seconds(alert)


def _between(first: float | None, then: float | None) -> float | None:
    return None if first is None or then is None else round(then - first, 1)


def _told(what: str, after: float | None, more: str = "") -> str:
    return f"{what}: {'did not come' if after is None else f'{after:.1f} s after'}{more and f', {more}'}"


def _text(alert: Mapping[str, Any] | None) -> str:
    return str(alert["subject"]) if alert else ""


def _cause(causes: Iterable[Mapping[str, Any]]) -> str:
    first = next(iter(causes), None)
    if first is None:
        return ""
    return f"first cause {first['asset']}.{first['field']}: {first['before']} → {first['after']}"
