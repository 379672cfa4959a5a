"""Where real data for tests lies, and how to read it. Tests that need it are skipped where it is not."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

VARIABLE = "PANDIAN_TEST_DATA"


@cache
def data_folder() -> Path | None:
    """Return the data folder: PANDIAN_TEST_DATA, else ``shared/data`` beside the repository; None where neither is."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get(VARIABLE) or beside)
    return folder if folder.is_dir() else None


def data_file(name: str) -> Path:
    """Return a file of the data folder, such as ``online-retail/transactions.csv.gz``; skips the test without it."""
    folder = data_folder()
    if folder is None or not (folder / name).exists():
        pytest.skip(
            f"no real data: {name} is looked for in {VARIABLE} and in shared/data beside the repository"
        )
    return folder / name


needs_data = pytest.mark.skipif(
    data_folder() is None,
    reason=f"no real data: neither {VARIABLE} nor shared/data beside the repository is a folder",
)
"""Marks tests and modules that read the real data."""


def online_retail_lines(limit: int | None = None) -> Iterator[str]:
    """Return lines of UCI Online Retail as they are in the file, the header first; ``limit`` counts data lines."""
    with gzip.open(
        data_file("online-retail/transactions.csv.gz"), "rt", encoding="utf-8", newline=""
    ) as file:
        yield from islice(file, None if limit is None else limit + 1)


def online_retail_rows(limit: int | None = None) -> Iterator[dict[str, str]]:
    """Return order lines of UCI Online Retail in file order, cells as strings, an empty cell as an empty string.

    Columns: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country. 320,705 rows.
    """
    yield from islice(csv.DictReader(online_retail_lines()), limit)
