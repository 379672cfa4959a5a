"""The contract between counting a field, deciding what it means, and showing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pandian.semantics import MASKED_CLASSES, PiiClass


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What is known about a field when its meaning is decided. Built from a batch or from a merged profile."""

    path: str
    """Field path, such as ``customer.email`` or ``items[].sku``."""
    types: Mapping[str, int]
    """JSON types seen: ``string``, ``number``, ``boolean``, ``object``, ``array`` with counts."""
    samples: Sequence[tuple[str, int]]
    """Distinct values as text with how often each was seen, at most 256, missing spellings left out."""
    count: int
    """How many values are present (neither null nor blank)."""
    distinct: float
    """Estimated number of distinct values."""
    masked_as: str | None = None
    """The type a field was masked as: its samples are shapes, no longer values; the decision stands."""
    tells: str | None = None
    """Of a field that is not asked about now: the :attr:`Classification.tells` of its last decision. None: it is asked
    about."""


@dataclass(frozen=True, slots=True)
class Pii:
    """How personal a field is, and which share of its values shows it."""

    cls: PiiClass = "none"
    hits: int = 0
    """Sampled values in which it was found by their form (0 when only the name tells)."""
    checked: int = 0
    """Sampled values that were looked at."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What a field means."""

    semantic_type: str = "unknown"
    confidence: float = 0.0
    """Between 0 and 1."""
    evidence: str = "nothing was seen yet"
    """A sentence that a person can check; never holds a personal value."""
    pii: Pii = field(default_factory=Pii)
    tells: str = field(default="", compare=False)
    """The semantic type by which it tells about the fields beside it: from its own name and values, whatever is beside
    it. Empty when it tells nothing."""

    @property
    def masked(self) -> bool:
        """Whether the field's values must be masked."""
        return self.pii.cls in MASKED_CLASSES


UNKNOWN = Classification()


class Classifier(Protocol):
    """Decides what fields and assets mean."""

    def fields(self, evidence: Sequence[FieldEvidence]) -> dict[str, Classification]:
        """Classify fields of one asset together (siblings tell about each other), by path: those asked about."""
        ...

    def kind(self, asset: str, fields: Mapping[str, Classification]) -> str:
        """Return the asset's kind, one of :data:`pandian.semantics.KINDS`."""
        ...


class Masker(Protocol):
    """Turns personal values into shapes that keep counts useful and show nobody."""

    def value(self, text: str, semantic_type: str) -> str:
        """Mask one value of a masked type: the same input always gives the same output; masking twice is
        masking once."""
        ...

    def text(self, text: str) -> str:
        """Mask what is certainly personal inside a value of any field: emails, checksummed identity and card
        numbers, tokens, international phone numbers."""
        ...

    def suspicious(self, texts: Sequence[str]) -> bool:
        """Tell cheaply, for many texts at once, whether :meth:`text` could change any of them. May say yes too
        often, never no wrongly."""
        ...


@runtime_checkable
class JoinHasher(Protocol):
    """What a masker can do that has a secret: hash personal values so that fields can be compared, and nothing else."""

    @property
    def key_id(self) -> str:
        """Tells secrets apart, and says nothing of them: hashes of different ones cannot be compared."""
        ...

    def join_hashes(self, texts: Sequence[str]) -> list[str]:
        """Return a keyed hash of each text: without the secret nobody can tell what it is of, not even by guessing."""
        ...
