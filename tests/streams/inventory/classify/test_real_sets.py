"""Real data sets: what a person says each column is, and what each set is."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from functools import cache
from itertools import islice

import pytest

from streams.inventory.base import Classification
from streams.inventory.classify import RuleClassifier
from tests.streams.inventory.classify.examples import evidence
from tests.support.data import data_file, needs_data

pytestmark = needs_data

CLASSIFIER = RuleClassifier()
ROWS = 3_000

CATALOGUE = {
    "title": "item_name",
    "category": "category",
    "brand": "brand",
    "modelno": "item_model",
    "price": "price",
}
#: File, separator, kind, and the types of the columns that rules can tell.
TABLES = [
    (
        "online-retail/transactions.csv.gz", ",", "orders",
        {
            "InvoiceNo": "order_id", "StockCode": "item_id", "Description": "item_name", "Quantity": "quantity",
            "InvoiceDate": "timestamp", "UnitPrice": "price", "CustomerID": "user_id", "Country": "country",
        },
    ),
    (
        "yoochoose-sample/train.tsv.gz", "\t", "behaviour",
        {"SessionId": "session_id", "ItemId": "item_id", "Time": "timestamp"},
    ),
    (
        "ml-100k/ml-100k.inter.tsv.gz", "\t", "behaviour",
        {
            "user_id:token": "user_id", "item_id:token": "item_id", "rating:float": "rating",
            "timestamp:float": "timestamp",
        },
    ),
    (
        "ml-100k/ml-100k.item.tsv.gz", "\t", "items",
        {
            "item_id:token": "item_id", "movie_title:token_seq": "item_name", "release_year:token": "date",
            "class:token_seq": "category",
        },
    ),
    (
        "ml-100k/ml-100k.user.tsv.gz", "\t", "users",
        {
            "user_id:token": "user_id", "age:token": "age", "gender:token": "gender",
            "occupation:token": "occupation", "zip_code:token": "postal_code",
        },
    ),
    (
        "open-bandit/random-all.csv.gz", ",", "impressions",
        {
            "timestamp": "timestamp", "item_id": "item_id", "position": "position", "click": "label",
            "propensity_score": "score", "user_feature_0": "hash", "user_feature_3": "hash",
            "user-item_affinity_0": "number",
        },
    ),
    (
        "open-bandit/random-all-items.csv.gz", ",", "items",
        {"item_id": "item_id", "item_feature_0": "number", "item_feature_1": "hash"},
    ),
    (
        "clothing-reviews/reviews.csv.gz", ",", "reviews",
        {
            "Clothing ID": "item_id", "Age": "age", "Title": "review_text", "Review Text": "review_text",
            "Rating": "rating", "Recommended IND": "boolean", "Positive Feedback Count": "number",
            "Division Name": "category", "Department Name": "category", "Class Name": "category",
        },
    ),
    ("reviews-zh/reviews.csv.gz", ",", "reviews", {"cat": "category", "label": "label", "review": "review_text"}),
]  # fmt: skip


@cache
def table(name: str, separator: str) -> dict[str, Classification]:
    with gzip.open(data_file(name), "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        header = next(reader)
        rows = list(islice(reader, ROWS))
    columns = [[row[place] for row in rows if place < len(row)] for place in range(len(header))]
    return CLASSIFIER.fields([evidence(path, values) for path, values in zip(header, columns, strict=True)])


@pytest.mark.parametrize(
    ("name", "separator", "kind", "expected"),
    TABLES,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_table(name: str, separator: str, kind: str, expected: dict[str, str]) -> None:
    found = table(name, separator)
    assert {path: found[path].semantic_type for path in expected} == expected
    assert CLASSIFIER.kind(name.rpartition("/")[2].partition(".")[0], found) == kind
    personal = {path for path, one in found.items() if one.masked}
    assert personal == {path for path, name in expected.items() if name in ("age", "gender", "occupation")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Walmart-Amazon", CATALOGUE),
        ("Abt-Buy", {"name": "item_name", "description": "item_description", "price": "price"}),
        ("Amazon-Google", {"title": "item_name", "manufacturer": "brand", "price": "price"}),
    ],
)
def test_product_matching(name: str, expected: dict[str, str]) -> None:
    columns: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data_file(f"product-matching/{name}-train.txt.gz"), "rt", encoding="utf-8") as file:
        for line in islice(file, ROWS):
            for piece in line.partition("\t")[0].split("COL ")[1:]:
                path, _, value = piece.partition(" VAL")
                columns[path.strip()].append(value.strip())
    found = CLASSIFIER.fields([evidence(path, values) for path, values in columns.items()])
    assert {path: one.semantic_type for path, one in found.items()} == expected
    assert CLASSIFIER.kind(name, found) == "items"


@pytest.mark.parametrize(
    ("path", "expected"), [("", "text"), ("query", "search_query"), ("搜索词", "search_query")]
)
def test_chinese_queries_are_not_people(path: str, expected: str) -> None:
    with gzip.open(data_file("ecom-queries-zh/queries.tsv.gz"), "rt", encoding="utf-8") as file:
        queries = [line.rstrip("\n").split("\t")[1] for line in islice(file, 5_000)]
    short = [query for query in queries if 2 <= len(query) <= 4]
    for values in (queries[:256], short[:256]):
        found = CLASSIFIER.fields([evidence(path, values)])[path]
        assert found.semantic_type == expected
        assert not found.masked
