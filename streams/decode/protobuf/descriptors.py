"""Descriptor sets and registered schemas -> message types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from google.protobuf import (
    any_pb2,
    api_pb2,
    descriptor_pb2,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    source_context_pb2,
    struct_pb2,
    timestamp_pb2,
    type_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError

from streams.decode.schemas.base import Schema, flattened
from streams.decode.schemas.exceptions import UnusableSchemaError

#: Files of one set at most, and bytes of them together.
MAX_FILES: Final = 1_000
MAX_BYTES: Final = 8_000_000

# The name of a registered schema's own file: it comes without one.
_MAIN = "pandian_main.proto"
#: Google's own files, serialised, by import path: those of the library, whatever a set brings.
OWN_FILES: Final[Mapping[str, bytes]] = {
    module.DESCRIPTOR.name: module.DESCRIPTOR.serialized_pb
    for module in (
        any_pb2,
        descriptor_pb2,
        duration_pb2,
        empty_pb2,
        field_mask_pb2,
        source_context_pb2,
        struct_pb2,
        timestamp_pb2,
        type_pb2,
        api_pb2,
        wrappers_pb2,
    )
}


class MessageTypes:
    """The message types of some files that belong together.

    Args:
        files: in any order; Google's own need not be among them.
        main: name of the file that an index counts the messages of.

    Raises:
        UnusableSchemaError: the files do not fit together, or are too large.
    """

    def __init__(self, files: Sequence[FileDescriptorProto], main: str) -> None:
        self.weight = sum(file.ByteSize() for file in files)
        """Bytes of the files."""
        if len(files) > MAX_FILES or self.weight > MAX_BYTES:
            raise UnusableSchemaError(f"the schema has more than {MAX_FILES:,} files or {MAX_BYTES:,} bytes")
        self._files = {file.name: file for file in files if file.name not in OWN_FILES}
        self._pool = DescriptorPool()
        self._main = main
        self._add_all()

    def _add_all(self) -> None:
        order: list[str] = []
        open_files: set[str] = set()
        waiting = [(name, False) for name in reversed(self._files)]
        while waiting:
            name, done = waiting.pop()
            if done:
                open_files.discard(name)
                order.append(name)
            elif name not in open_files and name not in order:
                open_files.add(name)
                waiting.append((name, True))
                waiting += [(other, False) for other in self._imports(name)]
        try:
            for name in order:
                self._pool.AddSerializedFile(self._serialised(name))
        except (TypeError, DecodeError, ValueError, KeyError):
            raise UnusableSchemaError("the schema's files do not fit together") from None

    def _imports(self, name: str) -> Iterable[str]:
        file = self._files.get(name)
        if file is None:
            file = FileDescriptorProto.FromString(self._serialised(name))
        return list(file.dependency)

    def _serialised(self, name: str) -> bytes:
        file = self._files.get(name)
        if file is not None:
            return file.SerializeToString()
        if name not in OWN_FILES:
            raise UnusableSchemaError("the schema imports a file that is not there")
        return OWN_FILES[name]

    def by_name(self, name: str) -> Descriptor | None:
        """Return the message type of a full name."""
        try:
            return self._pool.FindMessageTypeByName(name)
        except KeyError:
            return None

    def by_path(self, path: Sequence[int]) -> Descriptor | None:
        """Return a message type of the main file: ``[2, 0]`` is the first one within its third."""
        try:
            file = self._pool.FindFileByName(self._main)
            found = file.message_types_by_name[self._files[self._main].message_type[path[0]].name]
            for place in path[1:]:
                found = found.nested_types[place]
        except (KeyError, IndexError):
            return None
        return found

    def all(self) -> list[Descriptor]:
        """Return all message types that stand for themselves, Google's own left out, by full name."""
        found = [
            self._pool.FindMessageTypeByName(f"{file.package}.{message.name}".lstrip("."))
            for file in self._files.values()
            if not file.name.startswith("google/protobuf/")
            for message in file.message_type
        ]
        return sorted(found, key=lambda one: one.full_name)


def types_of_set(data: bytes) -> MessageTypes:
    """Return the message types of a serialised ``FileDescriptorSet``; its main file is the last, as protoc writes it.

    Raises:
        UnusableSchemaError: it is none, or too large.
    """
    if len(data) > MAX_BYTES:
        raise UnusableSchemaError(f"the descriptor set has more than {MAX_BYTES:,} bytes")
    try:
        files = list(FileDescriptorSet.FromString(data).file)
    except DecodeError:
        raise UnusableSchemaError("the file is no descriptor set") from None
    if not files:
        raise UnusableSchemaError("the descriptor set has no file")
    return MessageTypes(files, files[-1].name)


def types_of_schema(schema: Schema) -> MessageTypes:
    """Return the message types of a registered schema, or of one from a folder.

    Raises:
        UnusableSchemaError: it is not valid.
    """
    if schema.is_set:
        return types_of_set(schema.descriptor)
    referred = [(one.name, one.schema.descriptor) for one in flattened(schema)]
    parts = [*referred, (_MAIN, schema.descriptor)]
    files = []
    for name, data in parts:
        try:
            file = FileDescriptorProto.FromString(data)
        except DecodeError:
            raise UnusableSchemaError("the schema is no file descriptor") from None
        file.name = name  # what the others import it by
        files.append(file)
    return MessageTypes(files, _MAIN)
