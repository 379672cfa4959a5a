"""Event times of a file's rows, for replaying them."""

from __future__ import annotations

from collections.abc import Callable

from pandian.errors import UsageError
from pandian.files import Batch, RecordFile
from pandian.times import Reader, time_reader
from streams.commands.producing.records import no_field
from streams.commands.producing.times import find_time_field, value_at

_SAMPLE = 200


class EventClock:
    """Reads the event times of one file's rows.

    Args:
        file: The opened file.
        batch: Its first rows.
        name: The field that holds the times; None: the one that looks most like it, which is said.
        say: Tells a person something in one line.

    Raises:
        UsageError: when there is no such field, or it holds no times.
    """

    def __init__(self, file: RecordFile, batch: Batch, name: str | None, say: Callable[[str], None]) -> None:
        found = name or find_time_field(batch.rows)
        if found is None:
            raise UsageError(
                f"--speed with {file.name}",
                "needs a field of event times, and none was found",
                "name it with --time",
            )
        values = [value_at(row, found) for row in batch.rows]
        if name and all(value is None for value in values):
            raise no_field("--time", name, file, batch.rows[0])
        reader = time_reader(values[:_SAMPLE])
        if reader is None:
            raise UsageError(
                f"--time {found}", f"must hold times; those in {file.name} cannot be read", "name another"
            )
        if not name:
            say(f"{file.name}: replaying by the times in {found}")
        self._name = found
        self._read: Reader = reader

    def times(self, batch: Batch) -> list[float | None]:
        """Return the event time of each row in seconds; None where there is none."""
        values = [value_at(row, self._name) for row in batch.rows]
        return [None if value is None else self._read(value) for value in values]
