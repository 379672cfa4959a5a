"""The copy of the live state on disk: written in one batch with the position that it reaches, so always of one moment.

RocksDB, one folder for each topic id: a topic that was made again has another one, and its state begins anew.

``m``                    format, the newest time, and how far ``pandian.forgotten`` was obeyed
``p`` + partition        next offset and places of the sources, as JSON
``v`` + number           an item
``u`` + user             a user's events, as :mod:`streams.features.base` packs them
"""

from __future__ import annotations

import shutil
from pathlib import Path
from struct import Struct
from typing import Any

import orjson
import rocksdict

from pandian.errors import FormatVersionError, SettingError
from streams.features.base import SIZE
from streams.features.live import Changes

FORMAT = 1
_META = b"m"
_NUMBER = Struct(">I")
_MB = 1 << 20


class SequenceStore:
    """Keeps the state of one topic. Methods may be called from any thread, one at a time.

    Args:
        folder: of all such state; those of other topics in it are removed.
        topic_id: of the topic that feeds it.

    Raises:
        SettingError: when the folder cannot be written.
    """

    def __init__(self, folder: Path, topic_id: str) -> None:
        self._path = folder / topic_id
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for other in folder.iterdir():
                if other != self._path:
                    shutil.rmtree(other, ignore_errors=True)
        except OSError as error:
            raise _unusable(folder, error.strerror) from error
        self._db = self._open()

    def _open(self) -> Any:
        options = rocksdict.Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_write_buffer_size(8 * _MB)
        options.set_max_write_buffer_number(2)
        options.set_max_open_files(256)
        options.set_keep_log_file_num(2)
        table = rocksdict.BlockBasedOptions()
        table.set_block_cache(rocksdict.Cache(4 * _MB))
        options.set_block_based_table_factory(table)
        return rocksdict.Rdict(str(self._path), options)

    def load(self) -> Changes | None:
        """Return all that was ever written; None when there is nothing.

        Raises:
            FormatVersionError: when a newer Pandian wrote it.
            ValueError, LookupError, TypeError: when it is not what was written.
        """
        meta = self._db.get(_META)
        if meta is None:
            return None
        said = orjson.loads(meta)
        if said["format"] > FORMAT:
            raise FormatVersionError(
                f"{self._path} has format {said['format']}",
                f"this Pandian reads formats up to {FORMAT}",
                "use a Pandian at least as new as the one that wrote it, or delete the folder",
            )
        topic_id, offset = said.get("forgotten", ("", 0))
        found = Changes({}, [], {}, said["knows_until"], (str(topic_id), int(offset)))
        for key, value in self._db.items():
            if key[:1] == b"u":
                found.users[key[1:].decode()] = _events(value)
            elif key[:1] == b"v":
                found.items.append((_NUMBER.unpack(key[1:])[0], value.decode()))
            elif key[:1] == b"p":
                offset, places = orjson.loads(value)
                found.partitions[_NUMBER.unpack(key[1:])[0]] = (offset, places)
        return found

    def write(self, changes: Changes) -> None:
        """Write changes in one batch: after a crash all of them are there, or none."""
        batch = rocksdict.WriteBatch(raw_mode=True)
        for user_id, events in changes.users.items():
            key = b"u" + user_id.encode()
            batch.delete(key) if events is None else batch.put(key, events)
        for number, item_id in changes.items:
            batch.put(b"v" + _NUMBER.pack(number), item_id.encode())
        for partition, position in changes.partitions.items():
            batch.put(b"p" + _NUMBER.pack(partition), orjson.dumps(position))
        said = {"format": FORMAT, "knows_until": changes.knows_until, "forgotten": changes.forgotten}
        batch.put(_META, orjson.dumps(said))
        self._db.write(batch)

    def clear(self) -> None:
        """Forget everything."""
        self._db.close()
        shutil.rmtree(self._path, ignore_errors=True)
        self._db = self._open()

    def close(self) -> None:
        """Close it; nothing may be called after."""
        self._db.close()


def open_store(folder: Path, topic_id: str) -> tuple[SequenceStore, Changes | None, str]:
    """Return the store of a topic, what it holds, and why that was thrown away, if it was.

    A store that cannot be read is removed: it is a copy, and the topic has it all.

    Raises:
        FormatVersionError: when a newer Pandian wrote it.
        SettingError: when the folder cannot be written.
    """
    store: SequenceStore | None = None
    try:
        store = SequenceStore(folder, topic_id)
        return store, store.load(), ""
    except (FormatVersionError, SettingError):
        raise
    except Exception as error:  # noqa: BLE001 - rocksdict has no exception of its own
        if store is not None:
            store.close()
        said = _said(error)
    try:
        _remove(folder / topic_id)
        return SequenceStore(folder, topic_id), None, said
    except Exception as error:
        if isinstance(error, SettingError):
            raise
        raise _unusable(folder, _said(error)) from error


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:160]


def _unusable(folder: Path, why: str | None) -> SettingError:
    return SettingError(
        f"PANDIAN_DATADIR={folder}", f"cannot be written ({why})", "name a folder that can be written"
    )


def _events(value: bytes) -> bytes:
    if not value or len(value) % SIZE:
        raise ValueError("no events")
    return value
