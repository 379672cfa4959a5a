"""JSON lines: each line one JSON object, passed on byte for byte."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import orjson

from pandian.files.base import MAX_RECORD_BYTES, Batch, reason_not_object
from pandian.files.formats import BOM
from pandian.files.source import Lines

_TOO_LONG = f"a line must be shorter than {MAX_RECORD_BYTES >> 20} MiB"


class JsonLinesReader:
    """Lines that are valid JSON objects (RFC 8259, UTF-8), unchanged; blank lines are no rows.

    Lines are checked many at once, joined by a random number that no file can know: only if the number comes back
    at every second place has each line been one value of its own.
    """

    def __init__(self, lines: Iterator[Lines]) -> None:
        self.notices: list[str] = []
        self.total_rows: int | None = None
        self.columns: tuple[str, ...] = ()
        self._lines = lines
        self._line = 1
        self._mark = secrets.randbits(62)
        self._join = b",%d," % self._mark

    def batches(self) -> Iterator[Batch]:
        """Yield the lines; a batch is about 256 KiB."""
        for data, too_long in self._lines:
            batch = Batch()
            if too_long:
                batch.reject(self._line, "too-long", _TOO_LONG)
                self._line += 1
            else:
                self._parse(data.removeprefix(BOM) if self._line == 1 else data, batch)
            if batch:
                yield batch

    def _parse(self, data: bytes, batch: Batch) -> None:
        lines = data.split(b"\n") if b"\n" in data else data.split(b"\r")
        if not lines[-1]:
            lines.pop()
        if b"\r\n" in data:
            lines = [line.removesuffix(b"\r") for line in lines]
        if not self._parse_all(lines, batch):
            self._parse_each(lines, batch)
        self._line += len(lines)

    def _parse_all(self, lines: list[bytes], batch: Batch) -> bool:
        """The fast way: add all lines and return True when every one is an object."""
        try:
            parsed = orjson.loads(b"[" + self._join.join(lines) + b"]")
        except orjson.JSONDecodeError:
            return False
        rows = parsed[::2]
        if parsed[1::2] != [self._mark] * (len(lines) - 1) or set(map(type, rows)) - {dict}:
            return False
        batch.values += lines
        batch.rows += rows
        return True

    def _parse_each(self, lines: list[bytes], batch: Batch) -> None:
        for number, line in enumerate(lines, self._line):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                self._reject(number, line, error, batch)
                continue
            if isinstance(row, dict):
                batch.accept(line, row)
            else:
                batch.reject(
                    number, reason_not_object(row), "a line must be a JSON object, not another JSON value"
                )

    def _reject(self, number: int, line: bytes, error: orjson.JSONDecodeError, batch: Batch) -> None:
        try:
            line.decode()
        except UnicodeDecodeError as wrong:
            batch.reject(
                number, "not-utf8", f"JSON must be UTF-8, which byte {wrong.start + 1} of the line is not"
            )
        else:
            batch.reject(number, "json-malformed", f"a line must be one JSON object ({_what(error)})")


def _what(error: orjson.JSONDecodeError) -> str:
    """Return the parser's words, which hold no content, and the place in the line."""
    return f"{error.msg.split(':')[0]}, column {error.colno}"
