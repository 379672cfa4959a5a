"""A store of objects in a folder, which keeps what S3, Google Cloud Storage and Azure promise, for several processes.

An object is there when all of it is, and of several who make one where there is none, one succeeds. Its addresses begin
with ``objects://``. Tests make it fail, or say less than it should.
"""

from __future__ import annotations

import errno
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

PREFIX = "objects://"


class Objects(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The store."""

    protocol = "objects"
    #: Bytes that it still takes; None: any number.
    room: int | None = None
    #: Whether nobody answers.
    away = False
    #: What it waits for before it answers; None: nothing.
    slow: threading.Event | None = None
    #: Whether it writes over what is there though it should not, as stores do that do not know such requests.
    careless = False
    #: Whether its first answer is lost, so that whoever asks again is told that the object is there.
    forgetful = False
    #: Requests that were answered.
    asked = 0

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(one) for one in path]
        return LocalFileSystem._strip_protocol(os.fspath(path).removeprefix(PREFIX))

    def _answers(self) -> None:
        if Objects.slow is not None:
            Objects.slow.wait(20)
        if Objects.away:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "https://key:secret@store")
        Objects.asked += 1

    def pipe_file(self, path: Any, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        self._answers()
        if Objects.room is not None:
            Objects.room -= len(value)
            if Objects.room < 0:
                raise OSError(errno.ENOSPC, "no")
        target = Path(self._strip_protocol(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        # Of hidden files no listing tells.
        draft = target.parent / f".{uuid.uuid4().hex}"
        draft.write_bytes(value)
        try:
            if mode == "create" and not Objects.careless:
                os.link(draft, target)
            else:
                draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        if Objects.forgetful and mode == "create":
            raise FileExistsError(target)

    def put_file(
        self, lpath: Any, rpath: Any, callback: Any = None, mode: str = "overwrite", **_: Any
    ) -> None:
        self.pipe_file(rpath, Path(lpath).read_bytes(), mode)

    def cat_file(self, path: Any, start: Any = None, end: Any = None, **more: Any) -> Any:
        self._answers()
        return super().cat_file(path, start, end, **more)

    def find(self, path: Any, *arguments: Any, detail: bool = False, **more: Any) -> Any:
        self._answers()
        found = super().find(path, *arguments, detail=True, **more)
        seen = {name: info for name, info in found.items() if not name.rpartition("/")[2].startswith(".")}
        return seen if detail else list(seen)


@contextmanager
def store(**how: Any) -> Iterator[None]:
    """Let it be otherwise inside a block."""
    before = {name: getattr(Objects, name) for name in how}
    for name, value in how.items():
        setattr(Objects, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(Objects, name, value)


fsspec.register_implementation("objects", Objects, clobber=True)
