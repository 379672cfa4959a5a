"""An entry of the registry, the pointer to the champion, and what any registry promises.

An entry is a folder with these files; ``docs/models.md`` says what each holds:

``model.onnx``  the graph: ``items`` int64 [batch, length] in, ``logits`` float32 [batch, n_items] out
``items.txt``   the catalogue, one JSON string a line, in the order of the logits
``probes.npz``  inputs and the logits that they must give
``card.json``   what the model is, how good it is, and how its logits become probabilities
``manifest.json``  model, version, and size and SHA-256 of each file
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from export.registry.card import read_card
from export.registry.exceptions import EntryError
from export.registry.lease import Leases
from export.registry.manifest import FileSum, Manifest, read_file, read_manifest

GRAPH, CATALOGUE, PROBES, CARD = "model.onnx", "items.txt", "probes.npz", "card.json"
REQUIRED = (GRAPH, CATALOGUE, PROBES, CARD)


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that was exported. It never changes."""

    model: str
    """Name of its kind, such as ``sasrec``."""
    version: str
    path: Path
    card: Mapping[str, Any]
    files: Mapping[str, FileSum]

    @classmethod
    def open(cls, folder: Path) -> Entry:
        """Return the entry in a folder after checking every file against the manifest.

        Raises:
            EntryError: naming the file, what it is and what it should be.
        """
        entry = cls.glance(folder)
        for name in entry.files:
            if name != CARD:
                read_file(folder, name, entry.files[name], keep=False)
        return entry

    @classmethod
    def glance(cls, folder: Path) -> Entry:
        """Return the entry in a folder after checking manifest and card only: quick, for lists.

        Raises:
            EntryError: as :meth:`open`.
        """
        manifest = read_manifest(folder, REQUIRED)
        return cls.of(folder, manifest, read_file(folder, CARD, manifest.files[CARD]))

    @classmethod
    def of(cls, folder: Path, manifest: Manifest, card_data: bytes, shown: str | None = None) -> Entry:
        """Return the entry that manifest and card tell of.

        Args:
            folder: where its files are.
            manifest: which they are.
            card_data: the card, which is what the manifest says.
            shown: where the card was read, for errors; None: in the folder.

        Raises:
            EntryError: when the card does not say what serving needs, or is another entry's.
        """
        where = shown or str(folder / CARD)
        card = read_card(where, card_data)
        for key, expected in (("model", manifest.model), ("version", manifest.version)):
            if card[key] != expected:
                raise EntryError(
                    f"{where}: {key} {card[key]!r}",
                    f"must be {expected!r}, as the manifest says",
                    "the files are of different entries: export the model again",
                )
        return cls(manifest.model, manifest.version, folder, card, manifest.files)

    @property
    def reference(self) -> Reference:
        """Its name."""
        return Reference(self.model, self.version)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.bytes for file in self.files.values())

    def read(self, name: str) -> bytes:
        """Return a file, checked again as it is read: what is used is what was exported.

        Raises:
            EntryError: when it is not what the manifest says.
        """
        return read_file(self.path, name, self.files[name])


@dataclass(frozen=True, slots=True)
class Reference:
    """Names an entry."""

    model: str
    version: str

    def __str__(self) -> str:
        return f"{self.model}@{self.version}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which entry answers, since when and why."""

    model: str
    version: str
    previous: Reference | None
    """The champion before it: where a rollback goes."""
    time: int
    """Epoch milliseconds."""
    by: str
    why: str
    earlier: tuple[Reference, ...] = ()
    """Champions before the previous one, newest first: where further rollbacks go."""

    @property
    def reference(self) -> Reference:
        """The entry pointed at."""
        return Reference(self.model, self.version)


@dataclass(frozen=True, slots=True)
class Challenger:
    """Which entry is tried out beside the champion, since when and why."""

    model: str
    version: str
    share: float
    """Of users who get it, from 0 to 1; 0: nobody does, it only scores what others get."""
    time: int
    """Epoch milliseconds."""
    by: str
    why: str

    @property
    def reference(self) -> Reference:
        """The entry that is tried out."""
        return Reference(self.model, self.version)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who answers, and who is tried out."""

    champion: Pointer | None
    challenger: Challenger | None

    def models(self) -> Iterator[str]:
        """Name the models that have a part."""
        for one in (self.champion, self.challenger):
            if one is not None:
                yield one.model


class ModelRegistry(Protocol):
    """Keeps entries for good, and says which of them is the champion, and which is tried out beside it."""

    address: str
    """Where it is, as people may see it."""

    def add(self, folder: Path, *, by: str = "", why: str = "") -> Entry:
        """Take a copy of an entry; the same content again changes nothing."""

    def entries(self) -> Sequence[Entry]:
        """Return all entries that are whole at a glance, by model, the newest of each first."""

    def scan(self) -> tuple[Sequence[Entry], Sequence[EntryError]]:
        """Return all entries that are whole at a glance, and what is wrong with the others."""

    def references(self) -> Sequence[Reference]:
        """Name the entries that are there, whole or not: by one list, and no file is read."""

    def place(self, reference: Reference) -> str:
        """Return where an entry is, as people may see it."""

    def glance(self, model: str, version: str) -> Entry:
        """Return an entry with manifest and card checked only; its other files need not be on this machine."""

    def entry(self, model: str, version: str | None = None) -> Entry:
        """Return an entry with all files checked, on this machine; without a version the newest of the model."""

    def champion(self) -> Pointer | None:
        """Return which entry answers; None before the first promotion."""

    def remembered(self) -> Entry | None:
        """Return what answered when this machine could reach the registry last, by what it kept; None: nothing."""

    def promote(self, model: str, version: str | None = None, *, by: str, why: str) -> Pointer:
        """Let an entry answer; the one that does already stays as it is."""

    def rollback(self, *, by: str, why: str) -> Pointer:
        """Let the champion before this one answer again."""

    def challenger(self) -> Challenger | None:
        """Return which entry is tried out beside the champion; never the champion itself."""

    def shadow(
        self, model: str, version: str | None = None, *, share: float = 0.0, by: str, why: str
    ) -> Challenger:
        """Let an entry be tried out beside the champion, instead of the one that is; until it becomes the champion."""

    def end_shadow(self, *, by: str, why: str) -> Challenger:
        """Let nothing be tried out any more, and return what was."""

    def leases(self) -> Leases:
        """Return where it is written who retrains: :class:`~export.registry.lease.Lease` takes and renews it."""
