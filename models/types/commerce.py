"""Reads the columns of the e-commerce sets, and what a person says they are: ``labels.csv``.

Each line of ``labels.csv`` names a column, its name in Chinese, the type that is right when the name is known, and
under ``alone`` the further types that are right when the name says nothing: numbers 1 to 5 may be ratings, but who says
only "number" is right as well. ``why`` says what the label rests on where the name does not.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TextIO

#: Lines read of each file.
ROWS = 3_000

#: How a column may be called.
NAMINGS = ("given", "translated", "opaque")


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled column of one file."""

    set: str
    file: str
    """Relative to the folder of the real data."""
    column: str
    translated: str
    type: str
    alone: frozenset[str]
    """Types that are right too when the name says nothing."""

    def right(self, naming: str) -> frozenset[str]:
        """Return the types that are right under a naming, one of :data:`NAMINGS`."""
        return self.alone | {self.type} if naming == "opaque" else frozenset({self.type})


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its labelled columns with their values."""

    set: str
    file: str
    labels: tuple[Label, ...]
    values: tuple[tuple[str, ...], ...]
    """Of each labelled column; blank ones left out."""

    def names(self, naming: str) -> list[str]:
        """Return what the columns are called under a naming: opaque ones are numbered through."""
        if naming == "opaque":
            return [f"c{place + 1}" for place in range(len(self.labels))]
        return [label.translated if naming == "translated" else label.column for label in self.labels]

    def samples(self) -> list[list[tuple[str, int]]]:
        """Return the most frequent different values of each column with their counts, as counting shows them."""
        return [Counter(values).most_common(256) for values in self.values]


def labels() -> list[Label]:
    """Return the reviewed labels, in the order of the file."""
    text = files("models.types").joinpath("labels.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        file = row["file"] if "/" in row["file"] else f"{row['set']}/{row['file']}"
        alone = frozenset(filter(None, row["alone"].split("|")))
        found.append(Label(row["set"], file, row["column"], row["translated"], row["type"], alone))
    return found


def tables(folder: Path) -> list[Table]:
    """Return every labelled table of the real data.

    Raises:
        FileNotFoundError: when a labelled file is not there.
        KeyError: when a labelled column is not in its file.
    """
    by_file: dict[str, list[Label]] = defaultdict(list)
    for label in labels():
        by_file[label.file].append(label)
    found = []
    for file, its in by_file.items():
        with gzip.open(folder / file, "rt", encoding="utf-8-sig", newline="") as lines:
            columns = _reader(file)(lines)
        values = tuple(tuple(filter(None, map(str.strip, columns[label.column]))) for label in its)
        found.append(Table(its[0].set, file, tuple(its), values))
    return found


def _reader(file: str) -> Callable[[TextIO], Mapping[str, list[str]]]:
    for part, reader in _READERS.items():
        if part in file:
            return reader
    return _headed


def _headed(lines: TextIO) -> Mapping[str, list[str]]:
    """Read a CSV or TSV file with a header."""
    header = lines.readline()
    separator = "\t" if "\t" in header else ","
    names = next(csv.reader([header], delimiter=separator))
    rows = list(islice(csv.reader(lines, delimiter=separator), ROWS))
    return {name: [row[place] for row in rows if place < len(row)] for place, name in enumerate(names)}


def _pairs(lines: TextIO) -> Mapping[str, list[str]]:
    """Read ``COL title VAL … COL price VAL …``, the first of two items a line."""
    columns: dict[str, list[str]] = defaultdict(list)
    for line in islice(lines, ROWS):
        for piece in line.partition("\t")[0].split("COL ")[1:]:
            name, _, value = piece.partition(" VAL")
            columns[name.strip()].append(value)
    return columns


def _queries(lines: TextIO) -> Mapping[str, list[str]]:
    return {"query": [line.rstrip("\n").partition("\t")[2] for line in islice(lines, ROWS)]}


def _titles(lines: TextIO) -> Mapping[str, list[str]]:
    """Read titles of which each character stands on a line with its tag."""
    return {"title": list(islice(_joined(lines), ROWS))}


def _joined(lines: TextIO) -> Iterator[str]:
    title: list[str] = []
    for line in lines:
        sign = line.rstrip("\n").rpartition(" ")[0]
        if line.strip():
            title.append(sign or " ")
        elif title:
            yield "".join(title)
            title = []


def _sequences(lines: TextIO) -> Mapping[str, list[str]]:
    """Read a user and all its items a line, one row an item."""
    rows = [(user, item) for line in islice(lines, ROWS) for user, *items in [line.split()] for item in items]
    return {"user": [user for user, _ in rows[:ROWS]], "item": [item for _, item in rows[:ROWS]]}


def _links(lines: TextIO) -> Mapping[str, list[str]]:
    rows = [line.split() for line in islice(lines, ROWS)]
    return {"user_id": [row[0] for row in rows], "item_id": [row[1] for row in rows]}


_READERS: dict[str, Callable[[TextIO], Mapping[str, list[str]]]] = {
    "product-matching": _pairs,
    "ecom-queries-zh": _queries,
    "taobao-ner": _titles,
    "amazon-beauty": _sequences,
    "ml-1m": _links,
}
