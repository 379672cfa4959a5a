"""What ``pandian.profiles`` holds: the sets of each source, the best of them, and the names to tombstone."""
from __future__ import annotations

from dataclasses import dataclass

from streams.counting.base import SetHeader, Source


@dataclass(frozen=True, slots=True)
class CompleteSet:
    source: Source
    name: bytes
    header: SetHeader

    def body(self) -> bytes: ...


class SetStore:
    def __init__(self, state_format: int, *, keep_bodies: bool = True) -> None: ...
    def add(self, key: bytes, value: bytes | None) -> CompleteSet | None: ...
    def best(self, source: Source) -> CompleteSet | None: ...
    def newer_format(self, source: Source) -> int | None: ...
