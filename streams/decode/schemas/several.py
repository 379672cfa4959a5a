"""One source of schemas after another: a folder before a registry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from time import monotonic

from streams.decode.halves import Failure
from streams.decode.schemas.base import Schema, SchemaSource


class SeveralSources:
    """Finds a schema in the first source that has it. What the last one says of others holds.

    Args:
        sources: at least one.
    """

    def __init__(self, sources: Sequence[SchemaSource]) -> None:
        self._sources = tuple(sources)

    def find(self, key: int) -> Schema | Failure:
        """Return what is known of an id; see :meth:`streams.decode.schemas.base.SchemaSource.find`."""
        for source in self._sources[:-1]:
            found = source.find(key)
            if isinstance(found, Schema):
                return found
        return self._sources[-1].find(key)

    def fetch(self, keys: Collection[int], seconds: float) -> None:
        """Learn of ids; see :meth:`streams.decode.schemas.base.SchemaSource.fetch`."""
        until = monotonic() + seconds
        for source in self._sources:
            missing = [key for key in keys if isinstance(self.find(key), Failure)]
            if missing:
                source.fetch(missing, until - monotonic())
