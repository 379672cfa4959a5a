"""What the readers of one schema language know of the ids that their records carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from streams.decode import reasons
from streams.decode.halves import Failure
from streams.decode.one_by_one import UnreadableError
from streams.decode.schemas.base import Schema, SchemaKind, SchemaSource
from streams.decode.schemas.exceptions import UnusableSchemaError
from streams.decode.schemas.kept import Kept
from streams.decode.schemas.wire import schema_ids

Compiled = TypeVar("Compiled")


class FramedSchemas(Generic[Compiled]):
    """Finds schemas by id and keeps them in the form in which a reader reads by them.

    Args:
        source: where they are found.
        kind: the language of the reader; ids of another are not its own.
        prepare: makes the reader's form of a schema, and tells how much it weighs; raises UnusableSchemaError.
        most: weight of what is kept.
        seconds: how long one batch waits at most for schemas that are not known yet.
    """

    def __init__(
        self,
        source: SchemaSource,
        kind: SchemaKind,
        prepare: Callable[[Schema], tuple[Compiled, int]],
        most: int,
        seconds: float,
    ) -> None:
        self._source = source
        self._kind = kind
        self._prepare = prepare
        self._seconds = seconds
        self._kept: Kept[int, tuple[Schema, Compiled | UnusableSchemaError]] = Kept(most)

    def may_be_ours(self, key: int, *, unknown: bool) -> bool:
        """Tell whether a schema is of the reader's language; ``unknown`` where it is not known. Never waits."""
        schema = self._source.find(key)
        return schema.kind is self._kind if isinstance(schema, Schema) else unknown

    def fetch(self, values: Sequence[bytes]) -> None:
        """Learn of the schemas of a batch's records, within the time given."""
        missing = [key for key in schema_ids(values) if isinstance(self._source.find(key), Failure)]
        if missing:
            self._source.fetch(missing, self._seconds)

    def get(self, key: int) -> Compiled:
        """Return a schema in the reader's form.

        Raises:
            UnreadableError: there is none, or none to read by.
        """
        schema = self._source.find(key)
        if isinstance(schema, Failure):
            raise UnreadableError(*schema)
        kept = self._kept.get(key)
        if kept is None or kept[0] is not schema:
            kept = (schema, self._compiled(key, schema))
        if isinstance(kept[1], UnusableSchemaError):
            raise UnreadableError(reasons.SCHEMA_UNUSABLE, str(kept[1]))
        return kept[1]

    def _compiled(self, key: int, schema: Schema) -> Compiled | UnusableSchemaError:
        compiled: Compiled | UnusableSchemaError
        try:
            if schema.kind is not self._kind:
                raise UnusableSchemaError("the schema is of another language")
            compiled, weight = self._prepare(schema)
        except UnusableSchemaError as error:
            compiled, weight = error, 1
        self._kept.put(key, (schema, compiled), weight)
        return compiled
