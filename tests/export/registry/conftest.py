"""Registries of every kind, which keep one contract; and how to damage what they hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import orjson
import pytest

from export.registry import Entry, ModelRegistry, Registry
from export.registry.remote import RemoteRegistry
from tests.support.objects import PREFIX

KINDS = ("folder", "memory", "objects")


@dataclass
class Kept:
    """A registry, as its files lie wherever it is."""

    registry: ModelRegistry
    again: Callable[[], ModelRegistry]
    """Opens it as another machine does, which has nothing of it."""
    fs: Any
    root: str

    def path(self, entry: Entry, name: str) -> str:
        """Return where the file of an entry is in its file system."""
        return f"{self.root}/entries/{entry.model}/{entry.version}/{name}"

    def spoil(self, entry: Entry, name: str, data: bytes | None) -> None:
        """Let a file of an entry hold something else, or be gone."""
        path = self.path(entry, name)
        if isinstance(self.registry, Registry):
            Path(path).chmod(0o644)
            Path(path).parent.chmod(0o755)
        self.fs.rm_file(path)
        if data is not None:
            self.fs.pipe_file(path, data)

    def files(self) -> list[str]:
        """Name all its files, below its root."""
        return sorted(path[len(self.root) + 1 :] for path in self.fs.find(self.root))

    def audit(self) -> list[dict[str, Any]]:
        """Return what is on record, oldest first."""
        if isinstance(self.registry, Registry):
            path = self.registry.root / "audit.jsonl"
            return [orjson.loads(line) for line in path.read_bytes().splitlines()]
        names = [name for name in self.files() if name.startswith("changes/") and name.endswith(".json")]
        return [orjson.loads(self.fs.cat_file(f"{self.root}/{name}")) for name in names]


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """An empty registry of each kind."""
    root = f"{tmp_path}/registry"
    if request.param == "folder":
        yield Kept(Registry(Path(root)), lambda: Registry(Path(root)), fsspec.filesystem("file"), root)
    elif request.param == "objects":
        yield remote(f"{PREFIX}{root}", tmp_path)
    else:
        yield (found := remote(f"memory://{uuid.uuid4().hex}", tmp_path))
        if found.fs.exists(found.root):
            found.fs.rm(found.root, recursive=True)


def remote(address: str, tmp_path: Path) -> Kept:
    """Return a registry at an address."""
    fs, root = fsspec.core.url_to_fs(address)

    def opened() -> RemoteRegistry:
        return RemoteRegistry(address, tmp_path / f"cache-{uuid.uuid4().hex}")

    return Kept(opened(), opened, fs, root)


@pytest.fixture
def registry(kept: Kept) -> ModelRegistry:
    """The registry alone."""
    return kept.registry
