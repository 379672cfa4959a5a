"""Entries of a registry elsewhere, kept in a folder of this machine: what is loaded is read from here, checked."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from export.registry.base import Entry, Reference
from export.registry.exceptions import EntryError, RegistryError
from export.registry.folders import whole_folder
from export.registry.manifest import MANIFEST, Manifest
from pandian.errors import PandianError

#: Entries kept; of those beyond, the ones go that were not asked for in the last hour: nobody is loading them.
_KEPT = 8
_RECENT_SECONDS = 3600.0


class EntryCache:
    """Entries in a folder, which several processes may share.

    Args:
        folder: made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, reference: Reference) -> Path:
        """Return where an entry is when it is here."""
        return self._folder / reference.model / reference.version

    def find(self, reference: Reference) -> Entry | None:
        """Return an entry with all files checked. One that is damaged is removed: None, as when it is not here."""
        folder = self.place(reference)
        if not folder.is_dir():
            return None
        try:
            entry = Entry.open(folder)
        except EntryError:
            _remove(folder)
            return None
        with suppress(OSError):
            os.utime(folder)
        return entry

    def fill(self, manifest: Manifest, manifest_data: bytes, fetch: Callable[[str, Path], None]) -> Entry:
        """Return an entry after fetching its files; it appears whole, or not at all.

        Args:
            manifest: what it holds.
            manifest_data: the manifest's own bytes.
            fetch: writes the file of a name to a path.

        Raises:
            EntryError: when what was fetched is not what the manifest says.
            RegistryError: when it cannot be written.
        """
        reference = Reference(manifest.model, manifest.version)
        folder = self.place(reference)
        _remove(folder)
        try:
            with whole_folder(folder) as draft:
                for name in manifest.files:
                    fetch(name, draft / name)
                (draft / MANIFEST).write_bytes(manifest_data)
                Entry.open(draft)
        except RegistryError:
            # Somebody else may have fetched it meanwhile.
            entry = self.find(reference)
            if entry is None:
                raise
            return entry
        self._tidy(folder)
        return Entry.open(folder)

    def forget(self, reference: Reference) -> None:
        """Remove an entry."""
        _remove(self.place(reference))

    def _tidy(self, newest: Path) -> None:
        """Let go what was asked for longest ago, and what a crash left."""
        folders = [folder for folder in self._folder.glob("*/*") if folder != newest and folder.is_dir()]
        with suppress(OSError):
            folders.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
            before = time.time() - _RECENT_SECONDS
            for number, folder in enumerate(folders, 1):
                old = folder.stat().st_mtime < before
                if old and (number >= _KEPT or folder.name.startswith(".")):
                    _remove(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        with suppress(OSError, PandianError):
            folder.chmod(0o755)
            shutil.rmtree(folder)
