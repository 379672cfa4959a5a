"""The files of one archive, at any address that fsspec knows. Files appear whole or not at all."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO, cast

from pandian.archive.exceptions import ArchiveError
from pandian.archive.layout import ArchiveFile, Segment, day_folder, folder_of, parsed
from pandian.stores import PARTIAL, Store, open_store

#: What a crash left half written is removed after so long: nobody writes a file for a day.
_FORGOTTEN_SECONDS = 86_400.0


class ArchiveStore:
    """An archive.

    Args:
        store: where it lies.

    Every method may raise :class:`~pandian.archive.exceptions.ArchiveError`; none says what is in a file.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.address = store.address

    def files(self, asset: str | None = None) -> list[ArchiveFile]:
        """Return all files, or those of one asset, sorted. One listing of the store; no file is opened."""
        found = self._store.find("" if asset is None else folder_of(asset))
        files = (parsed(path, size) for path, size in found.items())
        return sorted(one for one in files if one is not None)

    def open(self, file: ArchiveFile) -> IO[bytes]:
        """Open a file to read."""
        with self._store.errors():
            return cast("IO[bytes]", self._store.fs.open(self._store.path(file.path), "rb"))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Tell what goes wrong inside the block in terms of the archive."""
        with self._store.errors():
            yield

    def holds(self, asset: str, day: date, segment: Segment) -> bool:
        """Tell whether an asset has a file of a segment on a day, whatever its number of rows."""
        folder = self._store.path(day_folder(asset, day))
        with self._store.errors():
            self._store.fs.invalidate_cache()
            try:
                names = self._store.fs.ls(folder, detail=False)
            except FileNotFoundError:
                return False
        return any(name.rpartition("/")[2].startswith(f"{segment.stem}.") for name in names)

    @contextmanager
    def spool(self) -> Iterator[Path]:
        """Yield where to write a file before :meth:`put`; whatever still lies there at the end is removed."""
        with self._store.errors():
            folder = Path(self._store.root) / PARTIAL if self._store.is_local else Path(tempfile.gettempdir())
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"pandian-{uuid.uuid4().hex}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(self, path: Path, file: ArchiveFile) -> None:
        """Put a local file there. When this returns it will survive a crash of this machine.

        A file of the same name is replaced.
        """
        self._store.put(path, file.path)

    def remove(self, file: ArchiveFile) -> None:
        """Remove a file; one that is not there is removed already."""
        self._store.remove(file.path)

    def remove_day(self, asset: str, day: date) -> None:
        """Remove the folder of a day."""
        with self._store.errors(), suppress(FileNotFoundError):
            self._store.fs.rm(self._store.path(day_folder(asset, day)), recursive=True)

    def tidy(self) -> None:
        """Remove what crashes left half written, when it is old enough to be nobody's."""
        if not self._store.is_local:
            return
        before = time.time() - _FORGOTTEN_SECONDS
        with self._store.errors():
            for path in (Path(self._store.root) / PARTIAL).glob("pandian-*"):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before:
                        path.unlink()


def open_archive(address: str) -> ArchiveStore:
    """Return the archive at an address; nothing is looked at yet.

    Args:
        address: a path, or a URL such as ``s3://bucket/archive``.

    Raises:
        SettingError: when there is nothing that can open such an address.
    """
    return ArchiveStore(open_store(address, "PANDIAN_ARCHIVE", _failed))


def _failed(address: str, said: str) -> ArchiveError:
    return ArchiveError(
        f"the archive {address}",
        f"cannot be used ({said})",
        "check that it is there, that there is room, and that it may be written",
    )
