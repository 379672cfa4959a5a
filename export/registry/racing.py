"""Changes of which one comes after the other without a lock: whoever loses the race for a number decides again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from export.registry.exceptions import RegistryError

#: How long we wait each time somebody else was quicker, at most.
_WAIT_SECONDS = 0.2


def until_won(attempt: Callable[[], bool], seconds: float, lost: RegistryError) -> None:
    """Try until nobody else was quicker.

    Args:
        attempt: tries once; False when somebody else was quicker.
        seconds: how long others may be.
        lost: what is raised then.

    Raises:
        RegistryError: ``lost``, or whatever else an attempt raises.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if attempt():
            return
        time.sleep(random.uniform(0, _WAIT_SECONDS))
    raise lost
