"""What a field means, before and after: a change is told when it is sure, and not taken back the next moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from streams.inventory.base import Classification

#: Less sure decisions, before or after, are no change of meaning: the classifier learnt more.
_SURE: Final = 0.8
#: A new meaning has to stand while the records grow by this factor.
_GROWTH: Final = 1.1


class Meanings:
    """The meanings of an asset's fields as they were told, and those that are waiting to be.

    Args:
        state: what :meth:`state` gave; nothing at first.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        self._told: dict[str, str] = dict(state["told"]) if state else {}
        self._waiting: dict[str, tuple[str, int]] = (
            {path: (meaning, records) for path, (meaning, records) in state["waiting"].items()}
            if state
            else {}
        )

    def look(self, now: Mapping[str, Classification], records: int) -> list[dict[str, Any]]:
        """Return the changes since the last look: ``field``, ``before``, ``after``, ``records``.

        Args:
            now: what each field means, from all that was counted.
            records: how many that was.
        """
        changes = []
        for path, meaning in now.items():
            if meaning.semantic_type == "unknown" or meaning.confidence < _SURE:
                continue
            told = self._told.get(path)
            if told is None or told == meaning.semantic_type:
                self._told[path] = meaning.semantic_type
                self._waiting.pop(path, None)
            elif self._has_stood(path, meaning.semantic_type, records):
                changes.append(
                    {
                        "change": "meaning",
                        "field": path,
                        "before": told,
                        "after": meaning.semantic_type,
                        "records": records,
                    }
                )
                self._told[path] = meaning.semantic_type
                del self._waiting[path]
        self._told = {path: meaning for path, meaning in self._told.items() if path in now}
        self._waiting = {path: waiting for path, waiting in self._waiting.items() if path in now}
        return changes

    def _has_stood(self, path: str, meaning: str, records: int) -> bool:
        waiting, since = self._waiting.get(path, ("", 0))
        if waiting != meaning:
            self._waiting[path] = meaning, records
            return False
        return records >= _GROWTH * since

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {"told": self._told, "waiting": {path: [*waiting] for path, waiting in self._waiting.items()}}
