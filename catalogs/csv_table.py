"""CSV: one row a field, for spreadsheets.

RFC 4180 with a byte order mark, without which Excel takes UTF-8 for something else. Texts that a spreadsheet would
compute start with an apostrophe instead, as OWASP advises; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from catalogs.base import Context
from catalogs.document import Asset, Field, Inventory, Value
from catalogs.words import line
from pandian.intervals import wilson

COLUMNS = (
    "asset", "kind", "records", "grade", "score", "score_low", "score_high", "last_event",
    "field", "types", "semantic_type", "confidence", "pii", "pii_prevalence", "masked",
    "count", "missing", "missing_share", "missing_low", "missing_high", "missing_spelled",
    "distinct", "distinct_low", "distinct_high",
    "min", "p01", "p05", "p25", "median", "p75", "p95", "p99", "max", "mean", "stddev",
    "top_value", "top_count", "evidence",
)  # fmt: skip

_RANKS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
#: What a spreadsheet takes for the start of a formula, or for something to strip before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")

Cell = str | int | float | None


class CsvTable:
    """The inventory as one table. Assets without fields have one row."""

    suffix = ".csv"
    per_asset = False
    timed = False

    def export(self, document: Inventory, context: Context) -> str:  # noqa: ARG002 - the contract's
        """Return the table; an inventory without assets gives the header only."""
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\r\n")
        table.writerow(COLUMNS)
        for asset in document.assets:
            for field in asset.fields or (None,):
                table.writerow([_guarded(cell) for cell in _row(asset, field)])
        return "\ufeff" + out.getvalue()


def _row(asset: Asset, field: Field | None) -> Iterator[Cell]:
    quality = asset.quality
    yield from (
        asset.name,
        asset.kind,
        asset.records,
        quality.grade,
        quality.score,
        quality.low,
        quality.high,
    )
    yield asset.freshness.last_event
    if field is None:
        yield from [None] * (len(COLUMNS) - 8)
        return
    yield from (field.path, " ".join(f"{name}:{count}" for name, count in field.types.items()))
    yield from (
        field.semantic_type,
        field.confidence,
        field.pii.cls,
        field.pii.prevalence,
        str(field.masked).lower(),
    )
    share = wilson(field.missing, field.places) if field.places else (None, None, None)
    yield from (field.count, field.missing, *share, field.missing_spelled)
    distinct = field.distinct
    yield from (distinct.estimate, distinct.low, distinct.high) if distinct else (None, None, None)
    yield _text(field.minimum)
    for rank in _RANKS:
        found = field.quantile(rank)
        yield found.value if found else None
    yield from (_text(field.maximum), field.mean, field.stddev)
    yield from (_text(field.top[0].value), field.top[0].count) if field.top else (None, None)
    yield field.evidence


def _text(value: Value | None) -> Cell:
    return str(value).lower() if isinstance(value, bool) else value


def _guarded(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    # A cell is one line: some readers split at line breaks before they look at quotes.
    text = cell if cell.isprintable() else line(cell)
    return f"'{text}" if cell.lstrip(" ").startswith(_FORMULA) else text
