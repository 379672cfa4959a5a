"""Files at an address that fsspec knows: a folder, or a URL. They appear whole or not at all.

The archive and the model registry keep theirs so, at addresses such as ``s3://bucket/pandian``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pandian.errors import PandianError, SettingError

#: Where files are written before they are whole; not on object stores, which show no file before it is.
PARTIAL = "_partial"
#: Stores that show an object when all of it is there, and never before.
_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "tos"})
_LOCAL = frozenset({"file", "local"})
_CHUNK = 4 << 20


class Store:
    """What lies below one address.

    Args:
        fs: an fsspec file system.
        root: the path of the address on it.
        shown: the address as people may see it.
        failed: makes the error that is raised from what went wrong, said in a few words. It names neither what is in a
            file nor anything secret.

    Every method may raise the error that ``failed`` makes.
    """

    def __init__(self, fs: Any, root: str, shown: str, failed: Callable[[str], PandianError]) -> None:
        self.fs = fs
        self.root = root.rstrip("/") or root
        self.address = shown
        self._failed = failed
        protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
        self.is_local = bool(protocols & _LOCAL)
        self._has_objects = bool(protocols & _OBJECTS)

    def path(self, below: str) -> str:
        """Return the path of a file on the file system."""
        return f"{self.root}/{below}"

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Tell what goes wrong inside the block in one error."""
        try:
            yield
        except PandianError:
            raise
        except Exception as error:
            # Each store has exceptions of its own.
            # What a store says may hold addresses with keys in them.
            said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
            raise self._failed(f"{type(error).__name__}{': ' + said if said else ''}") from error

    def find(self, below: str = "") -> dict[str, int]:
        """Return all files below a folder, with their bytes, by their path below the address. One listing."""
        with self.errors():
            self.fs.invalidate_cache()
            found = self.fs.find(self.path(below) if below else self.root, detail=True)
        return {path[len(self.root) :].strip("/"): int(info.get("size") or 0) for path, info in found.items()}

    def read(self, below: str) -> bytes | None:
        """Return what a file holds; None when it is not there."""
        with self.errors():
            try:
                found: bytes = self.fs.cat_file(self.path(below))
            except FileNotFoundError:
                return None
        return found

    def read_all(self, below: Sequence[str]) -> dict[str, bytes]:
        """Return what files hold, at once where the store can; those that are not there are left out."""
        if not below:
            return {}
        names = {self.path(name): name for name in below}
        with self.errors():
            found = self.fs.cat(list(names), on_error="return")
            for data in found.values():
                if isinstance(data, Exception) and not isinstance(data, FileNotFoundError):
                    raise data
        return {names[path]: data for path, data in found.items() if isinstance(data, bytes)}

    def get(self, below: str, path: Path) -> None:
        """Write what a file holds to a local one.

        Raises:
            OSError: when the local one cannot be written.
        """
        with self.errors():
            source = self.fs.open(self.path(below), "rb")
        with source, path.open("wb") as target:
            while True:
                with self.errors():
                    chunk = source.read(_CHUNK)
                if not chunk:
                    return
                target.write(chunk)

    def put(self, path: Path, below: str) -> None:
        """Put a local file there; a local address takes the file itself away. It will survive a crash of this machine.

        A file of the same name is replaced. On file systems that show files while they are written it is written under
        another name first.
        """
        target = self.path(below)
        with self.errors():
            if self.is_local:
                self._move(path, Path(target))
            elif self._has_objects:
                self.fs.put_file(str(path), target)
            else:
                self._put_aside(path, target)

    def _move(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(path)
        path.replace(target)
        for folder in target.parents:
            _sync(folder)
            if folder == Path(self.root):
                return

    def _put_aside(self, path: Path, target: str) -> None:
        aside = self.path(f"{PARTIAL}/{path.name}")
        self.fs.makedirs(aside.rpartition("/")[0], exist_ok=True)
        self.fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        try:
            self.fs.put_file(str(path), aside)
            self.fs.mv(aside, target)
        except BaseException:
            with suppress(Exception):
                self.fs.rm_file(aside)
            raise

    def remove(self, below: str) -> None:
        """Remove a file; one that is not there is removed already."""
        with self.errors(), suppress(FileNotFoundError):
            self.fs.rm_file(self.path(below))

    @property
    def can_create(self) -> bool:
        """Whether it may be able to make a file only where there is none, without looking first.

        What fsspec does for stores that cannot is to look and then to write: between the two somebody else may.
        """
        from fsspec.asyn import AsyncFileSystem
        from fsspec.spec import AbstractFileSystem

        kind: Any = type(self.fs)
        if issubclass(kind, AsyncFileSystem):
            return kind._pipe_file is not AsyncFileSystem._pipe_file
        return kind.pipe_file is not AbstractFileSystem.pipe_file

    def create(self, below: str, data: bytes) -> bool:
        """Make a file where there is none; False when there is one. Of several who try, one succeeds."""
        return self._creating(lambda: self.fs.pipe_file(self.path(below), data, mode="create"))

    def take(self, below: str, data: bytes) -> bool:
        """Make a file where there is none; False when somebody else has.

        A store that was asked twice, as the first answer was lost, says that there is one: ours.
        """
        return self.create(below, data) or self.read(below) == data

    def create_from(self, path: Path, below: str) -> bool:
        """Make a file of a local one where there is none; False when there is one."""
        return self._creating(lambda: self.fs.put_file(str(path), self.path(below), mode="create"))

    def _creating(self, write: Callable[[], object]) -> bool:
        with self.errors():
            try:
                write()
            except FileExistsError:
                return False
        return True


def open_store(address: str, setting: str, failed: Callable[[str, str], PandianError]) -> Store:
    """Return what lies at an address; nothing is looked at yet.

    Args:
        address: a path, or a URL such as ``s3://bucket/archive``.
        setting: what has the address, for errors.
        failed: makes an error of the address as people may see it, and what went wrong.

    Raises:
        SettingError: when there is nothing that can open such an address.
    """
    import fsspec  # takes longer than most commands, and most need it not

    seen = shown(address)
    try:
        fs, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        missing = isinstance(error, ImportError)
        raise SettingError(
            f"{setting}={seen}",
            f"nothing is installed that opens {urlsplit(address).scheme}:// addresses" if missing
            else "is no address of a store",
            "install the package that fsspec asks for, such as s3fs or gcsfs" if missing
            else "name a folder, or a URL such as s3://bucket/pandian",
        ) from error  # fmt: skip
    return Store(fs, root, seen, lambda said: failed(seen, said))


def local_folder(address: str) -> Path | None:
    """Return the folder that an address names; None when it is none of this machine's file systems."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return Path(address)
    return Path(rest) if scheme in _LOCAL else None


def shown(address: str) -> str:
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
