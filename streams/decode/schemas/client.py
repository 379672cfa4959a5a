"""A schema registry's REST interface: Confluent's, and those that speak it (Karapace, Redpanda, Apicurio).

Plain HTTP of the standard library: the clients that there are bring a Kafka library or an HTTP library of their own,
and none bounds what an answer may take. An answer here is bounded in time and bytes, and no redirect is followed, as it
would take the password along.

Source: Confluent Schema Registry API reference, "Schemas" and "Subjects".
"""

from __future__ import annotations

import ssl
import time
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import orjson

from streams.decode.schemas.base import MAX_REFERENCES, Reference, Schema, SchemaKind, flattened
from streams.decode.schemas.exceptions import RegistryDownError, UnknownSchemaError, UnusableSchemaError
from streams.decode.schemas.kept import Kept
from streams.decode.schemas.protoc import compile_proto

#: Bytes of one answer at most.
MAX_ANSWER: Final = 4_000_000

_PIECE = 65_536
_KEPT_REFERENCES = 1_000


@dataclass(frozen=True, slots=True)
class RegistryAddress:
    """Where a registry is, and how to log in."""

    url: str
    """``http://host:port`` or ``https://host:port/path``; several with commas between are tried in turn."""
    user: str | None = None
    password: str = ""
    ca: Path | None = None
    """File with the authorities that may sign its certificate; None: those of the system."""


class RegistryClient:
    """Asks a registry for schemas. Waits for the answer: call it from a thread. Not safe for several at once.

    Args:
        address: where it is.
        seconds: how long one answer may take, all in all.

    Raises:
        ValueError: the address is no URL of a registry.
        OSError: the file with the authorities cannot be read.
    """

    def __init__(self, address: RegistryAddress, seconds: float = 3.0) -> None:
        self._bases = [_base(url.strip()) for url in address.url.split(",") if url.strip()]
        if not self._bases:
            raise ValueError("no address of a schema registry")
        self._seconds = seconds
        self._headers = {"Accept": "application/vnd.schemaregistry.v1+json, application/json"}
        if address.user is not None:
            login = b64encode(f"{address.user}:{address.password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {login}"
        self._tls = ssl.create_default_context(cafile=None if address.ca is None else str(address.ca))
        self._references: Kept[tuple[str, int], Schema] = Kept(_KEPT_REFERENCES)

    def schema(self, key: int) -> Schema:
        """Return a schema with all that it refers to.

        Raises:
            UnknownSchemaError: the registry has no schema of this id.
            RegistryDownError: it did not answer, or not as a registry does.
            UnusableSchemaError: what it has is no schema that can be used here.
        """
        schema = self._schema(f"/schemas/ids/{key}", (), [0])
        parts = flattened(schema)
        if schema.kind is not SchemaKind.PROTOBUF or all(
            one.descriptor for one in (schema, *_schemas(parts))
        ):
            return schema
        return Schema(schema.kind, "", descriptor=compile_proto(schema.text, parts), is_set=True)

    def _schema(self, path: str, above: tuple[tuple[str, int], ...], count: list[int]) -> Schema:
        answer = self._ask(path)
        kind = _kind(answer.get("schemaType", "AVRO"))
        text = answer.get("schema")
        if not isinstance(text, str):
            raise RegistryDownError("the schema registry's answer has no schema")
        references = self._referred(answer.get("references") or [], above, count)
        if kind is not SchemaKind.PROTOBUF:
            return Schema(kind, text, references)
        return Schema(kind, text, references, self._descriptor(path))

    def _descriptor(self, path: str) -> bytes:
        """Return a Protobuf schema in its binary form; empty where the registry gives it as text only."""
        text = self._ask(path + "?format=serialized").get("schema")
        try:
            return b64decode(text if isinstance(text, str) else "", validate=True)
        except (Base64Error, ValueError):
            return b""

    def _referred(
        self, entries: Any, above: tuple[tuple[str, int], ...], count: list[int]
    ) -> tuple[Reference, ...]:
        found = []
        for name, subject, version in _references(entries):
            place = (subject, version)
            count[0] += 1
            if place in above or count[0] > MAX_REFERENCES:
                raise UnusableSchemaError(
                    f"the schema refers to itself, or to more than {MAX_REFERENCES} others"
                )
            schema = self._references.get(place)
            if schema is None:
                path = f"/subjects/{quote(subject, safe='')}/versions/{version}"
                schema = self._schema(path, (*above, place), count)
                self._references.put(place, schema)
            found.append(Reference(name, schema))
        return tuple(found)

    def _ask(self, path: str) -> dict[str, Any]:
        """Return the answer of the first registry that answers."""
        trouble = RegistryDownError("the schema registry was not asked")
        for base in list(self._bases):
            try:
                return self._ask_one(base, path)
            except RegistryDownError as error:
                trouble = error
                self._bases.append(self._bases.pop(0))
        raise trouble

    def _ask_one(self, base: _Base, path: str) -> dict[str, Any]:
        connection = self._connection(base)
        try:
            status, body = self._exchange(connection, base.path + path)
        except TimeoutError:
            raise RegistryDownError(
                f"the schema registry did not answer within {self._seconds:g} s"
            ) from None
        except (OSError, HTTPException, ValueError) as error:
            raise RegistryDownError(
                f"the schema registry cannot be reached ({type(error).__name__})"
            ) from None
        finally:
            connection.close()
        return _understood(status, body)

    def _connection(self, base: _Base) -> HTTPConnection:
        if base.secure:
            return HTTPSConnection(base.host, base.port, timeout=self._seconds, context=self._tls)
        return HTTPConnection(base.host, base.port, timeout=self._seconds)

    def _exchange(self, connection: HTTPConnection, path: str) -> tuple[int, bytes]:
        deadline = time.monotonic() + self._seconds
        connection.request("GET", path, headers=self._headers)
        response = connection.getresponse()
        return response.status, _body(response, deadline)


def _body(response: HTTPResponse, deadline: float) -> bytes:
    pieces, size = [], 0
    while piece := response.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_ANSWER:
            raise RegistryDownError(f"the schema registry's answer has more than {MAX_ANSWER:,} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError
    return b"".join(pieces)


def _understood(status: int, body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise RegistryDownError(f"the schema registry answered {status}, not as a registry does")
    # A 404 without such a code is of something else at that address.
    if status == 404 and str(answer.get("error_code")).startswith("404"):
        raise UnknownSchemaError("the schema registry has no schema of this id")
    if status != 200:
        raise RegistryDownError(f"the schema registry answered {status}")
    return answer


@dataclass(frozen=True, slots=True)
class _Base:
    secure: bool
    host: str
    port: int | None
    path: str


def _base(url: str) -> _Base:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the address of a schema registry must be http://host:port or https://host:port")
    if parts.username or parts.password:
        raise ValueError("the schema registry's user and password do not belong into its address")
    return _Base(parts.scheme == "https", parts.hostname, parts.port, parts.path.rstrip("/"))


def _schemas(references: list[Reference]) -> list[Schema]:
    return [one.schema for one in references]


def _kind(name: Any) -> SchemaKind:
    try:
        return SchemaKind(name)
    except ValueError:
        raise UnusableSchemaError("the schema is of a language that is not read") from None


def _references(entries: Any) -> list[tuple[str, str, int]]:
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise RegistryDownError("the schema registry's answer has references that are none")
    found = [(one.get("name"), one.get("subject"), one.get("version")) for one in entries]
    if not all(
        isinstance(name, str) and isinstance(subject, str) and isinstance(version, int)
        for name, subject, version in found
    ):
        raise RegistryDownError("the schema registry's answer has references that are none")
    return found
