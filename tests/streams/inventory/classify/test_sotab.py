"""SOTAB v2: columns of real web tables, by their values alone. Printed with ``-s``; personal types have a bar."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from importlib.resources import files

import pytest

from pandian.semantics import semantic_types
from streams.inventory.base import Classification
from streams.inventory.classify import RuleClassifier
from tests.streams.inventory.classify.examples import evidence
from tests.support.data import data_file, needs_data

pytestmark = needs_data

CLASSIFIER = RuleClassifier()
Column = tuple[str, list[str], Classification]

#: Labels of personal types, and the least share of columns that must come out masked; numbers of columns in SOTAB
#: are small (20 a label), and some columns hold no such value ("0", "N/A", names of events).
RECALL = {
    "email": 0.95, "telephone": 0.85, "faxNumber": 0.95, "PostalAddress": 0.7, "streetAddress": 0.8, "GenderType": 0.9,
}  # fmt: skip


def mapped() -> dict[str, str]:
    """Return the semantic type of each SOTAB label that has one."""
    text = files("pandian").joinpath("semantic_types.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {label: row["type"] for row in rows for label in (row["sotab"] or "").split(";") if label}


@pytest.fixture(scope="module")
def columns() -> list[Column]:
    with gzip.open(data_file("sotab-v2/columns-train.json.gz"), "rt", encoding="utf-8") as file:
        tables = json.load(file)
    found: dict[tuple[str, ...], list[str]] = {}
    for _, text, labels, _ in tables:
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.split("\n")[2:]
        ]
        for place, label in enumerate(labels):
            values = [row[place] for row in rows if place < len(row)]
            found.setdefault((label, *values), values)
    return [(key[0], values, CLASSIFIER.fields([evidence("", values)])[""]) for key, values in found.items()]


@pytest.mark.parametrize(("label", "least"), RECALL.items())
def test_personal_columns_are_masked(columns: list[Column], label: str, least: float) -> None:
    masked = [found.masked for name, _, found in columns if name == label]
    assert sum(masked) >= least * len(masked)


def test_other_columns_are_not_masked(columns: list[Column]) -> None:
    types, labels = semantic_types(), mapped()
    others = [found for name, _, found in columns if name not in labels or not types[labels[name]].masked]
    assert sum(found.masked for found in others) <= 0.01 * len(others)


def test_types_that_values_can_tell(columns: list[Column]) -> None:
    """Accuracy over all mapped labels and over those whose values have a form of their own."""
    labels = mapped()
    by_label: dict[str, Counter[str]] = defaultdict(Counter)
    for name, _, found in columns:
        if name in labels:
            by_label[name][found.semantic_type] += 1
    right = {name: counts[labels[name]] / counts.total() for name, counts in by_label.items()}
    formed = [name for name, share in right.items() if share > 0]
    every = sum(counts[labels[name]] for name, counts in by_label.items()) / sum(
        c.total() for c in by_label.values()
    )
    told = sum(by_label[name][labels[name]] for name in formed) / sum(
        by_label[name].total() for name in formed
    )
    print(
        f"\nSOTAB v2, values only: {every:.3f} of all mapped columns, {told:.3f} over {len(formed)} labels with a form"
    )
    for name in sorted(right, key=lambda name: -right[name]):
        counts = by_label[name]
        print(f"  {name:20} {labels[name]:18} {right[name]:.2f} of {counts.total()}: {counts.most_common(3)}")
    for name in (
        "Country",
        "currency",
        "DateTime",
        "Photograph",
        "DayOfWeek",
        "email",
        "faxNumber",
        "Time",
        "unitCode",
    ):
        assert right[name] >= 0.85, name
