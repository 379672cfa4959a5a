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
from streams.decode.schemas.wire import HEADER, schema_id, schema_ids

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
        self._of_batch: dict[bytes, Compiled] = {}

    def may_be_ours(self, key: int, *, unknown: bool) -> bool:
        """Tell whether a schema is of the reader's language; ``unknown`` where it is not known. Never waits."""
        schema = self._source.find(key)
        return schema.kind is self._kind if isinstance(schema, Schema) else unknown

    def begin(self, values: Sequence[bytes]) -> None:
        """Begin with a batch: learn of the schemas of its records, within the time given."""
        self._of_batch.clear()
        missing = [key for key in schema_ids(values) if isinstance(self._source.find(key), Failure)]
        if missing:
            self._source.fetch(missing, self._seconds)

    def get(self, value: bytes) -> Compiled:
        """Return the schema of a record of the batch, in the reader's form.

        Raises:
            UnreadableError: there is none, or none to read by.
        """
        head = value[:HEADER]
        compiled = self._of_batch.get(head)
        if compiled is None:
            compiled = self._of_batch[head] = self._get(schema_id(value))
        return compiled

    def _get(self, key: int) -> Compiled:
        schema = self._source.find(key)
        if isinstance(schema, Failure):
            raise UnreadableError(*schema)
        if schema.kind is not self._kind:
            detail = "the schema was not known yet when it was asked which format the record has"
            raise UnreadableError(reasons.SCHEMA_REGISTRY_DOWN, detail)
        kept = self._kept.get(key)
        if kept is None or kept[0] is not schema:
            kept = (schema, self._compiled(key, schema))
        if isinstance(kept[1], UnusableSchemaError):
            raise UnreadableError(reasons.SCHEMA_UNUSABLE, str(kept[1]))
        return kept[1]

    def _compiled(self, key: int, schema: Schema) -> Compiled | UnusableSchemaError:
        compiled: Compiled | UnusableSchemaError
        try:
            compiled, weight = self._prepare(schema)
        except UnusableSchemaError as error:
            compiled, weight = error, 1
        self._kept.put(key, (schema, compiled), weight)
        return compiled
