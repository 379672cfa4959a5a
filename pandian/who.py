"""Who is at it, for records that say so."""

from __future__ import annotations

import getpass


def current_user() -> str:
    """Return the name of the user of this session; ``unknown`` where a container knows no names."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
