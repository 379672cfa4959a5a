"""``pandian archive``: what it holds, what would go, and what is wrong in one line."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pandian.archive import ArchiveFile, Segment, open_archive
from streams import cli

TODAY = datetime.now(UTC).date()


@pytest.fixture
def address(tmp_path: Path) -> str:
    """An archive with an asset of three days, and one with a name that would colour a terminal."""
    store = open_archive(str(tmp_path / "archive"))
    days = [TODAY - timedelta(days=days) for days in (0, 1, 40)]
    for asset, day in [*(("shop.orders", day) for day in days), ("shop:\x1b[31mred", date(2020, 1, 1))]:
        with store.spool() as path:
            pq.write_table(pa.table({"x": [1, 2, 3]}), path)
            store.put(path, ArchiveFile(asset, day, Segment("a" * 32, 0, 0, 3), 3))
    return store.address


def test_alone_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["archive"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: pandian archive")
    assert "list" in shown and "retain" in shown and "Example: pandian archive" in shown


def test_it_lists_assets(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["archive", "list", "--archive", address, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["archive"] == address
    orders, red = found["assets"]
    assert {name: orders[name] for name in ("asset", "days", "files", "rows", "to")} == {
        "asset": "shop.orders",
        "days": 3,
        "files": 3,
        "rows": 9,
        "to": TODAY.isoformat(),
    }
    assert red["asset"] == "shop:\x1b[31mred"
    assert cli.run(["archive", "list", "--archive", address]) == 0
    shown = capsys.readouterr().out
    assert "shop.orders" in shown
    assert "\x1b[31mred" not in shown


def test_it_removes_old_days(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANDIAN_ARCHIVE", address)
    old = (TODAY - timedelta(days=40)).isoformat()
    assert cli.run(["archive", "retain", "--days", "30", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"{old}  shop.orders\n"
    assert len(open_archive(address).files("shop.orders")) == 3
    monkeypatch.setenv("PANDIAN_ARCHIVE_DAYS", "30")
    assert cli.run(["archive", "retain", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed"] == [{"asset": "shop.orders", "day": old}]
    assert len(open_archive(address).files()) == 3
    assert cli.run(["archive", "retain"]) == 0
    assert capsys.readouterr().out == ""


def test_nothing_yet_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["archive", "list", "--archive", str(tmp_path / "none")]) == 0
    assert "holds nothing yet" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list"], "PANDIAN_ARCHIVE: must say where the archive is"),
        (["retain", "--archive", "x"], "--days: must say how many days are kept"),
        (["retain", "--archive", "x", "--days", "0"], "0 is not in the range"),
        (["list", "--archive", "nonsense://x"], "is no address of a store"),
    ],
)
def test_wrong_calls_are_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["archive", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
