"""How far a source partition is archived, and by which plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import zstandard

from pandian.errors import FormatVersionError
from streams.archiving.base import AssetPlan
from streams.counting.base import Source
from streams.decode.kinds import Kinds

#: Version of what :meth:`ArchiveState.encode` writes.
FORMAT = 1
#: A state longer than this is compressed: plans of many fields would not fit a record of the topic.
_LONG = 256 << 10
_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """Everything below ``end`` is in the archive."""

    topic: str
    source: Source
    end: int
    pending: int | None = None
    """Where the segment ends that may be half written: whoever goes on writes exactly this one. None: there is none."""
    plans: Mapping[str, AssetPlan] = field(default_factory=dict)
    """By which the pending segment is written, else the last one; by asset."""
    plain: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields of which values may stand in files as they are, by asset."""
    kinds: Mapping[str, Any] | None = None
    """The kinds of record found below ``end``; None: none yet."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """What became of the records below ``end``."""

    def sorter(self) -> Kinds:
        """Return what tells kinds of record apart from ``end`` on; it is the caller's own."""
        return Kinds() if self.kinds is None else Kinds.restored(self.kinds)

    def encode(self) -> bytes:
        """Return it as JSON, which is compressed with zstd when it is long."""
        found = orjson.dumps(
            {
                "format": FORMAT,
                "topic": self.topic,
                "topic_id": self.source.topic_id.hex,
                "partition": self.source.partition,
                "end": self.end,
                "pending": self.pending,
                "plans": [plan.document() for plan in self.plans.values()],
                "plain": {asset: sorted(paths) for asset, paths in self.plain.items()},
                "kinds": self.kinds,
                "outcomes": dict(self.outcomes),
            }
        )
        return found if len(found) <= _LONG else zstandard.compress(found)

    @classmethod
    def decode(cls, value: bytes) -> ArchiveState:
        """Return what :meth:`encode` of this or an older version gave.

        Raises:
            FormatVersionError: when a newer version wrote it.
            ValueError, KeyError, TypeError, ZstdError: when it is something else.
        """
        if not value.startswith(b"{"):
            value = zstandard.ZstdDecompressor().decompress(value, max_output_size=_MOST_BYTES)
        found = orjson.loads(value)
        if found["format"] > FORMAT:
            raise FormatVersionError(
                f"the archive's state of {found['topic']}[{found['partition']}] has format {found['format']}",
                f"this Pandian reads formats up to {FORMAT}",
                "run a Pandian at least as new as the one that wrote it",
            )
        plans = [AssetPlan.read(one) for one in found["plans"]]
        return cls(
            found["topic"],
            Source(UUID(hex=found["topic_id"]), int(found["partition"])),
            int(found["end"]),
            None if found["pending"] is None else int(found["pending"]),
            {plan.asset: plan for plan in plans},
            {asset: frozenset(paths) for asset, paths in found["plain"].items()},
            found["kinds"],
            Counter(found["outcomes"]),
        )


def state_key(source: Source) -> bytes:
    """Return the key under which the state of a source partition is kept."""
    return f"{source.topic_id.hex}:{source.partition}".encode()
