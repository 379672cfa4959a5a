"""Schemas in files, for where there is no registry or where it is not to be asked.

A file is named by the id: ``7.avsc`` (Avro), ``7.json`` (JSON Schema), ``7.proto``, or ``7.desc`` (Protobuf, as
``protoc --descriptor_set_out --include_imports`` writes it). Avro files of any other name (``shop.Money.avsc``, by
subject or by type) define names that the numbered ones may use; ``.proto`` files import one another by file name.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Final

import orjson

from streams.decode import reasons
from streams.decode.halves import Failure
from streams.decode.schemas.base import MAX_REFERENCES, Reference, Schema, SchemaKind, flattened
from streams.decode.schemas.exceptions import UnusableSchemaError
from streams.decode.schemas.protoc import compile_proto

#: Bytes of one file at most.
MAX_FILE: Final = 4_000_000

_SUFFIXES = {
    ".avsc": SchemaKind.AVRO,
    ".json": SchemaKind.JSON,
    ".proto": SchemaKind.PROTOBUF,
    ".desc": SchemaKind.PROTOBUF,
}
_IMPORT = re.compile(r'(?:^|;)\s*import\s+(?:public\s+|weak\s+)?"([^"\n]{1,300})"\s*;', re.MULTILINE)
_UNKNOWN: Final = Failure(reasons.SCHEMA_UNKNOWN, "the schema folder has no file of this id")


class FolderSchemas:
    """Schemas by their id in a folder. Files are read when they are first asked for, and kept; safe for threads.

    A file that is added later is found; one that was read is not read again.

    Args:
        folder: where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._kept: dict[int, Schema | Failure] = {}

    def find(self, key: int) -> Schema | Failure:
        """Return what is known of an id; see :meth:`streams.decode.schemas.base.SchemaSource.find`."""
        return self._kept.get(key, _UNKNOWN)

    def fetch(self, keys: Collection[int], seconds: float) -> None:  # noqa: ARG002 a folder has no need to wait
        """Learn of ids; see :meth:`streams.decode.schemas.base.SchemaSource.fetch`."""
        with self._lock:
            for key in keys:
                if key not in self._kept:
                    found = self._read(key)
                    if found is not _UNKNOWN:  # what is not there may come
                        self._kept[key] = found

    def _read(self, key: int) -> Schema | Failure:
        for suffix, kind in _SUFFIXES.items():
            path = self._folder / f"{key}{suffix}"
            try:
                if path.is_file():
                    return self._schema(path, kind)
            except OSError as error:
                return Failure(
                    reasons.SCHEMA_UNUSABLE, f"the schema's file cannot be read ({type(error).__name__})"
                )
            except UnusableSchemaError as error:
                return Failure(reasons.SCHEMA_UNUSABLE, str(error))
        return _UNKNOWN

    def _schema(self, path: Path, kind: SchemaKind) -> Schema:
        data = _bytes(path)
        if path.suffix == ".desc":
            return Schema(kind, "", descriptor=data, is_set=True)
        text = _text(data)
        if kind is SchemaKind.AVRO:
            return Schema(kind, text, self._definitions(text))
        if kind is SchemaKind.JSON:
            return Schema(kind, text)
        imports = flattened(Schema(kind, text, self._imports(text, (), {})))
        return Schema(kind, "", descriptor=compile_proto(text, imports), is_set=True)

    def _definitions(self, text: str) -> tuple[Reference, ...]:
        """Return the Avro files that a schema uses names of, each after those that it uses itself."""
        offered: dict[str, str] = {}
        for path in sorted(self._folder.glob("*.avsc"))[: 10 * MAX_REFERENCES]:
            if not path.stem.isdecimal():
                other = _text(_bytes(path))
                offered.update(dict.fromkeys(_defined(other), other))
        found: dict[str, Reference] = {}

        def add(one: str, above: frozenset[str]) -> None:
            for name in _words(one) & offered.keys():
                used = offered[name]
                if used not in found and used not in above and len(found) < MAX_REFERENCES:
                    add(used, above | {one})
                    found[used] = Reference(name, Schema(SchemaKind.AVRO, used))

        add(text, frozenset({text}))
        return tuple(found.values())

    def _imports(
        self, text: str, above: tuple[str, ...], known: dict[str, Reference]
    ) -> tuple[Reference, ...]:
        found = []
        for name in _IMPORT.findall(text):
            path = self._folder / name
            if name.startswith("google/protobuf/") or not _is_below(path, self._folder):
                continue
            if name in above or len(above) > MAX_REFERENCES:
                raise UnusableSchemaError("the schema's files import one another in a circle")
            if name not in known:
                other = _text(_bytes(path))
                inner = self._imports(other, (*above, name), known)
                known[name] = Reference(name, Schema(SchemaKind.PROTOBUF, other, inner))
            found.append(known[name])
        return tuple(found)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE:
        raise UnusableSchemaError(f"the schema's file has more than {MAX_FILE:,} bytes")
    return path.read_bytes()


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableSchemaError("the schema's file is not valid UTF-8") from None


def _is_below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve()) and path.is_file()


def _defined(text: str) -> Iterable[str]:
    """Return what the type that an Avro file defines can be called: its full name, and the one within its namespace."""
    try:
        schema: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    if isinstance(schema, dict) and isinstance(name := schema.get("name"), str):
        yield name
        yield name.rpartition(".")[2]
        if isinstance(namespace := schema.get("namespace"), str):
            yield f"{namespace}.{name}"


def _words(text: str) -> set[str]:
    return set(re.findall(r'"([A-Za-z_][\w.-]*)"', text))
