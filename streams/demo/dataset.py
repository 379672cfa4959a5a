"""The order lines that come with Pandian: UCI Online Retail, December 2010 to August 2011.

Chen, D. (2015). Online Retail [Dataset]. UCI Machine Learning Repository. https://doi.org/10.24432/C5BW33 (CC BY 4.0).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files
from itertools import islice
from typing import NamedTuple

import pyarrow.parquet as pq

_BATCH_ROWS = 10_000
_FILE = files("streams.demo").joinpath("online_retail.parquet")


class OrderLine(NamedTuple):
    """One line of an invoice, its cells as text, exactly as in the source; a blank cell is an empty string."""

    InvoiceNo: str
    StockCode: str
    Description: str
    Quantity: str
    InvoiceDate: str
    """``2010-12-01 08:26:00``, local time of the shop. Lines come in this order."""
    UnitPrice: str
    """Pounds sterling."""
    CustomerID: str
    """Such as ``17850.0``: the spelling of the source."""
    Country: str


def count(limit: int | None = None) -> int:
    """Return how many order lines :func:`order_lines` gives."""
    with as_file(_FILE) as path:
        rows = int(pq.read_metadata(path).num_rows)
    return rows if limit is None else min(rows, limit)


def order_lines(limit: int | None = None) -> Iterator[OrderLine]:
    """Return the first ``limit`` order lines (default: all 320,705), in order of time."""
    return islice(_all(), limit)


def _all() -> Iterator[OrderLine]:
    with as_file(_FILE) as path, pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=list(OrderLine._fields)):
            yield from map(
                OrderLine._make, zip(*(column.to_pylist() for column in batch.columns), strict=True)
            )
