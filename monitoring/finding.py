"""What an alert says before it is one: whoever raises alerts gives it an id and a state."""

from __future__ import annotations

from dataclasses import dataclass

from pandian.events import Cause


@dataclass(frozen=True, slots=True)
class Finding:
    """What an alert says: see :class:`pandian.events.Alert`."""

    kind: str
    subject: str
    evidence: str
    size: float
    text: str
    runbook: str
    since: int | None = None
    """Epoch milliseconds; None: now."""
    causes: tuple[Cause, ...] = ()
