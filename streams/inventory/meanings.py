"""What the fields of merged assets mean: decided again only where something can have changed.

A live inventory is told anew every few seconds, and most of it is as it was. A field is decided again when it has grown
by a tenth, or doubled where its meaning is clear; a masked one, and one that is new, at once. The others tell it what
they told when they were decided; where one of them tells something else now, all are decided together.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Hashable, Mapping
from typing import NamedTuple

from streams.inventory.base import UNKNOWN, Classification, Classifier, FieldEvidence
from streams.inventory.profile.evidence import evidence_of
from streams.inventory.profile.field import FieldProfile

#: Fields whose meanings are kept.
KEPT = 50_000
#: By which share of its values a field has grown when it is decided again, and from which confidence on its meaning is
#: clear.
_GROWTH = 0.1
_SURE_GROWTH = 1.0
_SURE = 0.8


class _Decided(NamedTuple):
    """What a field means, and what it was when that was decided."""

    meaning: Classification
    masked_as: str | None
    present: int
    """Values that were there, blank ones left out."""
    seen: int
    """The same with blank ones."""

    @property
    def tells(self) -> str:
        return self.meaning.tells if self.masked_as is None else self.masked_as

    def holds(self, field: FieldProfile) -> bool:
        """Tell whether nothing can have changed since: even if nothing that came in was blank."""
        growth = _SURE_GROWTH if self.meaning.confidence >= _SURE else _GROWTH
        more = _seen(field) - self.seen
        grown = more > 0 and more >= growth * self.present
        return more >= 0 and not grown and field.masked_as == self.masked_as


def _seen(field: FieldProfile) -> int:
    return field.occurrences - field.nulls


class Meanings:
    """Decides what fields mean, and remembers it."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, dict[str, _Decided]] = OrderedDict()
        self._fields = 0

    def of(
        self, asset: Hashable, fields: Mapping[str, FieldProfile], classifier: Classifier
    ) -> dict[str, Classification]:
        """Return what each field means, by its name.

        Args:
            asset: tells assets apart, and stays the same.
            fields: of the asset, by the names that people know.
            classifier: decides.
        """
        known = self._known.pop(asset, {})
        self._fields -= len(known)
        due = {name for name, field in fields.items() if name not in known or not known[name].holds(field)}
        found = _decided(due, fields, known, classifier) if due else {}
        changed = any(found[name].tells != (known[name].tells if name in known else "") for name in due)
        gone = any(one.tells for name, one in known.items() if name not in fields)
        if (changed or gone) and len(due) < len(fields):
            found = _decided(fields, fields, {}, classifier)
        kept = {name: found.get(name) or known[name] for name in fields}
        self._keep(asset, kept)
        return {name: one.meaning for name, one in kept.items()}

    def _keep(self, asset: Hashable, decided: dict[str, _Decided]) -> None:
        self._known[asset] = decided
        self._fields += len(decided)
        while self._fields > KEPT and len(self._known) > 1:
            _, least = self._known.popitem(last=False)
            self._fields -= len(least)


def _decided(
    asked: Container[str],
    fields: Mapping[str, FieldProfile],
    known: Mapping[str, _Decided],
    classifier: Classifier,
) -> dict[str, _Decided]:
    """Ask about fields, in the light of what all others told."""
    evidence = [
        evidence_of(name, field)
        if name in asked
        else FieldEvidence(name, {}, (), 0, 0.0, tells=known[name].tells)
        for name, field in fields.items()
    ]
    meanings = classifier.fields(evidence)
    return {
        one.path: _Decided(meanings.get(one.path, UNKNOWN), one.masked_as, one.count, _seen(fields[one.path]))
        for one in evidence
        if one.tells is None
    }
