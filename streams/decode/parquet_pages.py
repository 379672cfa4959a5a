"""What a Parquet file becomes, by its own words: its footer, and the header of each page, before any page is opened.

The library believes these words: it makes room for what they say, and some of its answers about a footer that
contradicts itself end the process. So they are read here first, and must agree.

Source: the Parquet format's ``parquet.thrift`` (FileMetaData, SchemaElement, ColumnMetaData, PageHeader).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from streams.decode.thrift_compact import CompactReader, ThriftError, structs, whole

#: Longest footer that is read, in bytes.
MOST_FOOTER: Final = 1 << 18
#: Pages of one file whose headers are read.
MOST_PAGES: Final = 4000

_TAIL: Final = 8
_REPEATED: Final = 2
_BYTE_ARRAY: Final = 6
_FIXED_LEN_BYTE_ARRAY: Final = 7
_DICTIONARY_PAGE: Final = 2
_DATA_HEADER, _DATA_HEADER_2 = 5, 8
"""Fields of a PageHeader: what they hold has the encoding as its field 2 and 4."""


class Column(NamedTuple):
    """A leaf of the schema."""

    path: str
    is_text: bool
    """Of values of any length."""
    length: int
    """Bytes of each value where the schema sets that; else 0."""
    is_repeated: bool
    """It is in a list or map, so a row can have many of its values."""


class Chunk(NamedTuple):
    """A column's values in one row group."""

    values: int
    start: int
    size: int
    """Bytes, as stored."""


class Footer(NamedTuple):
    """What the footer says of the whole file."""

    columns: list[Column]
    groups: list[tuple[int, list[Chunk]]]
    """Rows and chunks of each row group; the chunks are those of the columns, in their order."""


class Page(NamedTuple):
    """What a page's header says of it."""

    is_dictionary: bool
    size: int
    """Bytes once opened."""
    encoding: int
    """As numbered by Parquet; -1 of a dictionary page."""


def read_footer(data: bytes) -> Footer | None:
    """Return the footer; None when it is longer than is read.

    Raises:
        ThriftError: it is damaged or contradicts itself.
    """
    size = int.from_bytes(data[-_TAIL:-4], "little")
    start = len(data) - _TAIL - size
    if start < 4 or not data.endswith(b"PAR1"):
        raise ThriftError
    if size > MOST_FOOTER:
        return None
    fields = CompactReader(data, start, len(data) - _TAIL).struct()
    columns = _Schema(structs(fields.get(2))).columns()
    groups = []
    for group in structs(fields.get(4)):
        chunks = list(map(_chunk, structs(group.get(1))))
        if len(chunks) != len(columns):
            raise ThriftError
        groups.append((whole(group.get(3)), chunks))
    if sum(rows for rows, _ in groups) != whole(fields.get(3)):
        raise ThriftError
    return Footer(columns, groups)


class _Schema:
    """Turns the list of elements, each before its children, into leaves."""

    def __init__(self, elements: list[dict[int, Any]]) -> None:
        self._elements = iter(elements)

    def columns(self) -> list[Column]:
        root = next(self._elements, {})
        found: list[Column] = []
        self._add(found, whole(root.get(5, 0)), (), repeated=False, depth=0)
        if next(self._elements, None) is not None:
            raise ThriftError
        return found

    def _add(
        self, found: list[Column], count: int, path: tuple[str, ...], repeated: bool, depth: int
    ) -> None:
        if depth > 100:
            raise ThriftError
        for _ in range(count):
            element = next(self._elements, None)
            if element is None or type(element.get(4)) is not bytes:
                raise ThriftError
            own = (*path, element[4].decode())
            inside = repeated or element.get(3) == _REPEATED
            children = whole(element.get(5, 0))
            if children:
                self._add(found, children, own, inside, depth + 1)
                continue
            kind = element.get(1)
            length = whole(element.get(2)) if kind == _FIXED_LEN_BYTE_ARRAY else 0
            found.append(Column(".".join(own), kind == _BYTE_ARRAY, length, inside))


def _chunk(fields: dict[int, Any]) -> Chunk:
    about = fields.get(3)
    if type(about) is not dict or fields.get(1) is not None:  # values in another file
        raise ThriftError
    start = whole(about.get(9))
    dictionary = about.get(11)
    if type(dictionary) is int and 0 < dictionary < start:
        start = dictionary
    return Chunk(whole(about.get(5)), start, whole(about.get(7)))


def pages(data: bytes, chunk: Chunk) -> Iterator[Page]:
    """Yield the pages of a column chunk.

    Raises:
        ThriftError: they do not fit into the chunk, or the chunk not into the data.
    """
    start, end = chunk.start, chunk.start + chunk.size
    if end > len(data):
        raise ThriftError
    while start < end:
        header = CompactReader(data, start, end)
        fields = header.struct()
        opened, stored = whole(fields.get(2)), whole(fields.get(3))
        start = header.place + stored
        if start > end:
            raise ThriftError
        about = fields.get(_DATA_HEADER) or fields.get(_DATA_HEADER_2)
        encoding = -1
        if isinstance(about, dict):
            encoding = whole(about.get(2 if _DATA_HEADER in fields else 4))
        yield Page(fields.get(1) == _DICTIONARY_PAGE, opened, encoding)
