"""Real data sets: what a person says is user, item, time and action of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.streams.interactions.assets import asset_of_file, fields_of, mapped, why_not
from tests.support.data import needs_data

pytestmark = needs_data

LINES = 3_000

#: File, what its rows become, what a row is where no field says so, how its times are read, and the roles.
MAPPED: list[tuple[str, str, str, str | None, dict[str, str]]] = [
    (
        "online-retail/transactions.csv.gz", "interactions", "purchase", "iso",
        {
            "user": "CustomerID", "item": "StockCode", "time": "InvoiceDate", "quantity": "Quantity",
            "session": "InvoiceNo",
        },
    ),
    (
        "yoochoose-sample/train.tsv.gz", "interactions", "view", "epoch",
        {"user": "SessionId", "item": "ItemId", "time": "Time"},
    ),
    (
        "yoochoose-sample/test.tsv.gz", "interactions", "view", "epoch",
        {"user": "SessionId", "item": "ItemId", "time": "Time"},
    ),
    (
        "ml-100k/ml-100k.inter.tsv.gz", "interactions", "rate", "epoch",
        {
            "user": "user_id:token", "item": "item_id:token", "time": "timestamp:float",
            "rating": "rating:float",
        },
    ),
    (
        "ml-100k/ml-100k.item.tsv.gz", "items", "view", None,
        {"item": "item_id:token", "name": "movie_title:token_seq", "category": "class:token_seq"},
    ),
    ("open-bandit/random-all-items.csv.gz", "items", "view", None, {"item": "item_id"}),
]  # fmt: skip

#: Files of which no row is an interaction, and a part of the reason.
NOT_MAPPED = [
    ("open-bandit/random-all.csv.gz", "what was shown"),
    ("open-bandit/random-men.csv.gz", "what was shown"),
    ("clothing-reviews/reviews.csv.gz", "no user"),
    ("reviews-zh/reviews.csv.gz", "no user"),
    ("ml-100k/ml-100k.user.tsv.gz", "about people"),
]


@pytest.mark.parametrize(
    ("name", "target", "action", "reader", "roles"), MAPPED, ids=[case[0] for case in MAPPED]
)
def test_mapped(
    tmp_path: Path, name: str, target: str, action: str, reader: str | None, roles: dict[str, str]
) -> None:
    mapping = mapped(asset_of_file(tmp_path, name, LINES))
    assert fields_of(mapping) == roles
    assert (mapping.target, mapping.action, mapping.reader) == (target, action, reader)
    assert all(part.why for part in mapping.parts.values())


@pytest.mark.parametrize(("name", "why"), NOT_MAPPED)
def test_not_mapped(tmp_path: Path, name: str, why: str) -> None:
    assert why in why_not(asset_of_file(tmp_path, name, LINES))


def test_ratings_are_measured_by_the_greatest(tmp_path: Path) -> None:
    mapping: Any = mapped(asset_of_file(tmp_path, "ml-100k/ml-100k.inter.tsv.gz", LINES))
    assert mapping.best_rating == 5


@pytest.mark.parametrize("lines", [60, 300, 2_100, 20_000])
def test_the_mapping_does_not_depend_on_how_much_was_seen(tmp_path: Path, lines: int) -> None:
    for name, *_, roles in MAPPED[:2]:
        assert fields_of(mapped(asset_of_file(tmp_path, name, lines))) == roles
