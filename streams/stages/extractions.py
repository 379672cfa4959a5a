"""What every worker can say of extraction: by which mapping, how far, with what outcome. From the log of states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pandian import topics
from pandian.errors import PandianError
from pandian.settings import Settings
from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.override import read_overrides
from streams.interactions.state import ExtractionState
from streams.stages.beginnings import asset_of, mapping_for
from streams.stages.context import StageContext
from streams.stages.follower import InventoryFollower
from streams.statelog import LARGEST, StateLog
from streams.transport.follower import TopicFollower

_PARTITIONS = 8


class ExtractionsPart:
    """Follows ``pandian.extractions``.

    Args:
        context: the worker.
        inventory: the assets, and how many records of each are counted.
    """

    def __init__(self, context: StageContext, inventory: InventoryFollower) -> None:
        settings: Settings = context.settings
        self._inventory = inventory
        self._overrides = read_overrides(settings.mapping)
        self._log = StateLog(context.app, context.admin, topics.EXTRACTIONS, _PARTITIONS)
        self._follower = TopicFollower(settings, topics.EXTRACTIONS, self._take, max_bytes=LARGEST)
        self._states: dict[bytes, ExtractionState] = {}

    async def start(self) -> None:
        """Make the topic."""
        await self._log.make()

    async def run(self) -> None:
        """Follow until cancelled."""
        await self._follower.run()

    async def close(self) -> None:
        """Do nothing: it only reads."""

    def document(self) -> dict[str, Any]:
        """Return what ``GET /v1/interactions`` answers: each topic of the inventory, by name."""
        document = self._inventory.document()
        names = sorted({one["source"]["topic"] for one in document["assets"] if "topic" in one["source"]})
        return {"topics": [self._topic(name, asset_of(document, name)) for name in names]}

    def _topic(self, name: str, asset: Mapping[str, Any] | None) -> dict[str, Any]:
        source = (asset or {}).get("source", {})
        states = [
            state
            for state in self._states.values()
            if state.topic == name and str(state.source.topic_id) == source.get("topic_id")
        ]
        outcomes: Counter[str] = Counter()
        for state in states:
            outcomes.update(state.outcomes)
        found = states[0].mapping if states else mapping_for(name, asset, self._overrides)
        return {
            "topic": name,
            "kind": (asset or {}).get("kind"),
            "target": found.target if isinstance(found, FieldMapping) else None,
            "mapping": _parts(found),
            "why_not": found.why if isinstance(found, NoMapping) else None,
            "outcomes": dict(sorted(outcomes.items())),
            "lag": _lag(source, states) if isinstance(found, FieldMapping) else 0,
        }

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        for record in records:
            if record.value is None:
                self._states.pop(record.key, None)
                continue
            try:
                self._states[record.key] = ExtractionState.decode(record.value)
            except (PandianError, ValueError, KeyError, TypeError):
                self._states.pop(record.key, None)


def _parts(mapping: FieldMapping | NoMapping) -> dict[str, Any]:
    """Return each role with its field and why; where no field says the action, which one it is."""
    if isinstance(mapping, NoMapping):
        return {}
    parts: dict[str, Any] = {
        role: {"field": part.field, "why": part.why} for role, part in mapping.parts.items()
    }
    if mapping.target == "interactions":
        parts.setdefault(
            "action",
            {
                "value": mapping.action,
                "why": "the mapping file says so"
                if mapping.origin == "file"
                else "no field says so: by the kind of the records, or the name of the topic",
            },
        )
    parts.setdefault("time", {"value": "broker", "why": "no field says so: the time of the record"})
    return parts


def _lag(source: Mapping[str, Any], states: Sequence[ExtractionState]) -> int:
    """Return how many offsets that the inventory has counted are not yet extracted."""
    ends = {str(state.source.partition): state.end for state in states}
    return sum(
        max(0, int(partition["next_offset"]) - ends.get(number, 0))
        for number, partition in (source.get("partitions") or {}).items()
    )
