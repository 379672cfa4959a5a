"""Interactions from files: csv, tsv, jsonl, json and parquet, plain, gzip or zstd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from models.data.cells import identifiers, shape, times
from models.data.columns import Columns, find_columns
from models.data.log import InteractionLog
from models.exceptions import DataError
from pandian.action_words import action_of
from pandian.actions import POSITIVE
from pandian.files import RecordFile, check_readable, open_records

#: Told in words about what was left out, and how many rows of a file were read.
Notice = Callable[[str], None]
Progress = Callable[[str, int], None]


def read_files(
    paths: Sequence[str], notice: Notice = lambda _: None, progress: Progress = lambda *_: None
) -> InteractionLog:
    """Read files whose rows are interactions; see :data:`models.data.columns.NAMES` for names of columns.

    Rows that cannot be read, without user, item or time, of no positive action or of no weight are left out and
    counted in a notice. Values of other columns are passed over.

    Raises:
        UsageError: when a file is not there.
        FileError: when it is not what it is said to be.
        DataError: when a column is missing, most times of a file cannot be read, or nothing is left.
    """
    for path in paths:
        check_readable(path)
    users: list[str] = []
    items: list[str] = []
    moments: list[np.ndarray[Any, np.dtype[np.int64]]] = [np.zeros(0, np.int64)]
    read = 0
    for path in paths:
        with open_records(path) as file:
            found = _read(file, notice, progress)
        users += found[0]
        items += found[1]
        moments.append(found[2])
        read += found[3]
    if not users:
        raise DataError(
            ", ".join(paths), "must have rows with user_id, item_id and timestamp", "check the files"
        )
    return InteractionLog.of(users, items, np.concatenate(moments), read)


def _read(
    file: RecordFile, notice: Notice, progress: Progress
) -> tuple[list[str], list[str], np.ndarray[Any, np.dtype[np.int64]], int]:
    cells = _Cells(file.name, file.columns, named=file.format not in ("csv", "tsv"))
    bad: Counter[str] = Counter()
    for batch in file.batches():
        bad.update(row.rule for row in batch.bad)
        cells.add(batch.rows)
        progress(file.name, len(cells.users))
    for text in file.notices:
        notice(f"{file.name}: {text}")
    users, items = identifiers(cells.users), identifiers(cells.items)
    moments = times(cells.times)
    _check_times(file.name, cells, moments)
    usable = np.isfinite(moments)
    reasons = Counter(bad)
    reasons["without a time that can be read"] = int((~usable).sum())
    for name, column in (("user", users), ("item", items)):
        there = np.array([value is not None for value in column], bool)
        reasons[f"without {name}"] = int((usable & ~there).sum())
        usable &= there
    wanted = cells.wanted(file.name)
    reasons["of an action that speaks for no item, or of no weight"] = int((usable & ~wanted).sum())
    usable &= wanted
    if left_out := [f"{count:,} rows {reason}" for reason, count in reasons.items() if count]:
        notice(f"{file.name}: left out {', '.join(left_out)}")
    rows = np.flatnonzero(usable).tolist()
    return (
        [str(users[row]) for row in rows],
        [str(items[row]) for row in rows],
        np.rint(moments[usable]).astype(np.int64),
        len(cells.users) + bad.total(),
    )


class _Cells:
    """The cells that are needed, as they came."""

    def __init__(self, name: str, columns: Sequence[str], *, named: bool) -> None:
        self._name = name
        self._columns: Columns | None = find_columns(name, columns, named=named) if columns else None
        self.users: list[Any] = []
        self.items: list[Any] = []
        self.times: list[Any] = []
        self.actions: list[Any] = []
        self.weights: list[Any] = []

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        if self._columns is None:  # json has no header: the keys of the first rows are it
            self._columns = find_columns(self._name, list(dict.fromkeys(key for row in rows for key in row)))
        names = self._columns
        self.users += [row.get(names.user) for row in rows]
        self.items += [row.get(names.item) for row in rows]
        self.times += [row.get(names.time) for row in rows]
        if names.action:
            self.actions += [row.get(names.action) for row in rows]
        if names.weight:
            self.weights += [row.get(names.weight) for row in rows]

    def wanted(self, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which rows speak for their item [rows]."""
        found = np.ones(len(self.users), bool)
        if self.actions and self._columns:
            found &= _positive(f"{name}: {self._columns.action}", self.actions)
        if self.weights:
            found &= np.array([_weighs(value) for value in self.weights], bool)
        return found


def _positive(name: str, actions: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which rows have an action that speaks for the item, in whatever word; one that is left blank does."""
    found = np.array([_is_blank(value) or action_of(str(value)) in POSITIVE for value in actions], bool)
    if len(found) and not found.any():
        raise DataError(
            name,
            f"some must mean one of {', '.join(sorted(POSITIVE))}, in a word such as pv or add_to_cart",
            "spell the actions so, or leave the column out",
        )
    return found


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _weighs(value: Any) -> bool:
    try:
        return value is None or not float(value) <= 0
    except (TypeError, ValueError):
        return True


def _check_times(name: str, cells: _Cells, moments: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    unreadable = ~np.isfinite(moments)
    if len(moments) and unreadable.mean() > 0.5:
        column = cells._columns.time if cells._columns else ""
        example = shape(cells.times[int(np.flatnonzero(unreadable)[0])])
        raise DataError(
            f"{name}: {column} such as {example!r} (9 and a stand for digits and letters)",
            "must be epoch seconds, milliseconds, microseconds or nanoseconds, or ISO 8601",
            "write the times so",
        )
