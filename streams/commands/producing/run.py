"""Reads files, shapes their rows into records, paces and sends them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pandian.errors import PandianError
from pandian.files import Batch, RecordFile, check_readable, open_records
from pandian.settings import Settings
from streams.commands.producing.event_clock import EventClock
from streams.commands.producing.pacing import AsItHappened, AtOnce, Pace, SteadyRate
from streams.commands.producing.records import Shaper
from streams.commands.producing.sending import RecordSender, SendingStopped
from streams.commands.producing.topic import check_name, ensure_topic


@dataclass(frozen=True, slots=True)
class Options:
    """What ``pandian produce`` was asked for."""

    files: Sequence[str]
    topic: str
    as_csv: bool = False
    key: str | None = None
    partitions: int | None = None
    limit: int | None = None
    rate: float | None = None
    speed: float | None = None
    time_field: str | None = None
    fmt: str | None = None
    columns: Sequence[str] | None = None
    skip_bad: bool = False


@dataclass(slots=True)
class Report:
    """What came of it."""

    topic: str
    partitions: int
    sent: int = 0
    acknowledged: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    """Records that the broker did not take, by reason."""
    skipped: int = 0
    """Bad rows that were left out."""
    broken_lines: int = 0
    """CSV lines with a line break inside a cell."""
    seconds: float = 0.0

    def document(self) -> dict[str, Any]:
        """Return the report as a JSON document."""
        return {
            "topic": self.topic,
            "partitions": self.partitions,
            "records": self.sent,
            "acknowledged": self.acknowledged,
            "failed": self.failed,
            "skipped_rows": self.skipped,
            "seconds": round(self.seconds, 3),
            "records_per_s": round(self.acknowledged / self.seconds, 1) if self.seconds else 0.0,
        }


class Progress(Protocol):
    """Is told how far it has come."""

    def report(self, rows: int, position: int, name: str) -> None:
        """Take note: rows acknowledged, bytes read of the file that is being read, its name."""
        ...

    def finish_file(self, rows: int, size: int) -> None:
        """Take note that a file of ``size`` bytes is done; ``rows`` are to be added to all later counts."""
        ...


class _Enough(Exception):  # noqa: N818 - the limit that was asked for
    """As many rows as were asked for have been sent."""


def produce(options: Options, settings: Settings, progress: Progress, say: Callable[[str], None]) -> Report:
    """Send the rows of the files to the topic, in order, and wait for the acknowledgements.

    Args:
        options: What to send, where and how.
        settings: The broker.
        progress: Is told how far it has come.
        say: Tells a person something in one line.

    Returns:
        The report; ``failed`` is not empty when the broker did not take everything.

    Raises:
        UsageError: a file that is not there, a wrong name, no broker (before anything is sent); a file that does not
            fit the options (when it is its turn).
        BrokerError: when the broker cannot be reached.
        PandianError: at the first bad row (unless they are to be skipped), after everything before it was sent.
        KeyboardInterrupt: with the number of acknowledged records in its arguments.
    """
    check_name(options.topic)
    for path in options.files:
        check_readable(path)
    topic = ensure_topic(settings, options.topic, options.partitions)
    if options.partitions and not topic.made and topic.partitions != options.partitions:
        say(
            f"topic {options.topic} is there already, with {topic.partitions} partitions: --partitions changes nothing"
        )
    report = Report(options.topic, topic.partitions)
    sender = RecordSender(settings, options.topic, topic.partitions, topic.max_bytes)
    try:
        _Run(options, sender, report, progress, say).run()
    except KeyboardInterrupt:
        sender.look()
        raise KeyboardInterrupt(f"{sender.acknowledged:,} records are acknowledged") from None
    finally:
        sender.close()
    return report


class _Run:
    """One production, while it lasts."""

    def __init__(
        self,
        options: Options,
        sender: RecordSender,
        report: Report,
        progress: Progress,
        say: Callable[[str], None],
    ) -> None:
        self._options = options
        self._sender = sender
        self._report = report
        self._progress = progress
        self._say = say
        self._pace = _pace(options)

    def run(self) -> None:
        """Send all files; the report is complete whatever happens."""
        started = time.monotonic()
        try:
            for path in self._options.files:
                with open_records(path, self._options.fmt, self._options.columns) as file:
                    self._file(file)
                self._progress.finish_file(0, file.size or 0)
            self._sender.finish()
        except (_Enough, SendingStopped):
            self._sender.finish()
        except PandianError:
            self._sender.finish()
            self._close_report(started)
            if self._report.acknowledged:
                self._say(f"{self._report.acknowledged:,} records before it are acknowledged")
            raise
        self._close_report(started)

    def _close_report(self, started: float) -> None:
        report, sender = self._report, self._sender
        report.seconds = time.monotonic() - started
        report.sent, report.acknowledged, report.failed = (
            sender.sent,
            sender.acknowledged,
            dict(sender.failures),
        )
        if report.broken_lines:
            self._say(
                f"{report.broken_lines:,} of the CSV lines have a line break inside a cell: readers of one line a"
                " record cannot read them; --as json can carry them"
            )

    def _file(self, file: RecordFile) -> None:
        for notice in file.notices:
            self._say(f"{file.name}: {notice}")
        shaper = Shaper(file, as_csv=self._options.as_csv, key=self._options.key)
        clock: EventClock | None = None
        for batch in file.batches():
            stop = self._bad_rows(file, batch)
            if batch.rows:
                if self._options.speed and clock is None:
                    clock = EventClock(file, batch, self._options.time_field, self._say)
                self._send(file, shaper, batch, clock)
            if self._options.limit is not None and self._sender.sent >= self._options.limit:
                raise _Enough
            if stop:
                raise stop

    def _send(self, file: RecordFile, shaper: Shaper, batch: Batch, clock: EventClock | None) -> None:
        shaped = shaper.shape(batch)
        if self._options.as_csv:
            self._report.broken_lines += sum(b"\n" in line or b"\r" in line for line in shaped.values)
        for part in self._pace.slices(len(shaped.values), clock.times(batch) if clock else ()):
            keys = shaped.keys[part] if shaped.keys else None
            self._sender.send(shaped.values[part], keys, shaped.headers)
            self._sender.look()
            self._progress.report(self._sender.acknowledged, file.progress, file.name)

    def _bad_rows(self, file: RecordFile, batch: Batch) -> PandianError | None:
        """Count bad rows, or cut the batch before the first; cut it where the limit is reached, too."""
        stop: PandianError | None = None
        left = None if self._options.limit is None else self._options.limit - self._sender.sent
        if batch.bad and not self._options.skip_bad:
            first = batch.bad[0]
            _cut(batch, first.before)
            stop = PandianError(
                f"{file.name}, line {first.line}",
                first.rule,
                "correct the row, or leave out such rows with --skip-bad",
            )
        elif batch.bad:
            self._report.skipped += sum(left is None or bad.before < left for bad in batch.bad)
        if left is not None and len(batch.rows) >= left:
            _cut(batch, left)
        return stop


def _pace(options: Options) -> Pace:
    if options.speed:
        return AsItHappened(options.speed)
    return SteadyRate(options.rate) if options.rate else AtOnce()


def _cut(batch: Batch, rows: int) -> None:
    del batch.rows[rows:]
    del batch.values[rows:]
