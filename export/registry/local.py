"""A registry in a folder, which all workers and commands of a deployment share.

``entries/<model>/<version>/``  the entries, read-only
``champion.json``               the pointer, replaced as a whole
``challenger.json``             what is tried out beside the champion; not there when nothing is
``audit.jsonl``                 what was added, promoted and tried out, when, by whom and why
``lock``                        held by whoever changes something; readers need it not
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from export.registry.base import Challenger, Entry, Pointer, Reference
from export.registry.card import created_at
from export.registry.exceptions import ChallengerError, EntryError, RegistryError, UnknownModelError
from export.registry.folders import append_line, remove_file, replace_file, whole_folder, writing
from export.registry.manifest import MANIFEST, MODEL_NAME, VERSION_NAME
from export.registry.pointers import check_share, decode_challenger, decode_pointer, encode

#: Champions that rollbacks can go back to.
_REMEMBERED = 20


class Registry:
    """Keeps entries for good, and says which of them is the champion. Usable from several processes at once.

    Args:
        root: Its folder; made when something is added.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._entries = self.root / "entries"
        self._pointer = self.root / "champion.json"
        self._challenger = self.root / "challenger.json"
        self._audit = self.root / "audit.jsonl"

    def add(self, folder: Path, *, by: str = "", why: str = "") -> Entry:
        """Take a copy of an entry; the same content again changes nothing.

        Raises:
            EntryError: when it is no entry, or the version is there with other content.
            RegistryError: when it cannot be written.
        """
        entry = Entry.open(folder)
        with self._changing():
            target = self._entries / entry.model / entry.version
            if target.exists():
                return _same(entry, Entry.open(target))
            _clear_drafts(target.parent)
            with whole_folder(target) as draft:
                for name in (*entry.files, MANIFEST):
                    shutil.copyfile(folder / name, draft / name, follow_symlinks=False)
                    (draft / name).chmod(0o444)
                # The copy is what will be served: it is checked, not only what it was made from.
                _same(entry, Entry.open(draft))
                draft.chmod(0o555)
                self._record("add", entry.reference, None, by, why)
            return Entry.open(target)

    def entries(self) -> list[Entry]:
        """Return all entries that are whole at a glance, by model, the newest of each first."""
        return self.scan()[0]

    def scan(self) -> tuple[list[Entry], list[EntryError]]:
        """Return all entries whose manifest and card are right, and what is wrong with the others."""
        found: list[Entry] = []
        wrong: list[EntryError] = []
        for model in _folders(self._entries, MODEL_NAME.fullmatch):
            for version in _folders(model, VERSION_NAME.fullmatch):
                try:
                    found.append(_placed(Entry.glance(version)))
                except EntryError as error:
                    wrong.append(error)
        found.sort(key=lambda entry: (str(created_at(entry.card)), entry.version), reverse=True)
        found.sort(key=lambda entry: entry.model)
        return found, wrong

    def entry(self, model: str, version: str | None = None) -> Entry:
        """Return an entry with all files checked; without a version the newest of the model.

        Raises:
            UnknownModelError: when there is none.
            EntryError: when it is not what was added.
        """
        if version is None:
            newest = next((entry for entry in self.entries() if entry.model == model), None)
            version = newest.version if newest else None
        return _placed(Entry.open(self._folder(model, version)))

    def glance(self, model: str, version: str) -> Entry:
        """Return an entry with manifest and card checked only: quick.

        Raises:
            UnknownModelError: when there is none.
            EntryError: when its manifest or card is not what was added.
        """
        return _placed(Entry.glance(self._folder(model, version)))

    def champion(self) -> Pointer | None:
        """Return which entry answers; None before the first promotion.

        Raises:
            RegistryError: when the pointer cannot be read.
        """
        data = _read(self._pointer)
        return None if data is None else decode_pointer(str(self._pointer), data)

    def challenger(self) -> Challenger | None:
        """Return which entry is tried out beside the champion; never the champion itself.

        Raises:
            RegistryError: when it, or the pointer, cannot be read.
        """
        data = _read(self._challenger)
        if data is None:
            return None
        found = decode_challenger(str(self._challenger), data)
        champion = self.champion()
        return None if champion and champion.reference == found.reference else found

    def promote(self, model: str, version: str | None = None, *, by: str, why: str) -> Pointer:
        """Let an entry answer from now on; the champion that it is already stays as it is.

        What was tried out and becomes the champion is tried out no longer.

        Raises:
            UnknownModelError: when there is no such entry.
            EntryError: when it is not what was added.
            RegistryError: when the pointer cannot be read or written.
        """
        with self._changing():
            entry = self.entry(model, version)
            now = self.champion()
            reference = entry.reference
            if now and now.reference == reference:
                return now
            earlier = (now.previous, *now.earlier)[:_REMEMBERED] if now and now.previous else ()
            return self._point("promote", reference, now, now.reference if now else None, earlier, by, why)

    def rollback(self, *, by: str, why: str) -> Pointer:
        """Let the champion before this one answer again; once more goes to the one before that.

        Raises:
            UnknownModelError: when there was none before.
            EntryError: when it is not what was added.
            RegistryError: when the pointer cannot be read or written.
        """
        with self._changing():
            now = self.champion()
            if now is None or now.previous is None:
                raise UnknownModelError(
                    "the champion before this one" if now else "the champion",
                    "there is none",
                    "promote the model that should answer",
                )
            self.entry(now.previous.model, now.previous.version)
            before = now.earlier[0] if now.earlier else None
            return self._point("rollback", now.previous, now, before, now.earlier[1:], by, why)

    def shadow(
        self, model: str, version: str | None = None, *, share: float = 0.0, by: str, why: str
    ) -> Challenger:
        """Let an entry be tried out beside the champion; what was before is not any more.

        Args:
            model: its name.
            version: None: the newest.
            share: of users who get it, from 0 (it only scores what others get) to 1.
            by: who says so.
            why: kept with it.

        Raises:
            ShareError: when the share is none.
            UnknownModelError: when there is no such entry, or no champion.
            ChallengerError: when it is the champion.
            EntryError: when it is not what was added.
            RegistryError: when it cannot be read or written.
        """
        share = check_share(share)
        with self._changing():
            entry = self.entry(model, version)
            champion = self.champion()
            if champion is None:
                raise UnknownModelError(
                    "the champion", "there is none", f"promote {entry.reference}, or another"
                )
            if champion.reference == entry.reference:
                raise ChallengerError(
                    str(entry.reference), "is the champion itself", "name a model to be tried out beside it"
                )
            found = Challenger(entry.model, entry.version, share, _now(), by, why)
            self._record("shadow", entry.reference, champion.reference, by, why, share=share)
            replace_file(self._challenger, encode(found))
            return found

    def end_shadow(self, *, by: str, why: str) -> Challenger:
        """Let nothing be tried out any more, and return what was.

        Raises:
            UnknownModelError: when nothing was.
            RegistryError: when it cannot be read or written.
        """
        with self._changing():
            found = self.challenger()
            if found is None:
                raise UnknownModelError(
                    "the challenger", "there is none", "`pandian models shadow MODEL` names one"
                )
            champion = self.champion()
            before = champion.reference if champion else None
            self._record("end", found.reference, before, by, why)
            remove_file(self._challenger)
            return found

    def _point(
        self,
        what: str,
        to: Reference,
        now: Pointer | None,
        previous: Reference | None,
        earlier: tuple[Reference, ...],
        by: str,
        why: str,
    ) -> Pointer:
        pointer = Pointer(to.model, to.version, previous, _now(), by, why, earlier)
        # The record comes first: nothing happens that is not on it. A line that the next one does not follow from was
        # not carried out.
        self._record(what, to, now.reference if now else None, by, why)
        self._forget_challenger(now)
        replace_file(self._pointer, encode(pointer))
        self._forget_challenger(pointer)
        return pointer

    def _forget_challenger(self, champion: Pointer | None) -> None:
        """Remove the challenger that is the champion. One that a crash leaves is not read, and goes before the next."""
        # The pointer counts: it moves also where there is a challenger that cannot be read or removed.
        with suppress(RegistryError):
            data = _read(self._challenger)
            if data is None or champion is None:
                return
            if decode_challenger(str(self._challenger), data).reference == champion.reference:
                remove_file(self._challenger)

    def _record(
        self, what: str, to: Reference, before: Reference | None, by: str, why: str, **more: object
    ) -> None:
        line = {"time": _now(), "what": what, "model": to.model, "version": to.version}
        line |= {"champion_before": before and asdict(before), "by": by, "why": why, **more}
        append_line(self._audit, orjson.dumps(line))

    def _folder(self, model: str, version: str | None) -> Path:
        """Return the folder of an entry that is there.

        Raises:
            UnknownModelError: when it is not.
        """
        if version and MODEL_NAME.fullmatch(model) and VERSION_NAME.fullmatch(version):
            folder = self._entries / model / version
            if folder.is_dir():
                return folder
        name = f"{model}@{version}" if version else model
        raise UnknownModelError(
            f"model {name[:140]!r}",
            f"is not in the registry {self.root}",
            "`pandian models list` shows what is; PANDIAN_MODELS names the registry",
        )

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Wait until nobody else changes the registry; the lock ends with the process."""
        with writing(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / "lock").open("a")
        with lock:
            with writing(self.root):
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _now() -> int:
    return time.time_ns() // 1_000_000


def _read(path: Path) -> bytes | None:
    """Return what a file holds; None when it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RegistryError(
            str(path), f"cannot be read ({error.strerror})", "give permission to read it"
        ) from error


def _folders(path: Path, named: Any) -> list[Path]:
    try:
        return sorted(found for found in path.iterdir() if named(found.name) and found.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RegistryError(
            str(path), f"cannot be read ({error.strerror})", "give permission to read it"
        ) from error


def _placed(entry: Entry) -> Entry:
    """Refuse an entry that stands where another one should: somebody moved it there."""
    place = Reference(entry.path.parent.name, entry.path.name)
    if place != entry.reference:
        raise EntryError(
            f"{entry.path}: {entry.reference}", f"must be {place}", "remove it, and add it again"
        )
    return entry


def _same(entry: Entry, there: Entry) -> Entry:
    if there.files != entry.files:
        differing = sorted(
            name for name in {*entry.files, *there.files} if entry.files.get(name) != there.files.get(name)
        )
        raise EntryError(
            f"{entry.model}@{entry.version}: {', '.join(differing)}",
            "must be as in the version of that name which the registry has",
            "export it again: it then gets a version of its own",
        )
    return there


def _clear_drafts(folder: Path) -> None:
    """Remove what an addition that was killed left behind: while we hold the lock, nobody else is writing here."""
    for draft in folder.glob(".*") if folder.is_dir() else ():
        draft.chmod(0o755)
        shutil.rmtree(draft, ignore_errors=True)
