"""Plans and records for tests of the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from pandian.hashing import KeyedHash
from streams.archiving.base import AssetPlan, ColumnPlan, ColumnType
from streams.archiving.rows import DayTable, Origin, RowsArchiver
from streams.archiving.values import Values
from streams.decode.kinds import Kinds
from streams.decode.registry import BatchDecoder
from streams.inventory.masking import ShapeMasker

TOPIC_ID = UUID(int=7)
NOW = 1_700_000_000_000
DAY = 86_400_000


class Record(NamedTuple):
    """What is used of aiokafka's records."""

    offset: int
    value: bytes | None
    timestamp: int = NOW
    headers: Sequence[tuple[str, bytes]] = ()


def plan(
    asset: str = "shop", time: str | None = None, hidden: Sequence[str] = (), **types: ColumnType | ColumnPlan
) -> AssetPlan:
    """Return a plan with a column of each type: ``plan(price="double", mail=ColumnPlan(...))``."""
    columns = {
        path: one if isinstance(one, ColumnPlan) else ColumnPlan(path, one) for path, one in types.items()
    }
    return AssetPlan(asset, columns, frozenset(hidden), time, ever=frozenset(types), always=frozenset(types))


def column(path: str, kind: ColumnType = "text", **more: Any) -> ColumnPlan:
    """Return a column."""
    return ColumnPlan(path, kind, **more)


def values(key: str | None = None) -> Values:
    """Return what cleans and masks."""
    return Values(ShapeMasker(), KeyedHash(key) if key else None)


def archiver(key: str | None = None) -> RowsArchiver:
    """Return what makes tables."""
    return RowsArchiver(values(key), ShapeMasker())


def tables(
    rows: Sequence[Any],
    one: AssetPlan,
    times: Sequence[int] | None = None,
    key: str | None = None,
    **decode: Any,
) -> tuple[list[DayTable], Counter[str]]:
    """Return the tables of some records, one a value (bytes as they are, others as JSON)."""
    raw = [row if isinstance(row, bytes | None) else orjson.dumps(row) for row in rows]
    decoded = BatchDecoder().decode(raw, decode.get("headers"), Kinds())
    outcomes: Counter[str] = Counter()
    origin = Origin(TOPIC_ID.hex, 3, range(100, 100 + len(raw)), times or [NOW] * len(raw))
    return archiver(key).tables(decoded, lambda _: one, origin, outcomes), +outcomes


def lines(rows: Sequence[Any], one: AssetPlan, **more: Any) -> list[dict[str, Any]]:
    """Return all rows of some records, as an archive's reader gives them."""
    return [row for table in tables(rows, one, **more)[0] for row in table.table.to_pylist()]
