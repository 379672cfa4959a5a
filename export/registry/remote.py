"""A registry at any address that fsspec knows, such as ``s3://bucket/models``.

``entries/<model>/<version>/``  the entries; an entry is there when its ``manifest.json`` is, which is written last
``changes/00000001.json``       all that happened, by number; the newest says who answers (``history``)
``leases/00000001.json``        who retrains (``leases``)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from export.registry.base import CARD, REQUIRED, Challenger, Entry, Pointer, Reference, Standing
from export.registry.cache import EntryCache
from export.registry.exceptions import EntryError, RegistryError
from export.registry.history import History
from export.registry.keeping import Change, Keeper, placed, same
from export.registry.leases import ObjectLeases
from export.registry.manifest import (
    MANIFEST,
    MODEL_NAME,
    VERSION_NAME,
    FileSum,
    Manifest,
    check_bytes,
    check_size,
    decode_manifest,
)
from pandian.stores import Store, open_store

_FOLDER = "entries"
_ENTRY = re.compile(rf"{_FOLDER}/([^/]+)/([^/]+)/{re.escape(MANIFEST)}")


class RemoteRegistry(Keeper):
    """A registry elsewhere.

    Args:
        address: such as ``s3://bucket/models``.
        cache: folder of this machine where entries are kept that were asked for.

    Raises:
        SettingError: when nothing can open such an address.
    """

    def __init__(self, address: str, cache: Path) -> None:
        store = open_store(address, "PANDIAN_MODELS", _failed)
        super().__init__(RemoteShelf(store, cache / _digest(store.address)))


class RemoteShelf:
    """The files of a registry at an address.

    Args:
        store: what lies at the address.
        cache: folder of this machine where entries are kept, and what was seen last.
    """

    def __init__(self, store: Store, cache: Path) -> None:
        self.address = store.address
        self._store = store
        self._cache = EntryCache(cache)
        # No model is called so.
        self._history = History(store, cache / ".newest.json")

    def champion(self) -> Pointer | None:
        """Return the pointer; None when there is none."""
        return self._history.standing().champion

    def remembered(self) -> Entry | None:
        """Return the champion as it was seen last on this machine; None when it was not, or is not kept."""
        standing = self._history.remembered()
        return self._cache.find(standing.champion.reference) if standing and standing.champion else None

    def challenger(self) -> Challenger | None:
        """Return the challenger; None when there is none."""
        return self._history.standing().challenger

    def leases(self) -> ObjectLeases:
        """Return where it is written who retrains."""
        return ObjectLeases(self._store, self._history.check_store)

    def change(self, decide: Callable[[Standing], Change | None]) -> None:
        """Let something happen, or nothing (None)."""
        self._history.append(decide)

    def references(self) -> list[Reference]:
        """Name the entries that are there, whole or not."""
        matches = (_ENTRY.fullmatch(path) for path in self._store.find(_FOLDER))
        named = (Reference(match[1], match[2]) for match in matches if match)
        return sorted(
            (one for one in named if MODEL_NAME.fullmatch(one.model) and VERSION_NAME.fullmatch(one.version)),
            key=str,
        )

    def glances(self, references: Sequence[Reference]) -> list[Entry | EntryError | None]:
        """Return manifest and card of each, or what is wrong; None for one that is not there."""
        names = [_below(reference, name) for reference in references for name in (MANIFEST, CARD)]
        found = self._store.read_all(names)
        return [self._glance(reference, found) for reference in references]

    def _glance(self, reference: Reference, found: dict[str, bytes]) -> Entry | EntryError | None:
        try:
            manifest = self._manifest(reference, found.get(_below(reference, MANIFEST)))
            if manifest is None:
                return None
            return self._entry(reference, manifest, found.get(_below(reference, CARD)))
        except EntryError as error:
            return error

    def _entry(self, reference: Reference, manifest: Manifest, card: bytes | None) -> Entry:
        where = self._shown(reference, CARD)
        check_size(where, None if card is None else len(card), manifest.files[CARD])
        data = check_bytes(where, card or b"", manifest.files[CARD])
        entry = Entry.of(self._cache.place(reference), manifest, data, where)
        return placed(entry, reference, self.place(reference))

    def _manifest(self, reference: Reference, data: bytes | None) -> Manifest | None:
        if data is None:
            return None
        return decode_manifest(self._shown(reference, MANIFEST), data, REQUIRED)

    def opened(self, reference: Reference) -> Entry | None:
        """Return an entry with all files checked, on this machine; None when it is not there.

        An entry that is on this machine already is not fetched again. While the registry cannot be reached, it is
        taken as it is: entries never change.
        """
        kept = self._cache.find(reference)
        try:
            data = self._store.read(_below(reference, MANIFEST))
            sizes = self._store.find(_below(reference)) if data is not None else {}
        except RegistryError:
            if kept is None:
                raise
            return kept
        manifest = self._manifest(reference, data)
        if manifest is None or data is None:
            self._cache.forget(reference)
            return None
        for name, expected in manifest.files.items():
            check_size(self._shown(reference, name), sizes.get(_below(reference, name)), expected)
        if kept is None or kept.files != manifest.files:
            kept = self._fetched(reference, manifest, data)
        return placed(kept, reference, self.place(reference))

    def _fetched(self, reference: Reference, manifest: Manifest, data: bytes) -> Entry:
        named = Reference(manifest.model, manifest.version)
        if named != reference:
            raise EntryError(
                f"{self.place(reference)}: {named}", f"must be {reference}", "remove it, and add it again"
            )
        return self._cache.fill(
            manifest, data, lambda name, path: self._fetch(reference, name, manifest.files[name], path)
        )

    def _fetch(self, reference: Reference, name: str, expected: FileSum, path: Path) -> None:
        self._store.get(_below(reference, name), path)
        found = FileSum.of(path)
        check_size(self._shown(reference, name), found.bytes, expected)
        if found != expected:
            raise EntryError(
                f"{self._shown(reference, name)}: sha256 {found.sha256[:12]}…",
                f"must be {expected.sha256[:12]}…",
                "remove the entry there, and add the model again",
            )

    def put(self, entry: Entry, added: Callable[[Standing], Change]) -> Entry:
        """Take a copy of an entry. It appears whole, or not at all; before it does, it is on record."""
        reference = entry.reference
        data = (entry.path / MANIFEST).read_bytes()
        manifest = decode_manifest(entry.path / MANIFEST, data, REQUIRED)
        self._history.check_store()
        for name in manifest.files:
            self._store.create_from(entry.path / name, _below(reference, name))
        # What was there already, of an addition that ended before, is checked with the others: as it will be served.
        kept = self._fetched(reference, manifest, data)
        self._history.append(added)
        if not self._store.create(_below(reference, MANIFEST), data):
            there = self.opened(reference)  # somebody was quicker
            return kept if there is None else same(entry, there)
        return kept

    def place(self, reference: Reference) -> str:
        """Return where an entry is, as people may see it."""
        return f"{self.address}/{_FOLDER}/{reference.model}/{reference.version}"

    def _shown(self, reference: Reference, name: str) -> str:
        return f"{self.place(reference)}/{name}"


def _below(reference: Reference, name: str = "") -> str:
    return f"{_FOLDER}/{reference.model}/{reference.version}/{name}".rstrip("/")


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _failed(address: str, said: str) -> RegistryError:
    return RegistryError(
        f"the registry {address}",
        f"cannot be used ({said})",
        "check that it can be reached, that there is room, and that it may be read and written",
    )
