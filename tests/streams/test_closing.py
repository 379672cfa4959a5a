"""A worker ends whatever is wrong with one of its parts; one that goes on without its web server is never missed."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from streams.features.live import Changes
from streams.features.store import SequenceStore
from streams.worker import _closed


class _Kept:
    """A part whose last state goes to a store."""

    def __init__(self, store: SequenceStore) -> None:
        self._store = store

    async def start(self) -> None: ...

    async def run(self) -> None: ...

    async def close(self) -> None:
        self._store.write(Changes({"u": b""}, [], {0: (1, {})}, 1, ("", 0)))
        self._store.close()


def test_a_folder_that_is_gone_is_said_and_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    part = _Kept(SequenceStore(tmp_path / "sequences", "ab" * 16))
    part._store.write(Changes({"u": b""}, [], {0: (0, {})}, 1, ("", 0)))
    shutil.rmtree(tmp_path / "sequences")
    asyncio.run(_closed(part))
    (said,) = caplog.messages
    assert said.startswith("_Kept could not write its last state: IO error")
