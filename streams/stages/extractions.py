"""What every worker can say of extraction: by which mapping, how far, with what outcome. From the log of states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pandian import topics
from pandian.errors import PandianError
from pandian.hashing import keyed_hash
from pandian.settings import Settings
from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.override import read_overrides
from streams.interactions.state import ExtractionState
from streams.stages.context import StageContext
from streams.stages.follower import InventoryFollower
from streams.stages.mappings import Mappings
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
        hashing = keyed_hash(settings)
        self._mappings = Mappings(
            inventory, read_overrides(settings.mapping), hashing.fingerprint if hashing else None
        )
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
        by_topic: dict[str, list[ExtractionState]] = {}
        for state in self._states.values():
            by_topic.setdefault(state.topic, []).append(state)
        assets = self._mappings.assets()
        return {
            "topics": [self._topic(name, assets[name], by_topic.get(name, ())) for name in sorted(assets)]
        }

    def _topic(self, name: str, asset: Mapping[str, Any], known: Sequence[ExtractionState]) -> dict[str, Any]:
        source = asset["source"]
        # Others are of a topic of this name that was.
        states = [state for state in known if str(state.source.topic_id) == source.get("topic_id")]
        outcomes: Counter[str] = Counter()
        for state in states:
            outcomes.update(state.outcomes)
        found = states[0].mapping if states else self._mappings.of(name, asset)
        if isinstance(found, FieldMapping) and (why := self._mappings.why_no_longer(name, asset, found)):
            found = NoMapping(why)
        return {
            "topic": name,
            "kind": asset.get("kind"),
            "target": found.target if isinstance(found, FieldMapping) else None,
            "mapping": _parts(found),
            "why_not": found.why if isinstance(found, NoMapping) else None,
            "outcomes": dict(sorted(outcomes.items())),
            "lag": _lag(source, states) if isinstance(found, FieldMapping) else 0,
        }

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        for record in records:
            state = _state_of(record.value)
            if state is None:
                self._states.pop(record.key, None)
                continue
            known = self._states.get(record.key)
            # A worker that has lost its partition without knowing may write a late state that reaches less far.
            if known is None or known.end <= state.end or not known.mapping.same_as(state.mapping):
                self._states[record.key] = state


def _state_of(value: bytes | None) -> ExtractionState | None:
    """Return a state; None when it was removed, is damaged, or a newer version wrote it."""
    if value is None:
        return None
    try:
        return ExtractionState.decode(value)
    except (PandianError, ValueError, KeyError, TypeError):
        return None


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
