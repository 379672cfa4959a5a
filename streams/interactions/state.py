"""How far a source partition is extracted, by which mapping, and what became of its records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from pandian.errors import FormatVersionError
from streams.counting.base import Source
from streams.interactions.base import FieldMapping

#: Version of what :meth:`ExtractionState.encode` writes.
FORMAT = 1


@dataclass(slots=True)
class ExtractionState:
    """Everything below ``end`` is on ``pandian.interactions`` or ``pandian.items``, acknowledged."""

    topic: str
    source: Source
    mapping: FieldMapping
    end: int
    outcomes: Counter[str] = field(default_factory=Counter)
    """What became of the records below ``end``, see :mod:`streams.interactions.interactions`."""
    pinned: bool = False
    """Whether something may have been sent by this mapping, also beyond ``end``: written before the first send."""
    behind: int | None = None
    """How much earlier than their records events happened when the first of them were read, milliseconds: what events
    without a readable time are dated by. It does not change once something was sent. None: not known, as nothing."""

    def encode(self) -> bytes:
        """Return it as JSON."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "topic": self.topic,
                "topic_id": self.source.topic_id.hex,
                "partition": self.source.partition,
                "mapping": self.mapping.document(),
                "end": self.end,
                "outcomes": dict(self.outcomes),
                "pinned": self.pinned,
                "behind": self.behind,
            }
        )

    @classmethod
    def decode(cls, value: bytes) -> ExtractionState:
        """Return what :meth:`encode` of this or an older version gave.

        Raises:
            FormatVersionError: when a newer version wrote it.
            ValueError, KeyError, TypeError: when it is something else.
        """
        found = orjson.loads(value)
        if found["format"] > FORMAT:
            raise FormatVersionError(
                f"the extraction of {found['topic']}[{found['partition']}] has format {found['format']}",
                f"this Pandian reads formats up to {FORMAT}",
                "run a Pandian at least as new as the one that wrote it",
            )
        source = Source(UUID(hex=found["topic_id"]), int(found["partition"]))
        mapping = FieldMapping.read(found["mapping"])
        outcomes = Counter(found["outcomes"])
        behind = found.get("behind")  # earlier versions did not measure it
        return cls(
            found["topic"],
            source,
            mapping,
            int(found["end"]),
            outcomes,
            bool(found["pinned"]),
            None if behind is None else int(behind),
        )


def state_key(source: Source) -> bytes:
    """Return the key under which the state of a source partition is kept."""
    return f"{source.topic_id.hex}:{source.partition}".encode()
