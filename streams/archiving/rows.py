"""Decoded records -> tables by asset and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from pandian.archive.layout import INDEX, MISFITS, OFFSET, OPERATION, PARTITION, TIME, TOPIC_ID
from streams.archiving.base import AssetPlan, ColumnPlan
from streams.archiving.cells import cells_of, leaves, rows_of_leaves, with_leaves
from streams.archiving.values import ARROW, MISFIT, Values, as_text
from streams.decode.base import Decoded, RowGroup, row_numbers
from streams.interactions.times import epoch_ms, event_time
from streams.inventory.profile.paths import kept_paths

_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
_MISFITS_TYPE = pa.map_(pa.string(), pa.string())
#: The fact of an envelope that becomes a column.
_OPERATION_FACT = "operation"

#: Returns the plan of a group of rows.
PlanOf = Callable[[RowGroup], AssetPlan]


class Origin(NamedTuple):
    """Where the records of a batch come from."""

    topic_id: str
    """32 hexadecimal digits."""
    partition: int
    offsets: Sequence[int]
    times: Sequence[int]
    """Broker time of each record, epoch milliseconds; -1 where the producer left it out."""


@dataclass(frozen=True, slots=True)
class DayTable:
    """Rows of one asset that lie on one day."""

    asset: str
    day: date
    table: pa.Table


class RowsArchiver:
    """Makes tables of decoded records.

    Args:
        values: cleans and masks.
        masker: says under which path a field is kept, whose name holds something personal.

    Guarantees: what becomes of a row depends on the row, its record's place and time, and the plan alone.
    """

    def __init__(self, values: Values, masker: Any) -> None:
        self._values = values
        self._masker = masker

    def tables(
        self, decoded: Decoded, plan_for: PlanOf, origin: Origin, outcomes: Counter[str]
    ) -> list[DayTable]:
        """Return the rows of a batch by asset and day, each in the order of its places; count what became of them."""
        outcomes["unreadable"] += len(decoded.rejects)
        by_asset: dict[str, list[tuple[pa.Table, np.ndarray[Any, Any]]]] = {}
        numbers = _numbers(decoded.groups)
        for group, own in zip(decoded.groups, numbers, strict=True):
            plan = plan_for(group)
            made = self._table(group, own, plan, origin, outcomes)
            if made is not None:
                by_asset.setdefault(plan.asset, []).append(made)
        return [one for asset, made in by_asset.items() for one in _by_day(asset, made)]

    def _table(
        self,
        group: RowGroup,
        numbers: Sequence[int],
        plan: AssetPlan,
        origin: Origin,
        outcomes: Counter[str],
    ) -> tuple[pa.Table, np.ndarray[Any, Any]] | None:
        """Return a group's rows, and the day of each as days since 1970."""
        cells = self._cells(group, plan, outcomes)
        kept = _not_blank(group, cells)
        outcomes["header-line"] += group.header_records
        rows = group.records if kept is None else len(kept)
        if not rows:
            return None
        columns: dict[str, pa.Array] = {}
        misfits: list[dict[str, str]] = [{} for _ in range(rows)]
        for path, found in cells.items():
            one = plan.columns[path]
            columns[one.name] = self._array(_pick(found, kept), one, misfits)
        indexes = _pick(group.indexes, kept)
        own = _pick(cells.get(plan.time or "") or [None] * group.records, kept)
        times = _times(_pick(group.times, kept), own, plan.reader, [origin.times[index] for index in indexes])
        outcomes["archived"] += rows
        provenance = {
            TOPIC_ID: pa.repeat(origin.topic_id, rows),
            PARTITION: pa.repeat(pa.scalar(origin.partition, pa.int32()), rows),
            OFFSET: pa.array([origin.offsets[index] for index in indexes], pa.int64()),
            INDEX: pa.array(_pick(numbers, kept), pa.int64()),
            TIME: pa.array(times, ARROW["timestamp"]),
        }
        if _OPERATION_FACT in group.facts:
            provenance[OPERATION] = pa.array(_pick(group.facts[_OPERATION_FACT], kept), pa.string())
        if any(misfits):
            columns[MISFITS] = pa.array([list(one.items()) or None for one in misfits], _MISFITS_TYPE)
        days = np.array([(time or 0) // _DAY_MS for time in times], np.int64)
        return pa.table(provenance | columns), days

    def _cells(self, group: RowGroup, plan: AssetPlan, outcomes: Counter[str]) -> dict[str, list[Any]]:
        """Return the cells of the plan's fields that the group has, by the plan's path."""
        raw = [column.path for column in group.columns]
        renamed: Mapping[str, str] = kept_paths(raw, self._masker)
        positions = {one.position: path for path, one in plan.columns.items() if one.position}
        cells: dict[str, list[Any]] = {}
        for column in group.columns:
            path = renamed.get(column.path, column.path)
            if path not in plan.columns and group.format.startswith("csv"):
                path = positions.get(path, path)
            if path in plan.columns and path not in cells:
                cells[path] = cells_of(group, column.path)
            elif column.values and path not in plan.hidden:
                # More fields than the inventory tells apart, or several under one path.
                outcomes["left-out"] += len(column.values)
        return cells

    def _array(self, cells: list[Any], plan: ColumnPlan, misfits: list[dict[str, str]]) -> pa.Array:
        depth = plan.depth
        flat = leaves(cells, depth)
        fit = self._values.fit(flat, plan)
        if MISFIT in fit:
            self._note(flat, fit, plan, rows_of_leaves(cells, depth), misfits)
            fit = [None if one is MISFIT else one for one in fit]
        kind = ARROW[plan.type]
        for _ in range(depth):
            kind = pa.list_(kind)
        return pa.array(with_leaves(cells, depth, fit), kind)

    def _note(
        self,
        flat: Sequence[Any],
        fit: Sequence[Any],
        plan: ColumnPlan,
        rows: Sequence[int],
        misfits: list[dict[str, str]],
    ) -> None:
        canonical = self._values.canonical(flat, plan)
        several: dict[int, list[str]] = {}
        for row, value, one in zip(rows, canonical, fit, strict=True):
            if one is MISFIT:
                several.setdefault(row, []).append(as_text(value))
        for row, texts in several.items():
            misfits[row][plan.name] = orjson.dumps(texts).decode() if plan.depth else texts[0]


def _numbers(groups: Sequence[RowGroup]) -> list[Sequence[int]]:
    """Return the number of each row within its record, also where a record's rows are in several groups."""
    found: list[Sequence[int]] = []
    counted: Counter[int] = Counter()
    for group in groups:
        if group.numbers is not None:
            found.append(group.numbers)
            continue
        own: Sequence[int] = row_numbers(group.indexes) or [0] * len(group.indexes)
        if counted:
            own = [number + counted[index] for number, index in zip(own, group.indexes, strict=True)]
        found.append(own)
        if len(groups) > 1:
            counted.update(group.indexes)
    return found


def _not_blank(group: RowGroup, cells: Mapping[str, list[Any]]) -> list[int] | None:
    """Return which rows of CSV hold anything: header lines do not; None when all do."""
    if not group.format.startswith("csv"):
        return None
    every = [cells_of(group, column.path) for column in group.columns if column.path not in cells]
    every += cells.values()
    if not every:
        return []
    kept = [row for row, values in enumerate(zip(*every, strict=True)) if values.count(None) < len(values)]
    return kept if len(kept) < group.records else None


def _pick(values: Any, kept: Sequence[int] | None) -> Any:
    return values if kept is None or values is None else [values[place] for place in kept]


def _times(
    said: Sequence[int | None] | None, own: Sequence[Any], reader: str | None, written: Sequence[int]
) -> list[int | None]:
    """Return when each row happened: as its envelope says, else its own field, else its record's time."""
    found = []
    for place, (value, broker) in enumerate(zip(own, written, strict=True)):
        when = said[place] if said is not None else None
        if when is None and value is not None:
            when = epoch_ms(value, reader)
        found.append(event_time(when, broker))
    return found


def _by_day(asset: str, made: Iterable[tuple[pa.Table, np.ndarray[Any, Any]]]) -> list[DayTable]:
    tables = list(made)
    table = pa.concat_tables([one for one, _ in tables], promote_options="default")
    days = np.concatenate([own for _, own in tables])
    if len(tables) > 1:
        order = np.lexsort((table.column(INDEX).to_numpy(), table.column(OFFSET).to_numpy()))
        table, days = table.take(pa.array(order)), days[order]
    return [
        DayTable(
            asset,
            _EPOCH + timedelta(days=int(day)),
            table if (chosen := days == day).all() else table.filter(pa.array(chosen)),
        )
        for day in np.unique(days)
    ]


def today() -> date:
    """Return the day now, UTC."""
    return datetime.now(UTC).date()
