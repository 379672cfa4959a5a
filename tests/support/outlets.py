"""Everything that leaves a worker: its topics, what it answers and logs, what is exported, what lies on disk."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import rocksdict
import zstandard

from catalogs.registry import FORMATS
from pandian import topics
from streams.counting.sets import SetStore
from streams.inventory.profile import PartitionProfile
from tests.support.topics import read_all
from tests.support.topics import topics as names_of
from tests.support.worker import WorkerProcess

#: What leaves, by where it does.
Outlet = tuple[str, bytes]
_ZSTD = b"\x28\xb5\x2f\xfd"

_PATHS = (
    "/",
    "/v1/inventory",
    "/v1/inventory?view=summary",
    "/v1/interactions",
    "/v1/relations",
    "/v1/models",
    "/v1/alerts",
    "/v1/status",
    "/metrics",
    "/readyz",
)


def of_topics(address: str) -> Iterator[Outlet]:
    """Yield keys, values and headers of all of Pandian's topics, and the profiles' states unpacked."""
    for name in names_of(address):
        if not name.startswith(topics.OWN_PREFIX):
            continue
        store = SetStore(PartitionProfile.FORMAT)
        for record in read_all(address, name):
            yield (
                f"topic {name}",
                b"\n".join((record.key or b"", unpacked(record.value or b""), repr(record.headers).encode())),
            )
            if name == topics.PROFILES and (complete := store.add(record.key, record.value)):
                yield f"{name}, unpacked", unpacked(complete.body())


def of_compacted_topics(address: str, group: str) -> Iterator[Outlet]:
    """Yield what compaction will leave of the compacted topics: the latest value of each key, profiles unpacked."""
    for name in names_of(address):
        changelog = name.startswith(f"{topics.OWN_PREFIX}.{group}.")
        if name not in (topics.PROFILES, topics.INVENTORY, topics.EXTRACTIONS) and not changelog:
            continue
        records = read_all(address, name)
        latest = {(record.partition, record.key): record.value for record in records}
        store = SetStore(PartitionProfile.FORMAT)
        for (_, key), value in latest.items():
            if value is not None:
                yield f"latest of {name}", unpacked(value)
                if name == topics.PROFILES and (complete := store.add(key, value)):
                    yield f"latest of {name}, unpacked", unpacked(complete.body())


def unpacked(content: bytes) -> bytes:
    """Return the content and all that is compressed in it with zstd, however deep."""
    parts, start = [content], content.find(_ZSTD)
    while start >= 0:
        with contextlib.suppress(zstandard.ZstdError):  # these four bytes may stand there by chance
            parts.append(unpacked(zstandard.ZstdDecompressor().decompressobj().decompress(content[start:])))
        start = content.find(_ZSTD, start + 1)
    return b"\n".join(parts)


def of_http(worker: WorkerProcess) -> Iterator[Outlet]:
    """Yield what it answers to everybody."""
    document = worker.get("/v1/inventory")
    assets = [f"/v1/inventory/{quote(asset['asset'])}" for asset in document["assets"]]
    for path in (*_PATHS, *assets):
        yield f"GET {path}", worker.text(path).encode()


def of_exports(worker: WorkerProcess, folder: Path) -> Iterator[Outlet]:
    """Yield every file of every exporter, and what the commands print."""
    saved = folder / "inventory.json"
    saved.write_text(worker.text("/v1/inventory"), encoding="utf-8")
    yield "pandian inventory", _pandian("inventory", "--url", f"http://127.0.0.1:{worker.port}")
    for name in FORMATS:
        target = folder / name
        yield (
            f"pandian export {name}",
            _pandian("export", name, "--inventory", str(saved), "--out", str(target), "--time", "now"),
        )
        for path in [target, *target.rglob("*")] if target.exists() else []:
            if path.is_file():
                yield f"export {name}", path.read_bytes()


def of_disk(folder: Path) -> Iterator[Outlet]:
    """Yield the bytes of every file in a folder, and what its RocksDB stores hold once opened."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"file {path.relative_to(folder)}", unpacked(path.read_bytes())
    for current in folder.rglob("CURRENT"):
        store = rocksdict.Rdict(
            str(current.parent),
            rocksdict.Options(raw_mode=True),
            access_type=rocksdict.AccessType.read_only(),
        )
        items: Any = store.items()
        yield (
            f"store {current.parent.relative_to(folder)}",
            b"\n".join(unpacked(part) for item in items for part in item),
        )
        store.close()


def _pandian(*arguments: str) -> bytes:
    done = subprocess.run([sys.executable, "-m", "streams.cli", *arguments], capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout + done.stderr
