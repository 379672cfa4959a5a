"""The archive: records as Parquet files by asset and day, at any address that fsspec knows.

Modules:
    layout: how folders and files are called.
    store: the files of one archive: list, put whole, open, remove.
    reading: the rows of an asset, each once, in one schema.
    listing: what an archive holds, by asset.
    retention: days that are too old are removed.

Who writes is :mod:`streams.stages.archive`. ``docs/archive.md`` says what the files hold.
"""

from pandian.archive.exceptions import ArchiveError
from pandian.archive.layout import ArchiveFile, Segment
from pandian.archive.store import ArchiveStore, open_archive

__all__ = ["ArchiveError", "ArchiveFile", "ArchiveStore", "Segment", "open_archive"]
