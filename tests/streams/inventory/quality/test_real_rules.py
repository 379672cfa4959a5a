"""The rules of real records: those that a person would sign, and no others."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tests.streams.inventory.quality.helpers import found_in, said
from tests.support.data import data_file, needs_data, online_retail_rows

pytestmark = needs_data


def rows_of(name: str, limit: int, delimiter: str = ",") -> Iterator[dict[str, Any]]:
    with gzip.open(data_file(name), "rt", encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file, delimiter=delimiter), limit):
            yield {key: value or None for key, value in row.items() if key}


def test_online_retail() -> None:
    found = found_in([{key: value or None for key, value in row.items()} for row in online_retail_rows()])
    assert said(found) == {
        "StockCode decides Description",
        "Description decides StockCode",
        'Quantity is below 0 when InvoiceNo begins with "C"',
    }
    codes = next(rule for rule in found.rules if rule.says == "StockCode decides Description")
    assert 0.95 < codes.share.score < 1
    assert codes.broken.first is not None


def test_clothing_reviews() -> None:
    found = found_in(list(rows_of("clothing-reviews/reviews.csv.gz", 25_000)))
    assert said(found) == {"Clothing ID decides Class Name", "Class Name decides Department Name"}


def test_where_there_is_no_rule() -> None:
    assert not found_in(list(rows_of("ml-100k/ml-100k.inter.tsv.gz", 40_000, "\t"))).rules
    assert not found_in(list(rows_of("yoochoose-sample/train.tsv.gz", 40_000, "\t"))).rules
    assert said(found_in(list(rows_of("open-bandit/random-all.csv.gz", 10_000)))) <= {
        'propensity_score is always "0.0125"'
    }
