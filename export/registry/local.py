"""A registry in a folder, which all workers and commands of a deployment share.

``entries/<model>/<version>/``  the entries, read-only
``champion.json``               the pointer, replaced as a whole
``challenger.json``             what is tried out beside the champion; not there when nothing is
``audit.jsonl``                 what was added, promoted and tried out, when, by whom and why
``retraining.json``             who retrains; ``retraining.lock`` is held while it changes
``lock``                        held by whoever changes something; readers need it not
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from export.registry.base import Challenger, Entry, Pointer, Reference, Standing
from export.registry.exceptions import EntryError, RegistryError
from export.registry.folders import append_line, remove_file, replace_file, whole_folder, writing
from export.registry.keeping import Change, Keeper, placed, same
from export.registry.leases import FolderLeases
from export.registry.manifest import MANIFEST, MODEL_NAME, VERSION_NAME
from export.registry.pointers import decode_challenger, decode_pointer, encode

_NOBODY = Standing(None, None)


class Registry(Keeper):
    """A registry in a folder.

    Args:
        root: the folder; made when something is added.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        super().__init__(FolderShelf(self.root))


class FolderShelf:
    """The files of a registry in a folder.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.address = str(root)
        self._root = root
        self._entries = root / "entries"
        self._pointer = root / "champion.json"
        self._challenger = root / "challenger.json"
        self._audit = root / "audit.jsonl"

    def champion(self) -> Pointer | None:
        """Return the pointer; None when there is none."""
        data = _read(self._pointer)
        return None if data is None else decode_pointer(str(self._pointer), data)

    def remembered(self) -> Entry | None:
        """Return None: a folder is here, or is not."""
        return None

    def challenger(self) -> Challenger | None:
        """Return the challenger; None when there is none, or when it is the champion."""
        found = self._named_challenger()
        champion = self.champion() if found else None
        return None if found and champion and champion.reference == found.reference else found

    def _named_challenger(self) -> Challenger | None:
        data = _read(self._challenger)
        return None if data is None else decode_challenger(str(self._challenger), data)

    def references(self) -> list[Reference]:
        """Name the entries that are there, whole or not."""
        return [
            Reference(model.name, version.name)
            for model in _folders(self._entries, MODEL_NAME.fullmatch)
            for version in _folders(model, VERSION_NAME.fullmatch)
        ]

    def glances(self, references: Sequence[Reference]) -> list[Entry | EntryError | None]:
        """Return manifest and card of each, or what is wrong; None for one that is not there."""
        return [self._glance(reference) for reference in references]

    def _glance(self, reference: Reference) -> Entry | EntryError | None:
        folder = self._folder(reference)
        if not folder.is_dir():
            return None
        try:
            return placed(Entry.glance(folder), reference, str(folder))
        except EntryError as error:
            return error

    def opened(self, reference: Reference) -> Entry | None:
        """Return an entry with all files checked; None when it is not there."""
        folder = self._folder(reference)
        return placed(Entry.open(folder), reference, str(folder)) if folder.is_dir() else None

    def put(self, entry: Entry, added: Callable[[Standing], Change]) -> Entry:
        """Take a copy of an entry. It appears whole, or not at all; before it does, it is on record."""
        target = self._folder(entry.reference)
        with self._changing():
            there = self.opened(entry.reference)  # somebody may have been quicker
            if there is not None:
                return same(entry, there)
            _clear_drafts(target.parent)
            with whole_folder(target) as draft:
                for name in (*entry.files, MANIFEST):
                    shutil.copyfile(entry.path / name, draft / name, follow_symlinks=False)
                    (draft / name).chmod(0o444)
                # The copy is what will be served: it is checked, not only what it was made from.
                same(entry, Entry.open(draft))
                draft.chmod(0o555)
                self._record(added(_NOBODY))
            return Entry.open(target)

    def place(self, reference: Reference) -> str:
        """Return the folder of an entry."""
        return str(self._folder(reference))

    def leases(self) -> FolderLeases:
        """Return where it is written who retrains."""
        return FolderLeases(self._root)

    def change(self, decide: Callable[[Standing], Change | None]) -> None:
        """Let something happen, or nothing (None): the lock keeps all others waiting."""
        with self._changing():
            now = self._standing()
            change = decide(now)
            if change is None:
                return
            # The record comes first: nothing happens that is not on it. A line that the next one does not follow from
            # was not carried out.
            self._record(change)
            self._carry_out(now, change.after)

    def _standing(self) -> Standing:
        champion = self.champion()
        try:
            return Standing(champion, self.challenger())
        except RegistryError:
            # The pointer counts: it moves also where there is a challenger that cannot be read.
            return Standing(champion, None)

    def _carry_out(self, now: Standing, after: Standing) -> None:
        if after.champion is not None and after.champion != now.champion:
            self._forget(now.champion)
            replace_file(self._pointer, encode(after.champion))
            self._forget(after.champion)
        elif after.challenger is None:
            remove_file(self._challenger)
        else:
            replace_file(self._challenger, encode(after.challenger))

    def _forget(self, champion: Pointer | None) -> None:
        """Remove the challenger that is the champion. One that a crash leaves is not read, and goes before the next."""
        with suppress(RegistryError):
            challenger = self._named_challenger()
            if challenger and champion and challenger.reference == champion.reference:
                remove_file(self._challenger)

    def _record(self, change: Change) -> None:
        append_line(self._audit, orjson.dumps(change.record()))

    def _folder(self, reference: Reference) -> Path:
        return self._entries / reference.model / reference.version

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Wait until nobody else changes the registry; the lock ends with the process."""
        with writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = (self._root / "lock").open("a")
        with lock:
            with writing(self._root):
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> bytes | None:
    """Return what a file holds; None when it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RegistryError(
            str(path), f"cannot be read ({error.strerror})", "give permission to read it, or mount it again"
        ) from error


def _folders(path: Path, named: Any) -> list[Path]:
    try:
        return sorted(found for found in path.iterdir() if named(found.name) and found.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RegistryError(
            str(path), f"cannot be read ({error.strerror})", "give permission to read it, or mount it again"
        ) from error


def _clear_drafts(folder: Path) -> None:
    """Remove what an addition that was killed left behind: while we hold the lock, nobody else is writing here."""
    for draft in folder.glob(".*") if folder.is_dir() else ():
        draft.chmod(0o755)
        shutil.rmtree(draft, ignore_errors=True)
