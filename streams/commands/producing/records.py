"""Rows as Kafka records: the value, the key, the headers."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from pandian.errors import UsageError
from pandian.files import Batch, RecordFile
from pandian.files.values import to_json
from streams.commands.producing.times import value_at
from streams.decode.base import COLUMNS_HEADER

Headers = list[tuple[str, bytes]]


class Shaped(NamedTuple):
    """What a batch becomes."""

    values: Sequence[bytes]
    keys: Sequence[bytes | None] | None
    """None when records have no keys."""
    headers: Headers
    """The same for each record."""


class Shaper:
    """Turns one file's rows into records.

    Args:
        file: The opened file.
        as_csv: Send CSV lines, whose column names go with each record in the header ``pandian.columns``, in place of
            JSON objects.
        key: Field whose value becomes the record's key.

    Raises:
        UsageError: when rows of the file have no columns to be CSV lines of, or no such field.
    """

    def __init__(self, file: RecordFile, *, as_csv: bool = False, key: str | None = None) -> None:
        if as_csv and not file.columns and file.format in ("json", "jsonl"):
            raise UsageError(
                f"--as csv for {file.name}",
                "needs a file with columns: csv, tsv or parquet",
                "leave --as out",
            )
        if key and file.columns and key.split(".")[0] not in file.columns and key not in file.columns:
            raise no_field("--key", key, file)
        self._file = file
        self._as_csv = as_csv
        self._key = key
        self._key_seen = False
        self._headers: Headers = []
        if as_csv:
            self._headers = [(COLUMNS_HEADER, csv_lines([file.columns])[0])]

    def shape(self, batch: Batch) -> Shaped:
        """Return the records of a batch, in order.

        Raises:
            UsageError: when no row of the first batch has the key's field.
        """
        values = csv_lines([list(row.values()) for row in batch.rows]) if self._as_csv else batch.values
        keys = [key_bytes(value_at(row, self._key)) for row in batch.rows] if self._key else None
        if keys and not self._key_seen:
            self._key_seen = any(key is not None for key in keys)
            if not self._key_seen and not self._file.columns:
                raise no_field("--key", str(self._key), self._file, batch.rows[0])
        return Shaped(values, keys, self._headers)


def no_field(option: str, name: str, file: RecordFile, row: Mapping[str, Any] | None = None) -> UsageError:
    """Return the error for a field that a file does not have, naming those that it has."""
    fields = list(file.columns or row or ())
    more = f" and {len(fields) - 12} more" if len(fields) > 12 else ""
    return UsageError(
        f"{option} {name}", f"must be a field of {file.name}", f"choose one of {', '.join(fields[:12])}{more}"
    )


def key_bytes(value: Any) -> bytes | None:
    """Return a value as a record's key: text as it is, anything else as JSON; null is no key."""
    if value is None:
        return None
    return value.encode() if isinstance(value, str) else to_json(value)


def csv_lines(rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """Return rows as CSV lines (RFC 4180) without line ends; null is an empty cell, nested values are JSON."""
    lines = _Lines()
    writer = csv.writer(lines)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return [line.removesuffix("\r\n").encode() for line in lines]


class _Lines(list[str]):
    """A file for :func:`csv.writer`, which writes each row with one call."""

    write = list.append


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    text = to_json(value)
    return orjson.loads(text) if text.startswith(b'"') else text.decode()
