"""Rows that a reader has read -> row groups: envelopes taken off, kinds told apart, columns made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, compress
from typing import Any

from streams.decode.base import Decoded, Envelope, Headers, Opened, Reader, Row, RowGroup, row_numbers
from streams.decode.columns import (
    Collected,
    ColumnBuilder,
    TooManyColumnsError,
    aligned_objects,
    elements_of_objects,
    shared_shape,
)
from streams.decode.kinds import Kinds
from streams.decode.limits import Limits, cut_rows, wide_rows

#: Envelopes within envelopes that are taken off, such as a Debezium change within Kafka Connect's wrapper.
_MOST_ENVELOPES = 3


@dataclass
class _Rows:
    """Rows on their way to groups: of one format, and with the same envelopes taken off."""

    rows: list[Row]
    indexes: Sequence[int]
    headers: Sequence[Headers] | None
    """Of each row's record; None when none has any."""
    names: Sequence[str] | None
    """What each row is by its schema or envelope."""
    envelope: str = ""
    facts: Mapping[str, Sequence[str | None]] | None = None
    times: Sequence[int | None] | None = None
    numbers: Sequence[int] | None = None
    """Of each row within its record."""

    @cached_property
    def shape(self) -> tuple[str, ...] | None:
        """The names of all rows when they are the same in the same order, as nearly always; else None."""
        return shared_shape(self.rows)

    @cached_property
    def collected(self) -> Collected:
        """The values of rows that have no :attr:`shape`."""
        return Collected(self.rows)

    def of(self, chosen: Sequence[bool]) -> _Rows:
        """Return the chosen rows."""
        return replace(
            self,
            rows=list(compress(self.rows, chosen)),
            indexes=list(compress(self.indexes, chosen)),
            headers=None if self.headers is None else list(compress(self.headers, chosen)),
            names=None if self.names is None else list(compress(self.names, chosen)),
            facts=None
            if self.facts is None
            else {name: list(compress(said, chosen)) for name, said in self.facts.items()},
            times=None if self.times is None else list(compress(self.times, chosen)),
            numbers=None if self.numbers is None else list(compress(self.numbers, chosen)),
        )

    def opened(self, name: str, opened: Opened) -> _Rows:
        """Return the rows with an envelope taken off. Of facts with one name the inner one counts."""
        before = self.names or [""] * len(self.rows)
        times = opened.times
        if self.times is not None:
            times = [
                inner if inner is not None else outer for inner, outer in zip(times, self.times, strict=True)
            ]
        return replace(
            self,
            rows=opened.payloads,
            headers=None,  # they tell of the record itself, not of what is in it
            names=[kind or outer for kind, outer in zip(opened.kinds, before, strict=True)],
            envelope=f"{self.envelope}+{name}" if self.envelope else name,
            facts={**(self.facts or {}), **opened.facts},
            times=times,
        )


class RowDecoder:
    """A :class:`~streams.decode.base.Decoder` made of a reader: its rows, put into groups.

    Args:
        reader: the format.
        envelopes: taken off, in the order in which they are tried.
        limits: what bounds the columns of a record.
    """

    def __init__(self, reader: Reader, envelopes: Sequence[Envelope], limits: Limits) -> None:
        self.name = reader.name
        self.accepts = reader.accepts
        self._reader = reader
        self._envelopes = envelopes
        self._limits = limits

    def decode(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
        kinds: Kinds | None = None,
    ) -> Decoded:
        """Decode records; see :meth:`streams.decode.base.Decoder.decode`."""
        read = self._reader.read(values, indexes, headers)
        if not read.rows:
            return Decoded([], read.rejects)
        of_rows = headers
        if headers is not None and len(read.rows) != len(headers):
            by_index = dict(zip(indexes, headers, strict=True))
            of_rows = [by_index[index] for index in read.indexes]
        numbers = None if len(read.rows) <= len(values) - len(read.rejects) else row_numbers(read.indexes)
        rows = _Rows(read.rows, read.indexes, of_rows, read.names, numbers=numbers)
        parts = self._open(rows, _MOST_ENVELOPES)
        groups = [self._group(some, label) for part in parts for label, some in self._by_kind(part, kinds)]
        return Decoded(groups, read.rejects)

    def _open(self, part: _Rows, most: int) -> Iterator[_Rows]:
        """Yield the rows by the envelopes that were taken off."""
        for envelope in self._candidates(part) if most else ():
            found = self._matching(envelope, part)
            if not any(found):
                continue
            inside = part if all(found) else part.of(found)
            yield from self._open(
                inside.opened(envelope.name, envelope.open(inside.rows, inside.headers)), most - 1
            )
            if inside is part:
                return
            part = part.of([not one for one in found])
        yield part

    def _candidates(self, part: _Rows) -> list[Envelope]:
        """Return the envelopes that any of the rows can have by its names, cheaply."""
        if not self._envelopes:
            return []
        names = frozenset(chain.from_iterable(part.rows) if part.shape is None else part.shape)
        return [
            one for one in self._envelopes if one.needs <= names and (one.needs or part.headers is not None)
        ]

    @staticmethod
    def _matching(envelope: Envelope, part: _Rows) -> list[bool]:
        headers: Sequence[Headers] = part.headers or [()] * len(part.rows)
        return list(map(envelope.matches, part.rows, headers))

    def _by_kind(self, part: _Rows, kinds: Kinds | None) -> Iterator[tuple[str, _Rows]]:
        """Yield the rows of each kind with its label."""
        if kinds is None:
            yield "", part
            return
        family = f"{self.name}({part.envelope})" if part.envelope else self.name
        if part.names is None and part.shape is not None:
            yield kinds.label_all(family, part.shape), part
            return
        labels = kinds.labels(family, part.rows, part.names, lambda: part.collected.values)
        different = dict.fromkeys(labels)
        if len(different) == 1:
            yield labels[0], part
            return
        for label in different:
            yield label, part.of([one == label for one in labels])

    def _group(self, part: _Rows, label: str) -> RowGroup:
        rows, dropped, paths = part.rows, 0, set[str]()
        builder = ColumnBuilder(self._limits, self._limits.max_fields)
        collected = None if part.shape is not None else part.collected
        try:
            builder.add_objects(rows, shape=part.shape, collected=collected)
        except TooManyColumnsError:
            collected = None
            rows, dropped, paths = cut_rows(rows, wide_rows(rows, self._limits), self._limits)
            builder = ColumnBuilder(self._limits)
            builder.add_objects(rows)
        return RowGroup(
            self.name,
            part.indexes,
            builder.columns,
            dropped_values=dropped + builder.dropped,
            dropped_paths=paths | builder.dropped_paths,
            aligner=partial(_aligned, rows, builder.whole),
            counter=collected.count if collected is not None and collected.can_count else None,
            opener=partial(elements_of_objects, rows),
            kind=label,
            envelope=part.envelope,
            facts=part.facts or {},
            times=part.times,
            numbers=part.numbers,
        )


def _aligned(rows: Sequence[Row], whole: Mapping[str, list[Any]], path: str, part: slice) -> list[Any]:
    found = whole.get(path)
    return aligned_objects(rows, path, part) if found is None else found[part]
