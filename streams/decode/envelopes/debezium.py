"""Debezium: changes of database rows, and what else its connectors write.

The row after a change is the payload; of a deleted one the row before it, as far as the database told. Specification:
https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events (and those of the other
connectors), .../connectors/mongodb.html#mongodb-events, .../connectors/mysql.html#mysql-schema-change-topic,
.../connectors/postgresql.html#postgresql-transaction-metadata and #postgresql-property-heartbeat-interval-ms.
A tombstone, which follows a deletion, has no value and so no envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from streams.decode.base import Headers, Opened, Row
from streams.decode.envelopes.base import column, epoch_times, first_times, joined, objects, short, texts
from streams.decode.envelopes.extended_json import document

#: create, update, delete, read (by a snapshot): each has a row.
_ROW_OPERATIONS: Final = frozenset("cudr")
_IMAGES: Final = ("after", "before", "updateDescription", "patch", "filter")
_IMAGE_TYPES: Final = frozenset((dict, str, type(None)))
_SOURCE: Final = ("connector", "name", "version", "db", "schema", "table", "collection")


class ChangeEvents:
    """``before``, ``after``, ``source``, ``op``, ``ts_ms``; of MongoDB with documents as text.

    A truncated table (``t``), and a deletion of which the database did not tell the row, has an empty payload; the
    payload of a logical decoding message (``m``) is that message.
    """

    name = "debezium"
    needs = frozenset(("op", "source"))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row has an operation, a source with a connector or table, and the row before or after."""
        operation, source = row.get("op"), row.get("source")
        if type(operation) is not str or type(source) is not dict:
            return False
        if operation in _ROW_OPERATIONS:
            images = [row[name] for name in _IMAGES if name in row]
            return bool(images) and _IMAGE_TYPES.issuperset(map(type, images)) and _is_source(source)
        if operation == "t":
            return type(source.get("connector")) is str and _is_source(source)
        return operation == "m" and type(row.get("message")) is dict and type(source.get("connector")) is str

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        operations = texts(column(rows, "op"))
        afters = column(rows, "after")
        payloads = [
            after if type(after) is dict else _image(row) for after, row in zip(afters, rows, strict=True)
        ]
        return _opened(rows, payloads, operations, "debezium-message" if "m" in operations else "")


class SchemaChanges:
    """``databaseName``, ``ddl``, ``tableChanges``: how tables were made or altered."""

    name = "debezium"
    needs = frozenset(("ddl", "tableChanges", "databaseName"))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row has a source, and statements or changes of tables."""
        changes = type(row.get("tableChanges")) is list or type(row.get("ddl")) is str
        return changes and self.needs <= row.keys() and type(row.get("source")) is dict

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        payloads = [_without(row, _OF_EVENTS) for row in rows]
        return _opened(rows, payloads, [None] * len(rows), "", "debezium-schema-change")


class Transactions:
    """``status``, ``id``, ``event_count``, ``data_collections``: where transactions begin and end.

    The status is the operation: ``BEGIN`` or ``END``.
    """

    name = "debezium"
    needs = frozenset(("status", "id", "event_count", "data_collections"))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row marks the beginning or the end of a transaction."""
        return (
            row.get("status") in ("BEGIN", "END") and self.needs <= row.keys() and type(row.get("id")) is str
        )

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        payloads = [_without(row, _OF_TRANSACTIONS) for row in rows]
        return _opened(rows, payloads, texts(column(rows, "status")), "", "debezium-transaction")


class Heartbeats:
    """``ts_ms`` and nothing else: the connector is alive though no row changes."""

    name = "debezium"
    needs = frozenset(("ts_ms",))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row is a time and nothing else."""
        return type(row.get("ts_ms")) is int and row.keys() <= _CLOCKS

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off, which leaves nothing."""
        return _opened(rows, [{} for _ in rows], [None] * len(rows), "", "debezium-heartbeat")


_CLOCKS: Final = frozenset(("ts_ms", "ts_us", "ts_ns"))
_OF_EVENTS: Final = _CLOCKS | {"source"}
_OF_TRANSACTIONS: Final = _CLOCKS | {"status"}


def _is_source(source: Row) -> bool:
    if type(source.get("connector")) is str:
        return True
    table = source.get("table", source.get("collection"))
    return type(table) is str and ("db" in source or "schema" in source)


def _without(row: Row, names: frozenset[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _image(event: Row) -> Row:
    """Return the row of a change that has no object ``after``: deleted, of MongoDB, or no row at all."""
    after, before = event.get("after"), event.get("before")
    if event.get("op") == "m":
        return objects([event.get("message")])[0]
    if after is None and type(before) is dict:
        return before
    if after is not None:
        found = document(after)
        return {"after": after} if found is None else found
    texts_of_it = [before, event.get("filter")]
    if event.get("op") == "u":
        update = objects([event.get("updateDescription")])[0]
        texts_of_it = [update.get("updatedFields"), event.get("patch"), *texts_of_it]
    found = next(filter(None, map(document, texts_of_it)), {})
    return objects([found.get("$set", found)])[0]


def _opened(
    rows: Sequence[Row],
    payloads: list[Row],
    operations: Sequence[str | None],
    of_messages: str,
    kind: str | None = None,
) -> Opened:
    """Return the payloads with what ``source`` says of them; ``kind`` names what are no rows of a table."""
    sources = objects(column(rows, "source"))
    parts = list(zip(*(texts(column(sources, name)) for name in _SOURCE), strict=True))
    said = {part: _lineage(*part) for part in set(parts)}
    kinds = [kind or said[part][0] for part in parts]
    if of_messages:
        kinds = [of_messages if op == "m" else known for op, known in zip(operations, kinds, strict=True)]
    facts = {
        "operation": operations,
        "source": [said[part][1] for part in parts],
        "producer": [said[part][2] for part in parts],
    }
    times = first_times(epoch_times(column(some, "ts_ms")) for some in (sources, rows))
    return Opened(payloads, kinds, facts, times)


def _lineage(  # the columns of _SOURCE, in that order
    connector: str | None,
    name: str | None,
    version: str | None,
    db: str | None,
    schema: str | None,
    *tables: Any,
) -> tuple[str, str | None, str | None]:
    """Return kind, source and producer."""
    table = joined(tables[:1], "") or joined(tables[1:], "")
    kind = joined((schema or db, table), ".") if table else ""
    source = joined((connector, name, joined((db, schema, table), ".")), " ")
    return short(kind) or "", short(source), f"debezium {version}"[:120] if version else None
