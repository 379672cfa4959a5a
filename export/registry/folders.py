"""Writing that leaves either everything or nothing: folders and files appear complete, by a rename."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from export.registry.exceptions import RegistryError


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a folder to write in; when the block ends well it becomes ``target``, else nothing remains.

    Raises:
        RegistryError: when ``target`` is there already and not empty, or cannot be written (disk full, no permission).
    """
    check_free(target)
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target: a rename must not cross file systems. The dot keeps it out of every listing.
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            draft.chmod(0o755)
            yield draft
            for file in draft.iterdir():
                sync(file)
            sync(draft)
            draft.rename(target)
        except BaseException:
            draft.chmod(0o755)
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync(target.parent)


def check_free(target: Path) -> None:
    """Check that a folder may come into being here.

    Raises:
        RegistryError: when something is there already that is no empty folder.
    """
    with writing(target):
        if os.path.lexists(target) and not (target.is_dir() and not any(target.iterdir())):
            raise RegistryError(
                str(target), "is there already", "name a folder that does not exist, or an empty one"
            )


def replace_file(path: Path, data: bytes) -> None:
    """Let a file have other content: whoever reads it finds the old or the new one, also after a crash.

    Raises:
        RegistryError: when it cannot be written; the old content stays.
    """
    with writing(path):
        draft = path.with_name(f".{path.name}.new")
        try:
            draft.write_bytes(data)
            sync(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync(path.parent)


def remove_file(path: Path) -> None:
    """Remove a file, for good also after a crash; one that is not there is removed already.

    Raises:
        RegistryError: when it cannot be removed.
    """
    with writing(path):
        path.unlink(missing_ok=True)
        sync(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file, and end one that a crash cut short before it.

    Raises:
        RegistryError: when it cannot be written; the file is then as it was.
    """
    with writing(path), path.open("ab+", buffering=0) as file:
        end = file.tell()
        if end:
            file.seek(end - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line
        try:
            if file.write(line + b"\n") != len(line) + 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says against writing into one error that names the place.

    Raises:
        RegistryError: for every :class:`OSError` of the block.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(path, error) from error
        raise RegistryError(
            f"{error.filename or path}",
            f"cannot be written ({error.strerror or error})",
            "make room or give permission, or name another folder; nothing was left half-written",
        ) from error


def _full(path: Path, error: OSError) -> RegistryError:
    """Return the error of a disk that is full: where it was to be written to, as the system may name what was read."""
    there = next((place for place in (path, *path.parents) if place.is_dir()), Path())
    free = shutil.disk_usage(there).free
    return RegistryError(
        str(path),
        f"cannot be written ({error.strerror}: {free / 1e6:,.1f} MB are free there)",
        "make room there, or name a folder elsewhere (the registry's is PANDIAN_MODELS); nothing was left half-written",
    )
