"""A worker's folder for local state, which no two workers may share."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pandian.errors import SettingError


@contextmanager
def own_folder(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other workers out of it inside the block; the lock ends with the process.

    Raises:
        SettingError: when another worker has it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise SettingError(
            f"PANDIAN_DATADIR={folder}", f"cannot be written ({error.strerror})", "name a folder that can"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError(
                f"PANDIAN_DATADIR={folder}",
                "belongs to another worker that is running",
                "give each worker on a machine a folder of its own",
            ) from error
        yield
