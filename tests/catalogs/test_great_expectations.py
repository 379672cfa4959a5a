"""Suites run by Great Expectations itself, on the data that they were measured on."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest

from catalogs.base import Context
from catalogs.document import Inventory, read_inventory
from catalogs.great_expectations import ExpectationSuite
from streams.commands.profile import profile_files
from tests.catalogs.inventories import people, profiled, shop_records
from tests.support.data import data_file


@pytest.fixture(scope="module")
def runner() -> Iterator[Any]:
    """Runs a suite on a data frame and gives the result of each expectation."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("frames")

    def run(suite: dict[str, Any], frame: pd.DataFrame) -> list[Any]:
        name = suite["name"]
        asset = source.add_dataframe_asset(f"{name}-{len(source.assets)}")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        return list(batch.validate(gx.ExpectationSuite(**suite)).results)

    yield run


def suites(document: Any) -> dict[str, dict[str, Any]]:
    known = read_inventory(document)
    return {
        asset.name: json.loads(ExpectationSuite().export(Inventory(assets=(asset,)), Context()))
        for asset in known.assets
    }


def failed(results: list[Any]) -> list[str]:
    return [
        f"{one.expectation_config.type} {one.expectation_config.kwargs}" for one in results if not one.success
    ]


def test_the_shops_records_meet_what_is_expected_of_them(runner: Any) -> None:
    records = shop_records()
    suite = suites(profiled(records))
    for name in ("shop.items", "shop.orders", "shop.users"):
        frame = pd.json_normalize([json.loads(value) for value in records[name]])
        results = runner(suite[name], frame)
        assert len(results) >= 5
        assert failed(results) == []


@pytest.mark.parametrize(
    "name",
    [
        "clothing-reviews/reviews.csv.gz",
        "online-retail/transactions.csv.gz",
        "open-bandit/random-men.csv.gz",
        "ml-100k/ml-100k.user.tsv.gz",
    ],
)
def test_real_tables_meet_what_is_expected_of_them(runner: Any, tmp_path: Path, name: str) -> None:
    separator = "\t" if ".tsv" in name else ","
    whole = pd.read_csv(data_file(name), nrows=4000, dtype=str, keep_default_na=False, sep=separator)
    path = tmp_path / f"table.{'tsv' if separator == chr(9) else 'csv'}"
    whole.to_csv(path, index=False, sep=separator)
    (suite,) = suites({"assets": profile_files([str(path)])}).values()
    results = runner(suite, pd.read_csv(io.StringIO(path.read_text(encoding="utf-8")), sep=separator))
    assert len(results) >= len(whole.columns) / 2
    assert failed(results) == []


def test_other_data_does_not_meet_them(runner: Any) -> None:
    (suite,) = suites(profiled({"users": people(500)})).values()
    frame = pd.json_normalize([json.loads(value) for value in people(500)])
    frame["tier"] = "platinum"
    frame.loc[:50, "email"] = None
    frame["user_id"] = 1
    results = runner(suite, frame)
    broken = {
        (one.expectation_config.type, one.expectation_config.kwargs["column"])
        for one in results
        if not one.success
    }
    for kind, column in (
        ("expect_column_values_to_be_in_set", "tier"),
        ("expect_column_values_to_not_be_null", "email"),
        ("expect_column_proportion_of_unique_values_to_be_between", "user_id"),
    ):
        assert (kind, column) in broken


def test_fields_in_arrays_have_no_column() -> None:
    (suite,) = suites(profiled({"users": people(50)})).values()
    named = {one["kwargs"]["column"] for one in suite["expectations"]}
    assert "address.city" in named
    assert not [name for name in named if "[" in name or name in ("address", "tags")]
