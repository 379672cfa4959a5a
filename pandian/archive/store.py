"""The files of one archive, at any address that fsspec knows. Files appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import fsspec

from pandian.archive.exceptions import ArchiveError
from pandian.archive.layout import PARTIAL, ArchiveFile, Segment, day_folder, folder_of, parsed
from pandian.errors import PandianError, SettingError

#: Stores that show an object when all of it is there, and never before.
_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "tos"})
_LOCAL = frozenset({"file", "local"})
#: What a crash left half written is removed after so long: nobody writes a file for a day.
_FORGOTTEN_SECONDS = 86_400.0


class ArchiveStore:
    """An archive.

    Args:
        fs: an fsspec file system.
        root: the archive's path on it.
        shown: its address as people may see it.

    Every method may raise :class:`~pandian.archive.exceptions.ArchiveError`; none says what is in a file.
    """

    def __init__(self, fs: Any, root: str, shown: str) -> None:
        self._fs = fs
        self._root = root.rstrip("/") or root
        self.address = shown
        protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
        self._is_local = bool(protocols & _LOCAL)
        self._has_objects = bool(protocols & _OBJECTS)

    def files(self, asset: str | None = None) -> list[ArchiveFile]:
        """Return all files, or those of one asset, sorted. One listing of the store; no file is opened."""
        below = self._root if asset is None else self._path(folder_of(asset))
        with self._errors():
            self._fs.invalidate_cache()
            found = self._fs.find(below, detail=True)
        files = (
            parsed(path[len(self._root) :].strip("/"), int(info.get("size") or 0))
            for path, info in found.items()
        )
        return sorted(one for one in files if one is not None)

    def open(self, file: ArchiveFile) -> IO[bytes]:
        """Open a file to read."""
        with self._errors():
            return cast("IO[bytes]", self._fs.open(self._path(file.path), "rb"))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Tell what goes wrong inside the block in terms of the archive."""
        with self._errors():
            yield

    def holds(self, asset: str, day: date, segment: Segment) -> bool:
        """Tell whether an asset has a file of a segment on a day, whatever its number of rows."""
        folder = self._path(day_folder(asset, day))
        with self._errors():
            self._fs.invalidate_cache()
            try:
                names = self._fs.ls(folder, detail=False)
            except FileNotFoundError:
                return False
        return any(name.rpartition("/")[2].startswith(f"{segment.stem}.") for name in names)

    @contextmanager
    def spool(self) -> Iterator[Path]:
        """Yield where to write a file before :meth:`put`; whatever still lies there at the end is removed."""
        with self._errors():
            folder = Path(self._root) / PARTIAL if self._is_local else Path(tempfile.gettempdir())
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"pandian-{uuid.uuid4().hex}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(self, path: Path, file: ArchiveFile) -> None:
        """Put a local file there. When this returns it will survive a crash of this machine.

        A file of the same name is replaced. On file systems that show files while they are written it is written under
        another name first.
        """
        target = self._path(file.path)
        with self._errors():
            if self._is_local:
                self._move(path, Path(target))
            elif self._has_objects:
                self._fs.put_file(str(path), target)
            else:
                self._put_aside(path, target)

    def _move(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(path)
        path.replace(target)
        for folder in (target.parent, target.parent.parent, Path(self._root)):
            _sync(folder)

    def _put_aside(self, path: Path, target: str) -> None:
        aside = self._path(f"{PARTIAL}/{path.name}")
        self._fs.makedirs(aside.rpartition("/")[0], exist_ok=True)
        self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        try:
            self._fs.put_file(str(path), aside)
            self._fs.mv(aside, target)
        except BaseException:
            with suppress(Exception):
                self._fs.rm_file(aside)
            raise

    def remove(self, file: ArchiveFile) -> None:
        """Remove a file; one that is not there is removed already."""
        with self._errors(), suppress(FileNotFoundError):
            self._fs.rm_file(self._path(file.path))

    def remove_day(self, asset: str, day: date) -> None:
        """Remove the folder of a day."""
        with self._errors(), suppress(FileNotFoundError):
            self._fs.rm(self._path(day_folder(asset, day)), recursive=True)

    def tidy(self) -> None:
        """Remove what crashes left half written, when it is old enough to be nobody's."""
        if not self._is_local:
            return
        before = time.time() - _FORGOTTEN_SECONDS
        with self._errors():
            for path in (Path(self._root) / PARTIAL).glob("pandian-*"):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before:
                        path.unlink()

    def _path(self, below: str) -> str:
        return f"{self._root}/{below}"

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except PandianError:
            raise
        except Exception as error:
            # Each store has exceptions of its own.
            # What a store says may hold addresses with keys in them.
            said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
            raise ArchiveError(
                f"the archive {self.address}",
                f"cannot be used ({type(error).__name__}{': ' + said if said else ''})",
                "check that it is there, that there is room, and that it may be written",
            ) from error


def open_archive(address: str) -> ArchiveStore:
    """Return the archive at an address; nothing is looked at yet.

    Args:
        address: a path, or a URL such as ``s3://bucket/archive``.

    Raises:
        SettingError: when there is nothing that can open such an address.
    """
    shown = _shown(address)
    try:
        fs, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        scheme = urlsplit(address).scheme
        missing = isinstance(error, ImportError)
        raise SettingError(
            f"PANDIAN_ARCHIVE={shown}",
            f"nothing is installed that opens {scheme}:// addresses" if missing else "is no address of a store",
            "install the package that fsspec asks for, such as s3fs or gcsfs" if missing
            else "name a folder, or a URL such as s3://bucket/archive",
        ) from error  # fmt: skip
    return ArchiveStore(fs, root, shown)


def _shown(address: str) -> str:
    """Return an address without user and password."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
