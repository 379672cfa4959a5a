"""What must hold for every decoded batch, and batches put in a form in which they can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.decode.base import Column, Decoded, Headers, Reject, RowGroup
from streams.decode.reasons import EXPLANATIONS
from streams.decode.registry import BatchDecoder


def typed(value: Any) -> tuple[str, str]:
    """Tell 1, 1.0 and True apart, and -0.0 from 0.0."""
    return type(value).__name__, repr(value)


@dataclass
class Summary:
    """A decoded batch, whatever the order of groups and columns."""

    records: Counter[Any] = field(default_factory=Counter)
    values: Counter[Any] = field(default_factory=Counter)
    aligned: Counter[Any] = field(default_factory=Counter)
    totals: Counter[Any] = field(default_factory=Counter)
    layouts: set[Any] = field(default_factory=set)
    dropped: set[Any] = field(default_factory=set)
    rejects: list[Any] = field(default_factory=list)

    def add(self, decoded: Decoded, first: int = 0) -> None:
        """Add a batch whose records start at ``first``."""
        for group in decoded.groups:
            key = _key(group)
            self.records.update((key, first + index) for index in group.indexes)
            self.totals[key, "header records"] += group.header_records
            self.totals[key, "dropped"] += group.dropped_values
            self.dropped |= {(group.format, path) for path in group.dropped_paths}
            self.layouts |= {group.layout} - {()}
            for column in group.columns:
                self._add_column(key, column, group, first)
        self.rejects += [(first + reject.index, reject.reason, reject.detail) for reject in decoded.rejects]

    def _add_column(self, key: Any, column: Column, group: RowGroup, first: int) -> None:
        self.values.update((key, column.path, typed(value)) for value in column.values)
        self.totals[key, column.path, "null"] += column.nulls
        for container, times in column.containers.items():
            self.totals[key, column.path, container] += times
        if "[]" not in column.path:
            found = zip(group.indexes, group.aligned(column.path), strict=True)
            self.aligned.update(
                (key, column.path, first + index, typed(value)) for index, value in found if value is not None
            )

    def tidy(self) -> Summary:
        """Drop zero counts: a column without anything is as good as none."""
        self.totals = +self.totals
        return self


def _key(group: RowGroup) -> Any:
    return (group.format, tuple(c.path for c in group.columns)) if group.format == "csv" else group.format


def summary(decoded: Decoded) -> Summary:
    """Summarise one batch."""
    found = Summary()
    found.add(decoded)
    return found.tidy()


def one_by_one(decoder: BatchDecoder, values: Sequence[Any], headers: Sequence[Headers] | None) -> Summary:
    """Summarise the records, each decoded as a batch of its own."""
    found = Summary()
    for place, value in enumerate(values):
        found.add(decoder.decode([value], None if headers is None else [headers[place]]), place)
    return found.tidy()


def check(decoded: Decoded, values: Sequence[bytes | None]) -> None:
    """Assert what the contract promises of any batch."""
    read = {index for group in decoded.groups for index in group.indexes}
    rejected = [reject.index for reject in decoded.rejects]
    assert sorted([*read, *rejected]) == list(range(len(values))), "each record either read or rejected, once"
    assert [r.index for r in decoded.rejects] == sorted(r.index for r in decoded.rejects)
    for reject in decoded.rejects:
        _check_reject(reject, values[reject.index])
    for group in decoded.groups:
        _check_group(group)


def _check_reject(reject: Reject, value: bytes | None) -> None:
    assert reject.reason in EXPLANATIONS
    assert reject.detail and len(reject.detail) < 120 and "\n" not in reject.detail
    assert b"secret" not in reject.detail.encode() or b"secret" not in (value or b"")


def _check_group(group: RowGroup) -> None:
    assert group.records > 0 and list(group.indexes) == sorted(group.indexes)
    paths = [column.path for column in group.columns]
    assert len(paths) == len(set(paths))
    assert 0 <= group.header_records <= group.records
    assert bool(group.dropped_values) == bool(group.dropped_paths)
    assert not group.layout or len(group.layout) == len(group.columns)
    for column in group.columns:
        types = {type(value) for value in column.values}
        assert types <= {str, int, float, bool}
        assert column.kind == (types.pop().__name__ if len(types) == 1 else "")
        assert column.nulls >= 0 and all(times > 0 for times in column.containers.values())
        assert set(column.containers) <= {"object", "array"}
        if "[]" not in column.path:
            aligned = group.aligned(column.path)
            assert len(aligned) == group.records
            for part in (slice(1, 3), slice(None, None, 2), slice(-1, None)):
                assert list(map(typed, group.aligned(column.path, part))) == list(map(typed, aligned[part]))
            present = [typed(value) for value in aligned if value is not None]
            assert present == [typed(value) for value in column.values], "record order"
