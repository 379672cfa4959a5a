"""Roles, and the mapping that says which field of an asset plays which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from pandian.actions import ACTIONS, Action

Role = Literal[
    "user", "item", "time", "action", "status", "quantity", "rating", "session",
    "name", "category", "brand", "price", "available",
]  # fmt: skip

#: All roles: those of interactions, then those of items.
ROLES: tuple[Role, ...] = get_args(Role)
#: Roles that only a catalogue has.
ITEM_ROLES: tuple[Role, ...] = ("name", "category", "brand", "price", "available")

#: What rows become.
Target = Literal["interactions", "items"]


@dataclass(frozen=True, slots=True)
class Part:
    """A field in its role."""

    field: str
    """Path of the field, as the inventory names it."""
    why: str
    """Why this one, in words a person can check."""
    column: str | None = None
    """CSV: the position that a header line names so, such as ``c3``; None where there is none."""
    hashed: str | None = None
    """Of a personal field: the fingerprint of the key by which its values become pseudonyms; None: they stay."""


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """How the rows of an asset are read."""

    target: Target
    parts: Mapping[Role, Part]
    action: Action = "view"
    """What a row is when no field says so."""
    words: Mapping[str, Action] = field(default_factory=dict)
    """Words of the action field that mean something else than usual, in lower case."""
    reader: str | None = None
    """How the time field is read, see :data:`pandian.times.READERS`; None: in whatever way fits."""
    best_rating: float | None = None
    """The greatest rating there is, which a rating is measured by."""
    origin: Literal["inventory", "file"] = "inventory"
    """Who decided."""

    def part(self, role: Role) -> str | None:
        """Return the field that plays a role; None when none does."""
        found = self.parts.get(role)
        return found.field if found else None

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> FieldMapping:
        """Return what :meth:`document` gave.

        Raises:
            KeyError, TypeError: when it is something else.
        """
        known = {role: Part(**part) for role, part in document["parts"].items() if role in ROLES}
        return cls(**{**document, "parts": known})

    def same_as(self, other: FieldMapping) -> bool:
        """Tell whether rows are read in the same way, whatever the reasons, and the greatest rating so far."""
        return self._same_but_hashes(other) and self._hashes() == other._hashes()

    def hashed_by(self, other: FieldMapping) -> bool:
        """Tell whether another mapping reads rows in the same way, and hashes what this one hashes, or more."""
        return self._same_but_hashes(other) and self._hashes().keys() <= other._hashes().keys()

    def _same_but_hashes(self, other: FieldMapping) -> bool:
        mine, theirs = self.document(), other.document()
        for one in (mine, theirs):
            one["parts"] = {role: (part["field"], part["column"]) for role, part in one["parts"].items()}
            del one["origin"], one["best_rating"]
        return mine == theirs

    def _hashes(self) -> dict[Role, str]:
        return {role: part.hashed for role, part in self.parts.items() if part.hashed is not None}


@dataclass(frozen=True, slots=True)
class NoMapping:
    """Why the rows of an asset become nothing."""

    why: str


def is_action(word: str) -> bool:
    """Tell whether a word is one of Pandian's own actions."""
    return word in ACTIONS
