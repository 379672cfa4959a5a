"""When a mapping may be relied on: after enough records, or when it has stayed the same for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from streams.interactions.base import FieldMapping

#: So many records settle a mapping at once.
ENOUGH_RECORDS = 1_000
#: With fewer, it has to stay the same for so long.
CALM_SECONDS = 10.0


class Settling:
    """Watches the mapping of each asset.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, tuple[FieldMapping, float]] = {}

    def is_settled(self, asset: str, mapping: FieldMapping, records: int) -> bool:
        """Tell whether the mapping of an asset, seen in this many records, may be used."""
        if records >= ENOUGH_RECORDS or mapping.origin == "file":
            return True
        before = self._since.get(asset)
        if before is None or not before[0].same_as(mapping):
            self._since[asset] = (mapping, self._clock())
            return False
        return self._clock() - before[1] >= CALM_SECONDS
