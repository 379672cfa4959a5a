"""What a sample is, and what the contract suite needs to know about an envelope."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.decode.base import Envelope, Headers, Row


@dataclass(frozen=True)
class Sample:
    """A row, and what is to be made of it."""

    row: Row
    payload: Row
    kind: str = ""
    facts: dict[str, str | None] = field(default_factory=dict)
    time: int | None = None
    headers: Headers = ()


@dataclass(frozen=True)
class Case:
    """What the contract suite needs to know about an envelope."""

    name: str
    envelope: Envelope
    samples: tuple[Sample, ...]
    near_misses: tuple[Row, ...]
    """Rows that look like it and are none."""
