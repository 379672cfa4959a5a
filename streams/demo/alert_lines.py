"""Alerts of the worker as lines that stay on the screen: what began, what moved in the same time, what ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pandian.events import AUC_DROP, DRIFT
from pandian.output import printable

#: Causes that are named.
_NAMED = 3
#: Kinds that are said. Pages are simulated, so that how many of their items are bought tells nothing of probabilities.
_SAID = frozenset({AUC_DROP, DRIFT})


class AlertLines:
    """What was said of alerts so far; nothing is said twice.

    Args:
        say: Shows a line that stays.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: set[tuple[str, str]] = set()
        self.alerts: list[Mapping[str, Any]] = []
        """All that began or ended, in order."""

    def look(self, alerts: Iterable[Mapping[str, Any]], seconds: float) -> None:
        """Say what is new.

        Args:
            alerts: As ``GET /v1/alerts`` has them, the newest first.
            seconds: Since the demo started.
        """
        for one in reversed(list(alerts)):
            name = str(one["alert_id"]), str(one["state"])
            if name in self._said or one["kind"] not in _SAID:
                continue
            self._said.add(name)
            self.alerts.append(one)
            state = "alert" if one["state"] == "firing" else "over"
            self._say(f"{seconds:5.1f} s  {state}: {printable(str(one['text']))}")
            for cause in one["causes"][:_NAMED]:
                self._say(
                    f"         moved in the same time: {printable(cause['asset'])}.{printable(cause['field'])}:"
                    f" {printable(cause['before'])} → {printable(cause['after'])}"
                )

    def is_firing(self, kind: str) -> bool:
        """Tell whether an alert of a kind has begun and not ended."""
        state = {one["alert_id"]: one["state"] for one in self.alerts if one["kind"] == kind}
        return "firing" in state.values()
