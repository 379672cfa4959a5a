"""The contract of reading a file: batches of records as JSON objects, and the rows that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

#: Why a row cannot be read: a bounded set, in the words of the decoder of Kafka records (streams.decode.reasons).
BadReason = Literal[
    "csv-cell-count",
    "csv-quotes",
    "json-array",
    "json-malformed",
    "json-null",
    "json-number",
    "json-scalar",
    "json-truncated",
    "not-utf8",
    "too-long",
]

#: A record longer than this is a bad row: it would not pass a broker, and memory stays bounded.
MAX_RECORD_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that breaks a rule of its format. Holds nothing of the row's content."""

    line: int
    """Line in the file on which the row starts, from 1."""
    reason: BadReason
    """A stable code, for counting."""
    rule: str
    """What had to hold, in words."""
    before: int
    """How many good rows of the same batch come before it."""


@dataclass(slots=True)
class Batch:
    """Rows that were read together, in the file's order."""

    values: list[bytes] = field(default_factory=list)
    """Each good row as the bytes of one JSON object."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """The same rows parsed: ``rows[i]`` is ``values[i]``."""
    bad: list[BadRow] = field(default_factory=list)
    """The bad rows among them, in the file's order."""

    def __bool__(self) -> bool:
        """Tell whether there is any row in it."""
        return bool(self.values or self.bad)

    def accept(self, value: bytes, row: dict[str, Any]) -> None:
        """Add a good row."""
        self.values.append(value)
        self.rows.append(row)

    def reject(self, line: int, reason: BadReason, rule: str) -> None:
        """Add a bad row after the good ones so far."""
        self.bad.append(BadRow(line, reason, rule, len(self.values)))


class RecordReader(Protocol):
    """One format. Errors that end the reading are :class:`~pandian.files.exceptions.FileError`."""

    columns: tuple[str, ...]
    """Names of the columns of csv, tsv and parquet; empty for json."""
    notices: list[str]
    """What a person should know about how the file is read, one line each, without the file's name."""
    total_rows: int | None
    """Number of rows when the file says it."""

    def batches(self) -> Iterator[Batch]:
        """Yield every row once, good or bad, in order. Batches of standard input come as the data comes."""
        ...


def reason_not_object(value: object) -> BadReason:
    """Return why a JSON value that is no object is no record."""
    if value is None:
        return "json-null"
    return "json-array" if isinstance(value, list) else "json-scalar"
