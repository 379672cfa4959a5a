"""Writes one segment of a source partition into the archive: intent, files, position, in this order.

The intent says where the segment ends and by which plans it is written, and stands in the log of states before any file
does. Whoever goes on after a crash writes the same segment by the same plans: files that are there already have the
names that theirs would have, so each is written once. Then the position moves beyond it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from faust.types import TP

from pandian.archive import ArchiveStore, Segment
from pandian.archive.hiding import Replacement, hide
from pandian.errors import PandianError
from streams.archiving.assets import asset_for
from streams.archiving.base import AssetPlan, column_name
from streams.archiving.planning import without_hidden
from streams.archiving.rows import Origin, PlanOf, RowsArchiver
from streams.archiving.segment import SegmentTables
from streams.archiving.state import ArchiveState
from streams.decode.base import RowGroup
from streams.decode.kinds import Kinds
from streams.decode.reasons import SCHEMA_REGISTRY_DOWN
from streams.decode.registry import BatchDecoder


class NoLongerOursError(Exception):
    """The partition went to another worker, or its topic was made again."""


class SchemaAwaitedError(PandianError):
    """Records cannot be read before the schema registry answers."""


class Ranges(Protocol):
    """Where records come from: see :class:`streams.stages.archive_ranges.RangeReader`."""

    def chunks(self, tp: TP, first: int, end: int) -> AsyncIterator[Sequence[Any]]:
        """Yield records, cut the same whenever they are read."""
        ...


@dataclass(slots=True)
class Archiving:
    """A source partition that this worker archives."""

    tp: TP
    state: ArchiveState
    """As the log of states has it; the first one may not be there yet."""
    since: float | None = None
    """When it was first seen that there is something to archive, monotonic seconds; None: there was nothing."""
    not_before: float = 0.0
    """It is in trouble and left alone until then, monotonic seconds."""
    looked_at: Sequence[Any] = ()
    """The documents in which it was last looked for what became personal."""


class SegmentWriter:
    """Writes segments.

    Args:
        store: the archive.
        ranges: where records come from.
        decoder: reads them.
        rows: makes tables of them.
        write_state: writes a state, and returns when it is acknowledged.
        is_ours: tells whether a partition is ours, as far as this worker knows.
        check: asks the broker too, and raises :class:`NoLongerOursError` when it is not ours any more.
        log_start: returns the first offset that a partition still holds.
        rest: how long to leave the processor to others after so many records, which took so many seconds.
    """

    def __init__(
        self,
        store: ArchiveStore,
        ranges: Ranges,
        decoder: BatchDecoder,
        rows: RowsArchiver,
        write_state: Callable[[ArchiveState], Awaitable[None]],
        is_ours: Callable[[Archiving], bool],
        check: Callable[[Archiving], Awaitable[None]],
        log_start: Callable[[TP], Awaitable[int]],
        rest: Callable[[int, float], float] = lambda *_: 0.0,
    ) -> None:
        self._store = store
        self._ranges = ranges
        self._decoder = decoder
        self._rows = rows
        self._write_state = write_state
        self._is_ours = is_ours
        self._check = check
        self._log_start = log_start
        self._rest = rest

    async def write(self, one: Archiving, end: int, plans: Mapping[str, AssetPlan]) -> Counter[str]:
        """Write what lies below an offset, or the segment that is half written; return what became of its records.

        Args:
            one: the partition; its state moves on when all is written.
            end: where the segment is to end.
            plans: of the topic's assets as they are now.

        Raises:
            NoLongerOursError: the partition is not ours any more.
            ArchiveError, KafkaError, BrokerError, SchemaAwaitedError: it is to be tried again.
        """
        again = one.state.pending is not None
        if again:
            fitting = {name: without_hidden(plan, plans.get(name)) for name, plan in one.state.plans.items()}
            if fitting != one.state.plans:
                await self._intend(one, replace(one.state, plans=fitting))
        else:
            await self._intend(one, replace(one.state, pending=end, plans=dict(plans)))
        outcomes: Counter[str] = Counter()
        kinds = one.state.sorter()
        with SegmentTables(_segment_of(one.state)) as tables:
            await self._read(one, tables, kinds, outcomes)
            await self._check(one)
            await self._put(one, tables, again=again)
        outcomes = +outcomes
        done = replace(
            one.state,
            end=_segment_of(one.state).end,
            pending=None,
            kinds=kinds.state(),
            outcomes=Counter(one.state.outcomes) + outcomes,
        )
        await self._check(one)
        await self._write_state(done)
        one.state = done
        return outcomes

    async def hide(self, one: Archiving, hidden: Mapping[str, Mapping[str, Replacement]]) -> None:
        """Take what turned out to be personal out of the partition's files.

        Args:
            one: the partition.
            hidden: by asset and field, what values become; None: the column goes.

        Raises:
            ArchiveError, KafkaError: it is to be tried again.
        """
        for asset, fields in hidden.items():
            columns = {column_name(path): replacement for path, replacement in fields.items()}
            await asyncio.to_thread(hide, self._store, asset, one.state.source.partition, columns)
        plain = {
            asset: paths - hidden.get(asset, {}).keys() for asset, paths in one.state.plain.items()
        }  # fmt: skip
        await self._check(one)
        state = replace(one.state, plain=plain)
        await self._write_state(state)
        one.state = state

    async def _intend(self, one: Archiving, state: ArchiveState) -> None:
        plain = {
            name: state.plain.get(name, frozenset()) | plan.plain for name, plan in state.plans.items()
        }  # fmt: skip
        state = replace(state, plain={**state.plain, **plain})
        await self._check(one)
        await self._write_state(state)
        one.state = state

    async def _read(
        self, one: Archiving, tables: SegmentTables, kinds: Kinds, outcomes: Counter[str]
    ) -> None:
        segment, position = tables.segment, one.state.end
        plan_for = _PlanChooser(list(one.state.plans.values()))
        async for records in self._ranges.chunks(one.tp, segment.first, segment.end):
            began = time.thread_time()
            if records[0].offset > position == segment.first:
                await self._pass_over(one, records[0].offset, outcomes)
            await self._decode(one, records, kinds, tables, plan_for, outcomes)
            position = records[-1].offset + 1
            if not self._is_ours(one):
                raise NoLongerOursError
            await asyncio.sleep(self._rest(len(records), began))
        if position == segment.first:
            await self._pass_over(one, segment.end, outcomes)

    async def _decode(
        self,
        one: Archiving,
        records: Sequence[Any],
        kinds: Kinds,
        tables: SegmentTables,
        plan_for: PlanOf,
        outcomes: Counter[str],
    ) -> None:
        values = [record.value for record in records]
        if missing := self._decoder.missing_schemas(values):
            await asyncio.to_thread(self._decoder.fetch_schemas, missing)
        headers = [record.headers for record in records]
        decoded = self._decoder.decode(values, headers if any(headers) else None, kinds)
        if any(reject.reason == SCHEMA_REGISTRY_DOWN for reject in decoded.rejects):
            raise SchemaAwaitedError(
                f"{one.tp.topic}[{one.tp.partition}] has records behind a schema's id",
                "the schema registry must answer before they are archived",
                "it is asked again until it does",
            )
        source = one.state.source
        origin = Origin(
            source.topic_id.hex,
            source.partition,
            [record.offset for record in records],
            [record.timestamp for record in records],
        )
        await asyncio.sleep(0)
        tables.add(self._rows.tables(decoded, plan_for, origin, outcomes))

    async def _pass_over(self, one: Archiving, first: int, outcomes: Counter[str]) -> None:
        """Count what retention removed before it was read; what compaction left out is not counted."""
        gone = min(first, await self._log_start(one.tp)) - one.state.end
        outcomes["expired"] += max(0, gone)

    async def _put(self, one: Archiving, tables: SegmentTables, *, again: bool) -> None:
        for file in tables.files():
            await self._check(one)
            await asyncio.to_thread(self._put_one, tables, file, one.state.plans.get(file.asset), again)

    def _put_one(self, tables: SegmentTables, file: Any, plan: AssetPlan | None, again: bool) -> None:
        # What is there from before the crash may have records that retention has removed since.
        if again and self._store.holds(file.asset, file.day, file.segment):
            return
        with self._store.spool() as path:
            with self._store.reading():
                tables.write(file, plan, path)
            self._store.put(path, file)


class _PlanChooser:
    """Finds the plan of each kind of record, once a segment."""

    def __init__(self, plans: Sequence[AssetPlan]) -> None:
        self._plans = plans
        self._by_label: dict[str, AssetPlan] = {}

    def __call__(self, group: RowGroup) -> AssetPlan:
        found = self._by_label.get(group.kind)
        if found is None:
            found = self._by_label[group.kind] = asset_for(group.kind, group, self._plans)
        return found


def _segment_of(state: ArchiveState) -> Segment:
    end = state.end if state.pending is None else state.pending
    return Segment(state.source.topic_id.hex, state.source.partition, state.end, end)
