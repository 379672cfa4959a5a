"""The contract of decoding: raw record values in, columns of values by field path and rejects out.

A decoder works on a whole batch at a time. What it reads out of a record depends on that record alone (its bytes and
headers), never on its neighbours or on earlier records: so counts are the same however records are cut into batches.
Which kind of record it is may depend on earlier records of the partition too, see :mod:`streams.decode.kinds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import compress, groupby
from typing import Any, Protocol

from streams.decode.kinds import Kinds

#: Kafka record headers, as aiokafka gives them.
Headers = Sequence[tuple[str, bytes]]

#: The Kafka record header that declares a record to be CSV and names its columns: one CSV line with the record's
#: own delimiter.
COLUMNS_HEADER = "pandian.columns"

#: Takes a field path and which records of a group, returns its value in each of these.
Aligner = Callable[[str, slice], list[Any]]

#: Takes the name of a field and a number, returns how many of so many first records have it, null or not.
Counter = Callable[[str, int], int]

_ALL = slice(None)


def row_numbers(indexes: Sequence[int]) -> list[int] | None:
    """Return the number of each row within its record, from 0; None when every record has but one row.

    Args:
        indexes: of the rows of whole records, ascending.
    """
    if len(set(indexes)) == len(indexes):
        return None
    return [number for _, same in groupby(indexes) for number, _ in enumerate(same)]


def has_columns_header(headers: Headers) -> bool:
    """Tell whether a record's headers name its columns."""
    return any(key == COLUMNS_HEADER for key, _ in headers)


@dataclass(slots=True)
class Column:
    """The values of one field path in one batch.

    Paths: ``a.b`` for nested objects, ``a[]`` for the elements of an array, ``a[].b`` for objects in it;
    a name with a dot or a bracket is quoted, see :mod:`streams.decode.paths`.
    """

    path: str
    values: list[Any]
    """Present scalars in record order: ``str``, ``int``, ``float`` or ``bool``; never None or a container."""
    nulls: int = 0
    """How often it was there as null."""
    containers: dict[str, int] = field(default_factory=dict)
    """How often it was there as an ``object`` or an ``array`` (JSON types), whatever was inside."""
    kind: str = ""
    """``str``, ``int``, ``float`` or ``bool`` when every value has exactly that type; else empty (mixed)."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that cannot be read."""

    index: int
    """Position in the batch."""
    reason: str
    """A stable code from :mod:`streams.decode.reasons`, such as ``not-json-nor-csv``; a bounded set."""
    detail: str
    """What exactly, in words, without any of the record's content."""


#: A record's content as JSON knows it: ``str``, ``int``, ``float``, ``bool``, None, lists, and objects with text keys.
Row = dict[str, Any]


@dataclass(slots=True)
class Read:
    """What a reader made of some records: their rows, and rejects. Each record is in exactly one of the two."""

    rows: list[Row]
    indexes: Sequence[int]
    """The place of each row's record in the batch, ascending; one record can hold several rows, never none."""
    rejects: list[Reject]
    names: Sequence[str] | None = None
    """What each row's own schema calls it, such as an Avro record's full name; None where the format has no names."""


class Reader(Protocol):
    """A format whose records are rows of named values. See :class:`Decoder` for what holds of all formats."""

    name: str

    def accepts(self, value: bytes, headers: Headers) -> bool:
        """Tell from the first bytes or the headers whether to try the record. Cheap; ``value`` is never blank."""
        ...

    def read(
        self, values: Sequence[bytes], indexes: Sequence[int], headers: Sequence[Headers] | None
    ) -> Read:
        """Read records; the arguments are those of :meth:`Decoder.decode`.

        Guarantees: never raises for any content; a record whose part cannot be read is rejected as a whole; what is
        made of one record is bounded, see :class:`streams.decode.limits.Limits`.
        """
        ...


class Compression(Protocol):
    """A format that wraps one record of any other format."""

    name: str
    """Stands behind the format's name: ``gz`` gives ``json.gz``."""

    def accepts(self, value: bytes) -> bool:
        """Tell from the first bytes whether the record is of this kind."""
        ...

    def open(self, value: bytes, most: int) -> bytes | tuple[str, str]:
        """Return what is inside, or the reason's code and detail when it is damaged or larger than ``most`` bytes."""
        ...


@dataclass(slots=True)
class Opened:
    """Rows with their envelope taken off; all sequences are as long as the rows that went in."""

    payloads: list[Row]
    """What the asset's fields are taken from."""
    kinds: Sequence[str]
    """What the envelope says a row is, such as Debezium's table; empty where it says nothing."""
    facts: Mapping[str, Sequence[str | None]]
    """The envelope's own facts by their name (``operation``, ``source``, ``producer``): the asset's lineage."""
    times: Sequence[int | None]
    """When it happened by the envelope, epoch milliseconds UTC."""


class Envelope(Protocol):
    """A wrapper that is itself a row: what it holds is the record, what it says besides is lineage."""

    name: str
    needs: frozenset[str]
    """Top-level names that every row of this envelope has; empty when the headers alone can tell."""

    def matches(self, row: Row, headers: Headers) -> bool:
        """Tell whether a row is of this envelope, from that row and its record's headers alone. Cheap."""
        ...

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:
        """Take the envelope off rows that :meth:`matches`. Never raises for any content."""
        ...


@dataclass(slots=True)
class RowGroup:
    """Records of one format in one batch, as columns."""

    format: str
    """``json``, ``csv`` and so on."""
    indexes: Sequence[int]
    """Positions of these records in the batch, ascending; a record of several rows is there once a row."""
    columns: list[Column]
    header_records: int = 0
    """CSV: how many of the records were header lines: they count as records and add no values."""
    layout: tuple[str, ...] = ()
    """CSV: names of the columns by header line, to rename ``c1``, ``c2`` …; empty when none was seen."""
    dropped_values: int = 0
    """Values that were not turned into columns because the record had too many different fields, or a
    field path too long to keep."""
    dropped_paths: Set[str] = frozenset()
    """Where these were, each :func:`~streams.decode.paths.brief`."""
    aligner: Aligner | None = field(default=None, repr=False, compare=False)
    """How :meth:`aligned` finds values; set by the decoder, costs nothing until used."""

    counter: Counter | None = field(default=None, repr=False, compare=False)
    """Set where records lack fields and it costs little to say where."""

    opener: Callable[[str], list[list[Any]]] | None = field(default=None, repr=False, compare=False)
    """How :meth:`elements` finds them; set by decoders of formats that have arrays."""
    kind: str = ""
    """Which kind of record of the topic; empty while there is but one. An asset's records are of one kind."""
    envelope: str = ""
    """Name of the envelope that was taken off; empty where there was none."""
    facts: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    """What the envelope said, in the order of ``indexes``; see :class:`Opened`."""
    times: Sequence[int | None] | None = None
    """When it happened by the envelope, in the order of ``indexes``; None where there was no envelope."""
    numbers: Sequence[int] | None = None
    """The number of each row within its record, from 0, in the order of ``indexes``; None when all are 0."""

    def elements(self, path: str) -> list[list[Any]]:
        """Return one list per record, in the order of ``indexes``: the elements of the array at ``path``, as they are.

        Elements are scalars, None or parsed objects. A record that has no array there has an empty list.

        Raises:
            ValueError: ``path`` itself leads into an array.
        """
        return self.opener(path) if self.opener else [[] for _ in self.indexes]

    def aligned(self, path: str, part: slice = _ALL) -> list[Any]:
        """Return one entry per record, in the order of ``indexes``: the scalar at ``path``, or None.

        Args:
            path: the field.
            part: only these of the records.

        None stands for absent, null, a container, or (CSV) an empty cell or a header line. The rows are kept
        for as long as the group is, and walked anew by each call.

        Raises:
            ValueError: ``path`` leads into an array (``[]``), so a record can have many values for it.
        """
        return self.aligner(path, part) if self.aligner else [None] * len(range(self.records)[part])

    def where(self, chosen: Sequence[bool]) -> RowGroup:
        """Return some of the rows, to be read by :meth:`aligned` and :meth:`elements`; the columns stay those of all.

        Args:
            chosen: for each row whether it is taken; header lines are not to be.
        """

        def pick(values: Sequence[Any]) -> list[Any]:
            return list(compress(values, chosen))

        def aligned(path: str, part: slice) -> list[Any]:
            return pick(self.aligned(path))[part]

        def elements(path: str) -> list[list[Any]]:
            return pick(self.elements(path))

        some = replace(
            self,
            indexes=pick(self.indexes),
            header_records=0,
            facts={name: pick(said) for name, said in self.facts.items()},
            times=None if self.times is None else pick(self.times),
            numbers=None if self.numbers is None else pick(self.numbers),
        )
        some.aligner, some.opener, some.counter = aligned, elements, None
        return some

    @property
    def records(self) -> int:
        """How many records this group holds, header lines included."""
        return len(self.indexes)


@dataclass(slots=True)
class Decoded:
    """One decoded batch: every record is in exactly one group or reject."""

    groups: list[RowGroup]
    rejects: list[Reject]


class Decoder(Protocol):
    """One format. Implementations are registered in :mod:`streams.decode.registry`."""

    name: str

    def accepts(self, value: bytes, headers: Headers) -> bool:
        """Tell whether this decoder is to try the record: from its first bytes or its headers. Cheap.

        Args:
            value: the record's bytes, never empty or blank.
            headers: its Kafka headers; empty when it has none.
        """
        ...

    def decode(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
        kinds: Kinds | None = None,
    ) -> Decoded:
        """Decode records of this format. ``indexes[i]`` is the place of ``values[i]`` in the batch.

        Args:
            values: the records' bytes.
            indexes: their places in the whole batch, ascending; results refer to these.
            headers: the Kafka headers of each of ``values``, or None when no record of the batch has any.
            kinds: tells kinds of record apart, by all records of the partition up to now; None: all are one kind.

        Guarantees: never raises for any content; each record lands in one group or in ``rejects``.
        """
        ...
