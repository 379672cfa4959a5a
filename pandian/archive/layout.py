"""How the folders and files of an archive are called.

``<asset>/day=2026-01-31/<topic id>-<partition>-<first>-<end>.<rows>.parquet``: the rows that lie on that day of the
records of one source partition from offset ``first`` to before ``end``, which are called a *segment*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from urllib.parse import quote, unquote

#: Columns that say where a row came from; see ``docs/archive.md``.
TOPIC_ID, PARTITION, OFFSET, INDEX, TIME = "_topic_id", "_partition", "_offset", "_index", "_time"
#: What a change log says was done to the row; only where one says it.
OPERATION = "_operation"
#: Values that do not fit the type of their column, by that column's name.
MISFITS = "_misfits"
RESERVED = frozenset({TOPIC_ID, PARTITION, OFFSET, INDEX, TIME, OPERATION, MISFITS})
#: Names of folders that hold no asset begin with this.
OWN_PREFIX = "_"
SUFFIX = ".parquet"

_DAY = re.compile(r"day=(\d{4}-\d{2}-\d{2})")
_FILE = re.compile(r"([0-9a-f]{32})-(\d+)-(\d+)-(\d+)\.(\d+)\.parquet")
#: File systems take names of 255 bytes; some tools put something behind them.
_LONGEST, _KEPT = 180, 140
_CUT = "~"


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """Consecutive records of one source partition, which were archived together."""

    topic_id: str
    """Id of the source topic, 32 hexadecimal digits."""
    partition: int
    first: int
    """Offset of the first record that the segment may hold."""
    end: int
    """Offset behind the last one."""

    @property
    def stem(self) -> str:
        """The name of its files before their number of rows."""
        return f"{self.topic_id}-{self.partition}-{self.first:012}-{self.end:012}"


@dataclass(frozen=True, slots=True, order=True)
class ArchiveFile:
    """A file of an archive: what its name says, and its size."""

    asset: str
    day: date
    segment: Segment
    rows: int
    bytes: int = 0

    @property
    def path(self) -> str:
        """Its path below the archive's address."""
        return f"{day_folder(self.asset, self.day)}/{self.segment.stem}.{self.rows}{SUFFIX}"


def day_folder(asset: str, day: date) -> str:
    """Return the folder of an asset's day below the archive's address."""
    return f"{folder_of(asset)}/day={day.isoformat()}"


def folder_of(asset: str) -> str:
    """Return the folder of an asset: its name with all but ASCII letters, digits and ``.-_`` percent-encoded.

    Different assets have different folders, none is hidden, and none is as long as file systems forbid: of a very
    long name the beginning is kept, with a hash.
    """
    plain = quote(asset, safe="", errors="replace").replace(_CUT, "%7E")
    if not plain or plain[0] in {".", OWN_PREFIX}:
        plain = f"%{ord(plain[0]):02X}{plain[1:]}" if plain else "%"
    if len(plain) <= _LONGEST:
        return plain
    digest = blake2b(asset.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{plain[:_KEPT]}{_CUT}{digest}"


def asset_of(folder: str) -> str | None:
    """Return the asset of a folder (of a cut name: the folder's); None when it is of none."""
    if folder.startswith((OWN_PREFIX, ".")):
        return None
    if _CUT in folder:
        return folder
    return "" if folder == "%" else unquote(folder)


def parsed(path: str, size: int = 0) -> ArchiveFile | None:
    """Return the file with this path below the archive's address; None when it is none of an archive."""
    parts = path.split("/")
    if len(parts) != 3:
        return None
    asset, day, name = asset_of(parts[0]), _DAY.fullmatch(parts[1]), _FILE.fullmatch(parts[2])
    if asset is None or day is None or name is None:
        return None
    try:
        when = date.fromisoformat(day[1])
    except ValueError:
        return None
    partition, first, end, rows = map(int, name.groups()[1:])
    return ArchiveFile(asset, when, Segment(name[1], partition, first, end), rows, size)
