"""What every registry does alike, wherever it lies: who may become the champion, and what is on record of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

from export.registry.base import Challenger, Entry, Pointer, Reference, Standing
from export.registry.card import created_at
from export.registry.exceptions import ChallengerError, EntryError, RegistryError, UnknownModelError
from export.registry.lease import Leases
from export.registry.manifest import MODEL_NAME, VERSION_NAME
from export.registry.pointers import check_share

#: Champions that rollbacks can go back to.
_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens to a registry."""

    what: str
    """``add``, ``promote``, ``rollback``, ``shadow`` or ``end``."""
    reference: Reference
    """To which entry."""
    before: Reference | None
    """The champion before; None also where it plays no part."""
    time: int
    """Epoch milliseconds."""
    by: str
    why: str
    after: Standing
    """Who answers and who is tried out from then on."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else is on record."""

    def record(self) -> dict[str, Any]:
        """Return what the audit says of it."""
        return {
            "time": self.time,
            "what": self.what,
            "model": self.reference.model,
            "version": self.reference.version,
            "champion_before": self.before and asdict(self.before),
            "by": self.by,
            "why": self.why,
            **self.more,
        }


class Shelf(Protocol):
    """Where entries and what says who answers are kept."""

    address: str

    def champion(self) -> Pointer | None:
        """Return the pointer; None when there is none."""

    def remembered(self) -> Entry | None:
        """Return the champion as it was seen last on this machine, by what is kept here alone; None: nothing is."""

    def challenger(self) -> Challenger | None:
        """Return the challenger; None when there is none, or when it is the champion."""

    def change(self, decide: Callable[[Standing], Change | None]) -> None:
        """Let something happen, or nothing (None), by what holds just then: no other change comes between."""

    def references(self) -> Sequence[Reference]:
        """Name the entries that are there, whole or not."""

    def glances(self, references: Sequence[Reference]) -> Sequence[Entry | EntryError | None]:
        """Return manifest and card of each, or what is wrong; None for one that is not there."""

    def opened(self, reference: Reference) -> Entry | None:
        """Return an entry with all files checked, on this machine; None when it is not there."""

    def put(self, entry: Entry, added: Callable[[Standing], Change]) -> Entry:
        """Take a copy of an entry that is not there. It appears whole or not at all, and is on record before."""

    def place(self, reference: Reference) -> str:
        """Return where an entry is, as people may see it."""

    def leases(self) -> Leases:
        """Return where it is written who retrains."""


class Keeper:
    """A registry. Usable from several processes at once.

    Args:
        shelf: where it is.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._had_champion = False
        self.address = shelf.address

    def add(self, folder: Path, *, by: str = "", why: str = "") -> Entry:
        """Take a copy of an entry; the same content again changes nothing.

        Raises:
            EntryError: when it is no entry, or the version is there with other content.
            RegistryError: when it cannot be written.
        """
        entry = Entry.open(folder)
        there = self._shelf.opened(entry.reference)
        if there is not None:
            return same(entry, there)
        return self._shelf.put(entry, lambda now: Change("add", entry.reference, None, _now(), by, why, now))

    def entries(self) -> list[Entry]:
        """Return all entries that are whole at a glance, by model, the newest of each first."""
        return self.scan()[0]

    def scan(self) -> tuple[list[Entry], list[EntryError]]:
        """Return all entries whose manifest and card are right, and what is wrong with the others.

        Raises:
            RegistryError: when the registry cannot be read.
        """
        seen = self._shelf.glances(self.references())
        found = [one for one in seen if isinstance(one, Entry)]
        found.sort(key=lambda entry: (str(created_at(entry.card)), entry.version), reverse=True)
        found.sort(key=lambda entry: entry.model)
        return found, [one for one in seen if isinstance(one, EntryError)]

    def references(self) -> Sequence[Reference]:
        """Name the entries that are there, whole or not: by one list, and no file is read.

        Raises:
            RegistryError: when the registry cannot be read.
        """
        return self._shelf.references()

    def place(self, reference: Reference) -> str:
        """Return where an entry is, as people may see it."""
        return self._shelf.place(reference)

    def entry(self, model: str, version: str | None = None) -> Entry:
        """Return an entry with all files checked, on this machine; without a version the newest of the model.

        Raises:
            UnknownModelError: when there is none.
            EntryError: when it is not what was added.
            RegistryError: when the registry cannot be read.
        """
        if version is None:
            newest = next((entry for entry in self.entries() if entry.model == model), None)
            version = newest.version if newest else None
        reference = _named(model, version)
        entry = self._shelf.opened(reference) if reference else None
        if entry is None:
            raise self._unknown(model, version)
        return entry

    def glance(self, model: str, version: str) -> Entry:
        """Return an entry with manifest and card checked only: quick. Its other files need not be on this machine.

        Raises:
            UnknownModelError: when there is none.
            EntryError: when its manifest or card is not what was added.
            RegistryError: when the registry cannot be read.
        """
        reference = _named(model, version)
        (found,) = self._shelf.glances([reference]) if reference else (None,)
        if found is None:
            raise self._unknown(model, version)
        if isinstance(found, EntryError):
            raise found
        return found

    def champion(self) -> Pointer | None:
        """Return which entry answers; None before the first promotion.

        Raises:
            RegistryError: when the pointer cannot be read, or was there before and is not any more: nobody takes a
                pointer away, so the registry was deleted or is not mounted, and is no empty one.
        """
        found = self._shelf.champion()
        if found is None and self._had_champion:
            raise RegistryError(
                self.address,
                "had a champion and has none any more: it was deleted, or is not mounted",
                "put it back or mount it; of a new registry, promote a model",
            )
        self._had_champion = found is not None
        return found

    def remembered(self) -> Entry | None:
        """Return what answered when this machine could reach the registry last, by what it kept; None: nothing.

        Raises:
            RegistryError: when what was kept cannot be read.
        """
        return self._shelf.remembered()

    def challenger(self) -> Challenger | None:
        """Return which entry is tried out beside the champion; never the champion itself.

        Raises:
            RegistryError: when it, or the pointer, cannot be read, as :meth:`champion`.
        """
        found = self._shelf.challenger()
        if found is None:
            self.champion()  # of a registry that is away it is not known that there is none
        return found

    def promote(self, model: str, version: str | None = None, *, by: str, why: str) -> Pointer:
        """Let an entry answer from now on; the champion that it is already stays as it is.

        What was tried out and becomes the champion is tried out no longer.

        Raises:
            UnknownModelError: when there is no such entry.
            EntryError: when it is not what was added.
            RegistryError: when the pointer cannot be read or written.
        """
        reference = self.entry(model, version).reference

        def decide(now: Standing) -> Change | Pointer:
            champion = now.champion
            if champion and champion.reference == reference:
                return champion
            earlier = (champion.previous, *champion.earlier) if champion and champion.previous else ()
            before = champion.reference if champion else None
            return _point("promote", reference, now, before, earlier[:_REMEMBERED], by, why)

        return self._pointed(decide)

    def rollback(self, *, by: str, why: str) -> Pointer:
        """Let the champion before this one answer again; once more goes to the one before that.

        Raises:
            UnknownModelError: when there was none before.
            EntryError: when it is not what was added.
            RegistryError: when the pointer cannot be read or written.
        """

        def decide(now: Standing) -> Change:
            champion = now.champion
            if champion is None or champion.previous is None:
                raise UnknownModelError(
                    "the champion before this one" if champion else "the champion",
                    "there is none",
                    "promote the model that should answer",
                )
            self.entry(champion.previous.model, champion.previous.version)
            before = champion.earlier[0] if champion.earlier else None
            return _point("rollback", champion.previous, now, before, champion.earlier[1:], by, why)

        return self._pointed(decide)

    def _pointed(self, decide: Callable[[Standing], Change | Pointer]) -> Pointer:
        decided: list[Change | Pointer] = []

        def change(now: Standing) -> Change | None:
            found = decide(now)
            decided.append(found)
            return None if isinstance(found, Pointer) else found

        self._shelf.change(change)
        last = decided[-1]
        return last if isinstance(last, Pointer) else cast("Pointer", last.after.champion)

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
        reference = self.entry(model, version).reference
        found = Challenger(reference.model, reference.version, share, _now(), by, why)

        def decide(now: Standing) -> Change:
            if now.champion is None:
                raise UnknownModelError("the champion", "there is none", f"promote {reference}, or another")
            if now.champion.reference == reference:
                raise ChallengerError(
                    str(reference), "is the champion itself", "name a model to be tried out beside it"
                )
            after = replace(now, challenger=found)
            more = {"share": share}
            return Change("shadow", reference, now.champion.reference, found.time, by, why, after, more)

        self._shelf.change(decide)
        return found

    def end_shadow(self, *, by: str, why: str) -> Challenger:
        """Let nothing be tried out any more, and return what was.

        Raises:
            UnknownModelError: when nothing was.
            RegistryError: when it cannot be read or written.
        """
        self.challenger()  # one that cannot be read is told, not taken for none
        ended: list[Challenger] = []

        def decide(now: Standing) -> Change:
            if now.challenger is None:
                raise UnknownModelError(
                    "the challenger", "there is none", "`pandian models shadow MODEL` names one"
                )
            ended.append(now.challenger)
            champion = now.champion.reference if now.champion else None
            after = replace(now, challenger=None)
            return Change("end", now.challenger.reference, champion, _now(), by, why, after)

        self._shelf.change(decide)
        return ended[-1]

    def leases(self) -> Leases:
        """Return where it is written who retrains."""
        return self._shelf.leases()

    def _unknown(self, model: str, version: str | None) -> UnknownModelError:
        name = f"{model}@{version}" if version else model
        return UnknownModelError(
            f"model {name[:140]!r}",
            f"is not in the registry {self.address}",
            "`pandian models list` shows what is; PANDIAN_MODELS names the registry",
        )


def same(entry: Entry, there: Entry) -> Entry:
    """Return the entry that is there when it has the content of another one.

    Raises:
        EntryError: when it has not: a version has one content.
    """
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


def placed(entry: Entry, place: Reference, shown: str) -> Entry:
    """Return an entry that stands where it should.

    Raises:
        EntryError: when another one should: somebody moved it there.
    """
    if place != entry.reference:
        raise EntryError(f"{shown}: {entry.reference}", f"must be {place}", "remove it, and add it again")
    return entry


def _named(model: str, version: str | None) -> Reference | None:
    """Return what names an entry; None when no entry can be called so."""
    if version and MODEL_NAME.fullmatch(model) and VERSION_NAME.fullmatch(version):
        return Reference(model, version)
    return None


def _point(
    what: str,
    to: Reference,
    now: Standing,
    previous: Reference | None,
    earlier: tuple[Reference, ...],
    by: str,
    why: str,
) -> Change:
    pointer = Pointer(to.model, to.version, previous, _now(), by, why, earlier)
    challenger = now.challenger if now.challenger and now.challenger.reference != to else None
    before = now.champion.reference if now.champion else None
    return Change(what, to, before, pointer.time, by, why, Standing(pointer, challenger))


def _now() -> int:
    return time.time_ns() // 1_000_000
