"""How rows are written, from what the inventory found out about them."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from pandian import topics
from streams.archiving.base import AssetPlan
from streams.archiving.planning import interactions_plan, plan_of, without_hidden
from streams.interactions.mapping import masked_fields
from tests.streams.archiving.plans import lines
from tests.streams.interactions.assets import asset_of_rows

START = 1_700_000_000_000


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An asset with a field of most sorts."""
    draw = random.Random(3)
    rows = [
        {
            "order_id": f"o-{number}",
            "user_id": 10_000 + number % 50,
            "email": f"p{number % 50}@example.org",
            "customer_name": draw.choice(["Ann Lee", "Bob Roe", "Carl May"]),
            "order_time": START + number * 60_000,
            "shipped_at": START + number * 70_000,
            "gift": number % 2 == 0,
            "lines": [{"sku": f"AB-{number % 70}", "price": 1.5 + number % 9, "qty": 1 + number % 3}],
            "shelf": number % 40,
            "snowflake": 5_000_000_000_000_000_000 + number * 7919,
            "nothing": None,
            "box": {"weight_g": 12.5},
        }
        for number in range(400)
    ]
    return asset_of_rows(tmp_path_factory.mktemp("asset"), "orders", rows)


def test_types_come_of_meanings_and_stay(asset: dict[str, Any]) -> None:
    one = plan_of(asset)
    types = {path: found.type for path, found in one.columns.items()}
    assert types["order_id"] == types["user_id"] == types["lines[].sku"] == "text"
    assert types["order_time"] == "timestamp"
    assert types["lines[].price"] == types["lines[].qty"] == types["box.weight_g"] == "double"
    assert types["gift"] == "bool"
    assert "nothing" not in types
    assert "lines" not in types
    assert one.time == "order_time"


def test_large_whole_numbers_are_exact(asset: dict[str, Any]) -> None:
    (row,) = lines([{"snowflake": 5_000_000_000_000_007_919}], plan_of(asset))
    assert int(row["snowflake"]) == 5_000_000_000_000_007_919


def test_personal_fields_are_left_out_or_hashed(asset: dict[str, Any]) -> None:
    masked = masked_fields(asset)
    assert {"email", "customer_name"} <= masked
    without = plan_of(asset)
    assert not masked & without.columns.keys()
    assert without.hidden == masked
    hashed = plan_of(asset, hashes=True)
    assert masked & hashed.columns.keys() == {"email"}
    assert hashed.columns["email"].hashed
    assert "email" not in hashed.plain
    assert "customer_name" in hashed.hidden
    rows = lines(
        [{"email": "Ann@Example.org", "customer_name": "Ann Lee"}], hashed, key="a key of sixteen or more"
    )
    assert rows[0]["email"].startswith("h_")
    assert "customer_name" not in rows[0]


def test_a_field_is_cleaned_as_it_was_while_its_meaning_stays(asset: dict[str, Any]) -> None:
    before = plan_of(asset)
    later = copy.deepcopy(asset)
    for field in later["fields"]:
        field["top"] = []
    after = plan_of(later, before)
    assert {path: one.rules for path, one in after.columns.items()} == {
        path: one.rules for path, one in before.columns.items()
    }
    for field in later["fields"]:
        if field["field"] == "shelf":
            field["semantic_type"] = "quantity"
    assert plan_of(later, before).columns["shelf"].type == "double"


def test_plans_are_read_back(asset: dict[str, Any]) -> None:
    one = plan_of(asset, hashes=True)
    assert AssetPlan.read(one.document()) == one


def test_a_plan_that_was_pinned_loses_what_is_personal_now(asset: dict[str, Any]) -> None:
    before = plan_of(asset)
    later = copy.deepcopy(asset)
    for field in later["fields"]:
        if field["field"] in ("order_id", "order_time"):
            field["masked"] = True
    pinned = without_hidden(before, plan_of(later))
    assert not {"order_id", "order_time"} & pinned.columns.keys()
    assert pinned.time is None
    assert without_hidden(before, None) is before
    assert without_hidden(before, plan_of(asset)).columns == before.columns


def test_interactions_are_written_as_they_are() -> None:
    one = interactions_plan()
    assert one.asset == topics.INTERACTIONS
    value = {
        "user_id": "N/A",
        "item_id": " x ",
        "action": "view",
        "time": START,
        "weight": 0.1,
        "session_id": None,
        "source": {"topic": "shop", "topic_id": "a" * 32, "partition": 0, "offset": 5, "index": 2},
    }
    (row,) = lines([value], one)
    assert (row["user_id"], row["item_id"], row["source.offset"], row["source.index"]) == ("N/A", " x ", 5, 2)
    assert round(row["time"].timestamp() * 1000) == START == round(row["_time"].timestamp() * 1000)


def test_csv_columns_are_known_by_position(tmp_path: Path) -> None:
    from streams.commands.profile import profile_files

    path = tmp_path / "orders.csv"
    path.write_text("order_id,unit_price\n" + "".join(f"o{n},{n}.5\n" for n in range(50)), encoding="utf-8")
    (found,) = profile_files([str(path)])
    found = {**found, "columns": {"c1": "order_id", "c2": "unit_price"}}
    one = plan_of(found)
    assert {path: column.position for path, column in one.columns.items()} == {
        "order_id": "c1",
        "unit_price": "c2",
    }
