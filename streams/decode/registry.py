"""Which format reads which record of a batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, Final, cast

from streams.decode import reasons
from streams.decode.base import Compression, Decoded, Decoder, Envelope, Headers, Reader, Reject
from streams.decode.compression import Gzip, Zstd
from streams.decode.csv_lines import CsvDecoder
from streams.decode.envelopes import ENVELOPES
from streams.decode.grouping import RowDecoder
from streams.decode.halves import Failure
from streams.decode.json_lines import JsonLinesReader, any_on_lines
from streams.decode.json_objects import JsonReader
from streams.decode.kinds import Kinds
from streams.decode.limits import Limits
from streams.decode.msgpack import MessagePackReader
from streams.decode.parquet_blobs import ParquetReader
from streams.decode.protobuf.reader import KnownMessages
from streams.decode.schemas.base import SchemaSource
from streams.decode.schemas.wire import schema_ids
from streams.decode.with_schemas import readers_with_schemas

_BRACE = ord("{")
_BLANKS = b"\xef\xbb\xbf \t\r\n"
#: Compressions within compressions that are opened: each multiplies what a small record can become.
_MOST_COMPRESSIONS: Final = 1
#: Bytes of a record, or of what is in a compressed one. Kafka's own limit is 1 MB unless somebody raised it.
MOST_BYTES: Final = 32 << 20


def envelopes() -> tuple[Envelope, ...]:
    """Return the envelopes in the order in which they are tried."""
    return ENVELOPES


def compressions() -> tuple[Compression, ...]:
    """Return the formats that wrap one record of another: add a new one here."""
    return (Gzip(), Zstd())


def formats(
    limits: Limits, schemas: SchemaSource | None = None, messages: KnownMessages | None = None
) -> tuple[Decoder, ...]:
    """Return the formats in the order in which a record is offered to them: add a new one here.

    What starts with a brace is always JSON, of one row or of several, whatever stands here. Formats that need a schema
    are there when there is something to find it in.
    """
    readers: list[Reader] = [JsonLinesReader(), JsonReader(), ParquetReader(), MessagePackReader()]
    readers += readers_with_schemas(schemas, messages)
    return (*(RowDecoder(reader, envelopes(), limits) for reader in readers), CsvDecoder(limits))


class BatchDecoder:
    """Decodes batches of raw record values, of formats told apart record by record.

    Args:
        max_fields: field paths of one record that become columns; what is under further ones is counted in
            ``RowGroup.dropped_values``.
        max_depth: nested containers of one record that are opened; deeper ones are counted, not opened.
        max_bytes: bytes of a record, or of what is in a compressed one; a larger one is rejected.
        schemas: where schemas are found by their id.
        messages: types of Protobuf messages without one.

    Holds no state between batches. What it reads out of a record depends on that record alone; which kind of record it
    is, on the :class:`~streams.decode.kinds.Kinds` that it is given as well.
    """

    def __init__(
        self,
        *,
        max_fields: int = 1000,
        max_depth: int = 64,
        max_bytes: int = MOST_BYTES,
        schemas: SchemaSource | None = None,
        messages: KnownMessages | None = None,
    ) -> None:
        self._schemas = schemas
        self._formats = formats(Limits(max_fields, max_depth), schemas, messages)
        self._objects = next(decoder for decoder in self._formats if decoder.name == "json")
        self._compressions = compressions()
        self._max_bytes = max_bytes

    def missing_schemas(self, values: Sequence[bytes | None]) -> set[int]:
        """Return the ids of schemas that a batch needs and that are not known yet: :meth:`fetch_schemas` first."""
        if self._schemas is None:
            return set()
        find = self._schemas.find
        return {key for key in schema_ids(values) if isinstance(find(key), Failure)}

    def fetch_schemas(self, keys: Collection[int], seconds: float = 3.0) -> None:
        """Learn of schemas, for at most ``seconds``: to be called in a thread. Never raises."""
        if self._schemas is not None:
            self._schemas.fetch(keys, seconds)

    def decode(
        self,
        values: Sequence[bytes | None],
        headers: Sequence[Headers] | None = None,
        kinds: Kinds | None = None,
    ) -> Decoded:
        """Decode one batch.

        Args:
            values: the records' values as Kafka gives them; None is a tombstone.
            headers: the Kafka headers of each record, or None when no record has any.
            kinds: those found in the partition up to now, to tell kinds of record apart; None: all are of one kind.

        Returns:
            Every record in exactly one group or reject, or in several groups when its rows are of several kinds;
            rejects in ascending order of their index.
        """
        if not values:
            return Decoded([], [])
        decoded = self._decode(values, range(len(values)), headers, kinds, _MOST_COMPRESSIONS)
        decoded.rejects.sort(key=attrgetter("index"))
        return decoded

    def _decode(
        self,
        values: Sequence[bytes | None],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
        kinds: Kinds | None,
        depth: int,
    ) -> Decoded:
        if _all_objects(values):
            objects = cast("Sequence[bytes]", values)
            if max(map(len, objects)) <= self._max_bytes and not any_on_lines(objects):
                return self._objects.decode(objects, indexes, headers, kinds)
        routed, rejects = self._route(values, indexes, headers, depth)
        parts = []
        for taker, places in routed.items():
            some = cast("list[bytes]", [values[place] for place in places])
            where = [indexes[place] for place in places]
            own = None if headers is None else [headers[place] for place in places]
            if isinstance(taker, int):
                parts.append(self._open(self._compressions[taker], some, where, own, kinds, depth))
            else:
                parts.append(taker.decode(some, where, own, kinds))
        rejects.extend(chain.from_iterable(part.rejects for part in parts))
        return Decoded(list(chain.from_iterable(part.groups for part in parts)), rejects)

    def _open(
        self,
        compression: Compression,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
        kinds: Kinds | None,
        depth: int,
    ) -> Decoded:
        """Decode what is inside of compressed records."""
        opened = [compression.open(value, self._max_bytes) for value in values]
        rejects = [
            Reject(index, *found)
            for index, found in zip(indexes, opened, strict=True)
            if not isinstance(found, bytes)
        ]
        places = [place for place, found in enumerate(opened) if isinstance(found, bytes)]
        if not places:
            return Decoded([], rejects)
        inside = self._decode(
            cast("list[bytes]", [opened[place] for place in places]),
            [indexes[place] for place in places],
            None if headers is None else [headers[place] for place in places],
            None if kinds is None else kinds.inside(compression.name),
            depth - 1,
        )
        groups = [replace(group, format=f"{group.format}.{compression.name}") for group in inside.groups]
        return Decoded(groups, rejects + inside.rejects)

    def _route(
        self,
        values: Sequence[bytes | None],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
        depth: int,
    ) -> tuple[dict[Decoder | int, list[int]], list[Reject]]:
        """Return the places of each format's records (of a compression: by its number), and rejects of the others."""
        routed: dict[Decoder | int, list[int]] = {}
        objects = routed.setdefault(self._objects, [])
        rejects = []
        for place, value in enumerate(values):
            reject = _refused(indexes[place], value, self._max_bytes)
            if reject is not None or value is None:
                rejects.extend([reject] if reject else [])
            elif value[0] == _BRACE and b"\n" not in value:
                objects.append(place)
            else:
                taker = self._taker(value, headers[place] if headers else (), depth)
                if taker is None:
                    rejects.append(_reject(indexes[place], value))
                else:
                    routed.setdefault(taker, []).append(place)
        if not objects:
            del routed[self._objects]
        return routed, rejects

    def _taker(self, value: bytes, headers: Headers, depth: int) -> Decoder | int | None:
        """Return the format that takes a record, or the number of a compression."""
        if depth:
            for number, compression in enumerate(self._compressions):
                if compression.accepts(value):
                    return number
        return next((decoder for decoder in self._formats if decoder.accepts(value, headers)), None)


def _all_objects(values: Sequence[Any]) -> bool:
    """Tell whether each value starts with a brace, as nearly always: then nothing needs to be routed."""
    try:
        return set(map(itemgetter(0), values)) == {_BRACE}
    except (TypeError, IndexError):  # a tombstone, an empty value
        return False


def _refused(place: int, value: bytes | None, most: int) -> Reject | None:
    """Return why a record is offered to no format."""
    if value is None:
        return Reject(place, reasons.TOMBSTONE, "no value")
    if not value.strip(_BLANKS):
        return Reject(place, reasons.EMPTY, f"{len(value)} bytes, all blank")
    if len(value) > most:
        return Reject(place, reasons.TOO_LARGE, f"{len(value):,} bytes, more than {most:,}")
    return None


def _reject(place: int, value: bytes) -> Reject:
    try:
        value.decode()
    except UnicodeDecodeError as error:
        detail = f"byte {error.start + 1} of {len(value)} is not valid UTF-8"
        return Reject(place, reasons.NOT_UTF8, detail)
    return Reject(place, reasons.NOT_JSON_NOR_CSV, "text without JSON and without two or more CSV cells")
