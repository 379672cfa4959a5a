"""The plan by which the rows of an asset become columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pandian.archive.layout import RESERVED
from streams.decode.paths import split_array

#: What a column can hold.
ColumnType = Literal["text", "double", "int64", "bool", "timestamp", "date"]


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """How the values of a field are written."""

    path: str
    """The field, as the inventory names it."""
    type: ColumnType
    """Of its values; a field in an array becomes a list of them."""
    semantic_type: str = "unknown"
    rules: list[Any] | None = None
    """The cleaning plan's state; None: the rules for any text."""
    hashed: bool = False
    """Whether its values are written as keyed hashes, because they are personal."""
    reader: str | None = None
    """How times are read, see :data:`pandian.times.READERS`; None: in whatever way fits."""
    position: str | None = None
    """CSV: the position that a header line names so, such as ``c3``; None where there is none."""

    @property
    def name(self) -> str:
        """The name of the column."""
        return column_name(self.path)

    @property
    def depth(self) -> int:
        """How many arrays the field is in."""
        found, split = 0, split_array(self.path)
        while split is not None:
            found, split = found + 1, split_array(split[1])
        return found


@dataclass(frozen=True, slots=True)
class AssetPlan:
    """How the rows of an asset are written."""

    asset: str
    columns: Mapping[str, ColumnPlan]
    """By path."""
    hidden: frozenset[str] = frozenset()
    """Paths of personal fields of which nothing is written."""
    time: str | None = None
    """The field that says when it happened; None: the records' own time does."""
    reader: str | None = None
    """How that time is read."""
    always: frozenset[str] = field(default_factory=frozenset)
    """Top-level names that nearly all of its records have."""
    ever: frozenset[str] = field(default_factory=frozenset)
    """Top-level names that any of them has."""

    @property
    def plain(self) -> frozenset[str]:
        """The paths of the fields whose values are written as they are."""
        return frozenset(path for path, one in self.columns.items() if not one.hashed)

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "asset": self.asset,
            "columns": [asdict(one) for one in self.columns.values()],
            "hidden": sorted(self.hidden),
            "time": self.time,
            "reader": self.reader,
            "always": sorted(self.always),
            "ever": sorted(self.ever),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> AssetPlan:
        """Return what :meth:`document` gave.

        Raises:
            KeyError, TypeError: when it is something else.
        """
        columns = [ColumnPlan(**one) for one in document["columns"]]
        return cls(
            document["asset"],
            {one.path: one for one in columns},
            frozenset(document["hidden"]),
            document["time"],
            document["reader"],
            frozenset(document["always"]),
            frozenset(document["ever"]),
        )


def column_name(path: str) -> str:
    """Return what the column of a field is called: its path, quoted where one of the archive's own is called so."""
    return f'["{path}"]' if path in RESERVED else path
