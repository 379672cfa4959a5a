"""Windows of attribution as settings have them: how long an action of some kind counts for what was shown before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pandian.actions import STRONGEST, Action

#: A window is no longer, seconds.
LONGEST = 90 * 86_400.0


def parse_windows(given: Any) -> dict[Action, float]:
    """Turn ``purchase=86400,view=0`` into seconds by action; what is no text must be that already.

    Raises:
        ValueError: naming the part that is wrong, and what it must be.
    """
    if isinstance(given, str):
        given = dict(map(_pair, filter(None, map(str.strip, given.split(",")))))
    if not isinstance(given, Mapping):
        raise ValueError("it must be action=seconds, several separated by ','")  # noqa: TRY004 - what pydantic reports
    found: dict[Action, float] = {}
    for name, seconds in given.items():
        if name not in STRONGEST:
            raise ValueError(f"{name!r} must be one of {', '.join(STRONGEST)}")
        found[name] = _seconds(name, seconds)
    if len(found) == len(STRONGEST) and not any(found.values()):
        raise ValueError("one window at least must be longer than 0, or no label is ever 1")
    return found


def _pair(part: str) -> tuple[str, str]:
    name, equals, seconds = part.partition("=")
    if not equals:
        raise ValueError(f"{part!r} must be action=seconds")
    return name.strip(), seconds


def _seconds(name: str, given: Any) -> float:
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0 <= seconds <= LONGEST:  # nan is neither
        raise ValueError(f"{name}={given} must be seconds from 0 to {LONGEST:.0f}")
    return seconds
