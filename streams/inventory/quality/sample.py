"""A small sample of records in which rules are looked for. It is never used to say how well they hold."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from streams.inventory.base import Classifier, FieldEvidence, Masker
from streams.inventory.profile.admission import renamed_texts
from streams.inventory.profile.evidence import MAX_SAMPLES
from streams.inventory.quality.rows import Rows, texts_of

#: Records of a sample.
ROWS = 256
#: Fields of a sample: the first ones that have values.
FIELDS = 64

_AS_THEY_ARE = {str, bool, type(None)}
_JSON_TYPES = {str: "string", int: "number", float: "number", bool: "boolean"}


class Sample:
    """Records of one turn of the search, as they came but for what is personal in them.

    Args:
        masker: masks what is certainly personal inside a value before it is kept.
    """

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self.rows = 0
        self._columns: dict[str, list[Any]] = {}

    def add(self, count: int, values: Mapping[str, Sequence[Any]]) -> None:
        """Add records.

        Args:
            count: how many.
            values: by path, each with ``count`` entries.
        """
        # By the first record that has a value, so that it does not matter which records came together.
        firsts = [(_first(values[path]), path) for path in values if path not in self._columns]
        for _, path in sorted(one for one in firsts if one[0] < count):
            if len(self._columns) < FIELDS:
                self._columns[path] = [None] * self.rows
        here = {path: values[path] for path in self._columns if path in values}
        renamed = self._renamed(here.values())
        for path, column in self._columns.items():
            column.extend(_admitted(here[path], renamed) if path in here else [None] * count)
        self.rows += count

    @property
    def paths(self) -> set[str]:
        """The fields."""
        return set(self._columns)

    def wants(self, path: str) -> bool:
        """Tell whether a field is in the sample, or can still be."""
        return path in self._columns or len(self._columns) < FIELDS

    def _renamed(self, columns: Iterable[Sequence[Any]]) -> dict[str, str]:
        # Of all columns at once: to ask takes longer than to look.
        texts = [value for value in set(chain.from_iterable(columns)) if type(value) is str]
        return renamed_texts(texts, self._masker) if texts else {}

    def hide(self, path: str) -> None:
        """Drop a field."""
        self._columns.pop(path, None)

    def types(self, classifier: Classifier, names: Mapping[str, str]) -> dict[str, str]:
        """Return the semantic type of each field by the sample; fields that seem personal are left out.

        Args:
            classifier: decides.
            names: what CSV columns are called.
        """
        evidence = {path: _evidence(names.get(path, path), column) for path, column in self._columns.items()}
        decisions = classifier.fields(list(evidence.values()))
        types = {}
        for path, one in evidence.items():
            decision = decisions.get(one.path)
            if decision is not None and not decision.masked:
                types[path] = decision.semantic_type
        return types

    def keep(self, paths: Container[str]) -> None:
        """Drop all other fields."""
        self._columns = {path: column for path, column in self._columns.items() if path in paths}

    def table(self, types: Mapping[str, str]) -> Rows:
        """Return the records as columns."""
        return Rows(self.rows, self._columns, types, coded=self._columns)

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self.rows, list(self._columns), list(self._columns.values())]

    def restore(self, state: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.rows = state[0]
        self._columns = {path: list(column) for path, column in zip(state[1], state[2], strict=True)}


def _first(values: Sequence[Any]) -> int:
    return next((row for row, value in enumerate(values) if value is not None), len(values))


def _admitted(values: Sequence[Any], renamed: Mapping[str, str]) -> Iterable[Any]:
    if not renamed and set(map(type, values)) <= _AS_THEY_ARE:
        return values
    return [renamed.get(value, value) if type(value) is str else _plain(value) for value in values]


def _plain(value: Any) -> Any:
    """Return what JSON can write: numbers beyond 64 bits as doubles, those beyond doubles as nothing."""
    if type(value) is int and not -(2**63) <= value < 2**63:
        return float(value) if abs(value) <= sys.float_info.max else None
    if type(value) is float and not abs(value) <= sys.float_info.max:
        return None
    return value


def _evidence(path: str, column: Sequence[Any]) -> FieldEvidence:
    present = [value for value in column if value is not None]
    types = Counter(_JSON_TYPES.get(type(value), "string") for value in present)
    counts = Counter(text for text in texts_of(present) if text is not None)
    return FieldEvidence(path, dict(types), counts.most_common(MAX_SAMPLES), counts.total(), len(counts))
