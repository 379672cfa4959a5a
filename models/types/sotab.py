"""Reads SOTAB v2's columns: five values of a web table's column, and a label of schema.org's terms.

Korini, Peeters and Bizer, 2022, "SOTAB: The WDC Schema.org Table Annotation Benchmark". The same table may give several
columns, and the same content stands in several tables.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

COLUMNS = "sotab-v2/columns-train.json.gz"


@dataclass(frozen=True, slots=True)
class Column:
    """One labelled column."""

    table: str
    label: str
    values: tuple[str, ...]
    """Its cells in order, blank ones left out."""
    type: str
    """The semantic type of the label; empty where it has none."""


def mapped() -> dict[str, str]:
    """Return the semantic type of each label that has one: the column ``sotab`` of the table of types."""
    text = files("pandian").joinpath("semantic_types.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {label: row["type"] for row in rows for label in (row["sotab"] or "").split(";") if label}


def columns(folder: Path) -> list[Column]:
    """Return every column of ``folder / COLUMNS``, in the order of the file."""
    types = mapped()
    with gzip.open(folder / COLUMNS, "rt", encoding="utf-8") as file:
        tables = json.load(file)
    found = []
    for name, text, labels, _ in tables:
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.split("\n")[2:]
        ]
        for place, label in enumerate(labels):
            values = tuple(row[place] for row in rows if place < len(row) and row[place])
            found.append(Column(name, label, values, types.get(label, "")))
    return found


def groups(found: Sequence[Column], *, by_table: bool) -> list[int]:
    """Return a number for each column, the same for columns that must stay on one side of a split.

    Columns with the same different values stay together; ``by_table``, so do all columns of tables that are joined
    by any such column.
    """
    above: dict[object, object] = {}

    def root(node: object) -> object:
        while above.setdefault(node, node) != node:
            node = above[node]
        return node

    contents = [tuple(sorted({value.casefold() for value in column.values})) for column in found]
    if by_table:
        for column, content in zip(found, contents, strict=True):
            above[root(column.table)] = root(content)
    numbers: dict[object, int] = {}
    return [numbers.setdefault(root(content), len(numbers)) for content in contents]
