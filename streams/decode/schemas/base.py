"""The contract of where schemas come from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from streams.decode.halves import Failure

#: Schemas that one schema refers to, directly or not, at most.
MAX_REFERENCES: Final = 100


class SchemaKind(StrEnum):
    """The language of a schema, as registries name it."""

    AVRO = "AVRO"
    PROTOBUF = "PROTOBUF"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another schema that a schema builds upon."""

    name: str
    """What it is called there: an Avro full name, a Protobuf import path."""
    schema: Schema


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema, with all that it refers to."""

    kind: SchemaKind
    text: str
    """Avro and JSON: JSON. Protobuf: the ``.proto`` text, perhaps; the ``descriptor`` says all of it."""
    references: tuple[Reference, ...] = ()
    descriptor: bytes = b""
    """Protobuf: a serialised ``FileDescriptorProto``, or a ``FileDescriptorSet`` when ``is_set``."""
    is_set: bool = False


class SchemaSource(Protocol):
    """Where schemas are found by their id.

    Finding and fetching are apart so that an event loop never waits: fetch what a batch needs in a thread
    (``await asyncio.to_thread(source.fetch, ids, seconds)``), then decode.
    """

    def find(self, key: int) -> Schema | Failure:
        """Return what is known of an id. Never waits, never raises.

        Returns:
            The schema; or a failure: ``schema-unknown`` when there is no such schema, ``schema-registry-down`` when
            that could not be learnt (yet): the record can be read later.
        """
        ...

    def fetch(self, keys: Collection[int], seconds: float) -> None:
        """Learn of these ids. Returns when that is done, at the latest after ``seconds``. Never raises."""
        ...


def flattened(schema: Schema) -> list[Reference]:
    """Return all that a schema refers to, each once, after what it refers to itself."""
    found: dict[str, Reference] = {}

    def add(one: Schema) -> None:
        for reference in one.references:
            if reference.name not in found:
                add(reference.schema)
                found[reference.name] = reference

    add(schema)
    return list(found.values())
