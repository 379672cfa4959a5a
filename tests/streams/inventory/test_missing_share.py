"""How much of an asset is missing, in one figure: exact, the same wherever it is shown, and not moved by junk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from streams.commands.asset_list import assets_table
from streams.commands.profile import profile_files
from streams.inventory.missing_share import Places, missing_share

ROWS = [{"id": n, "name": "x", "colour": None if n % 4 == 0 else "red"} for n in range(1000)]
JUNK = {
    "json": json.dumps({f"k{n}": 1 for n in range(30)}),
    "json with a field that all have": json.dumps({"id": 1, "name": "x"} | {f"k{n}": 1 for n in range(30)}),
    "arrays": json.dumps({"junk": [{"a": None, "b": 1}] * 50_000}),
    "csv": "a,b,c,d,e",
    "text": "hello, this is, junk",
    "cut": '{"id": 4, "na',
}


def profiled(folder: Path, lines: list[str]) -> list[dict[str, Any]]:
    file = folder / "rows.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return profile_files([str(file)])


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("at", [1, 500, 1000])
def test_one_junk_record_does_not_move_it(tmp_path: Path, junk: str, at: int) -> None:
    lines = [json.dumps(row) for row in ROWS]
    lines.insert(at, JUNK[junk])
    asset = profiled(tmp_path, lines)[0]
    assert asset["records"] + asset["quarantined"] in (1000, 1001)
    assert asset["missing_share"] == pytest.approx(250 / 3000, abs=0.001)


def test_it_is_exact(tmp_path: Path) -> None:
    (asset,) = profiled(tmp_path, [json.dumps(row) for row in ROWS])
    assert asset["missing_share"] == 250 / 3000


def test_where_there_is_no_place_there_is_no_share() -> None:
    assert missing_share({}) is None
    assert missing_share({"a": Places(0, 0, 0)}) is None


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({"a": (100, 90, 95), "b": (100, 1, 2)}, 109 / 200),
        ({"a": (100, 90, 95), "b": (100, 1, 1)}, 10 / 100),
        ({"a": (1, 1, 1), "b": (1, 0, 1)}, 1 / 2),
        ({"a": (2, 1, 1), "b": (2, 1, 1)}, 1 / 2),
        ({"a": (50, 50, 50), "a[]": (100, 80, 100), "a[].b": (80, 40, 60)}, 60 / 230),
        ({"a": (50, 50, 50), "b": (50, 1, 1), "b[]": (99, 0, 99), "b[].c": (99, 9, 9)}, 0.0),
    ],
)
def test_what_counts(fields: dict[str, tuple[int, int, int]], share: float) -> None:
    assert missing_share({path: Places(*one) for path, one in fields.items()}) == share


def test_the_terminal_shows_it(tmp_path: Path) -> None:
    first, second = profiled(tmp_path, [json.dumps(row) for row in ROWS]) * 2
    console = Console(width=140)
    with console.capture() as capture:
        console.print(assets_table([first, {**second, "missing_share": None}, {**second, "asset": "old"}]))
    lines = capture.get().splitlines()
    assert "8.3 %" in lines[1]
    assert "%" not in lines[2], "nothing to say of an asset without places"
