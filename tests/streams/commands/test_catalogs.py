"""``pandian export``."""

from __future__ import annotations

import http.server
import json
import threading
from pathlib import Path

import orjson
import pytest

from catalogs.registry import FORMATS
from streams import cli
from tests.catalogs.inventories import EMPTY, shop


@pytest.fixture
def pandian(capfd, monkeypatch, tmp_path):
    """Runs the command in a folder of its own; gives exit code, what was printed and what was said."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    Path("shop.json").write_bytes(orjson.dumps(shop()))
    Path("empty.json").write_bytes(orjson.dumps(EMPTY))
    capfd.readouterr()

    def run(*arguments):
        code = cli.run(["export", *arguments])
        return code, *capfd.readouterr()

    return run


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_writes_every_format_and_lists_what_it_wrote(pandian, fmt):
    code, out, err = pandian(fmt, "--inventory", "shop.json", "--out", "made/", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["format"] == fmt
    assert told["written"]
    for one in told["written"]:
        assert Path(one["path"]).stat().st_size == one["bytes"] > 100
    assert {path.name for path in Path("made").iterdir()} == {
        Path(one["path"]).name for one in told["written"]
    }


def test_one_file_goes_where_it_is_told_and_never_over_another(pandian):
    code, _, err = pandian("csv", "--inventory", "shop.json", "--out", "deep/table.csv")
    assert code == 0
    made, wrote = err.splitlines()
    assert made == "pandian: made the folder deep"
    assert wrote == f"pandian: wrote deep/table.csv: {Path('deep/table.csv').stat().st_size:,} bytes"
    before = Path("deep/table.csv").read_bytes()
    code, _, err = pandian("csv", "--inventory", "empty.json", "--out", "deep/table.csv")
    assert code == 2
    assert "deep/table.csv: is there already; say --force" in err
    assert Path("deep/table.csv").read_bytes() == before
    assert "made the folder" not in err
    assert pandian("csv", "--inventory", "empty.json", "--out", "deep/table.csv", "--force")[0] == 0
    assert Path("deep/table.csv").read_bytes() != before
    assert len(list(Path("deep").iterdir())) == 1


def test_when_one_of_many_files_is_there_none_is_written(pandian):
    Path("made").mkdir()
    Path("made/shop.users.schema.json").write_text("mine")
    code, _, err = pandian("json-schema", "--inventory", "shop.json", "--out", "made")
    assert code == 2
    assert "made/shop.users.schema.json" in err
    assert [path.name for path in Path("made").iterdir()] == ["shop.users.schema.json"]


def test_many_files_are_told_by_their_number(pandian):
    (asset, *_) = shop()["assets"]
    Path("many.json").write_bytes(orjson.dumps({"assets": [{**asset, "asset": f"t{n}"} for n in range(30)]}))
    code, out, err = pandian("json-schema", "--inventory", "many.json", "--out", "a/b")
    size = sum(path.stat().st_size for path in Path("a/b").iterdir())
    assert (code, out) == (0, "")
    assert err == (
        f"pandian: made the folder a/b\npandian: wrote 30 files of {size:,} bytes to the folder a/b\n"
    )
    _, _, err = pandian("json-schema", "t1", "t2", "--inventory", "many.json", "--out", "a/b", "--force")
    assert [line.partition(": ")[2].partition(":")[0] for line in err.splitlines()] == [
        "wrote a/b/t1.schema.json",
        "wrote a/b/t2.schema.json",
    ]


def test_only_some_assets_and_standard_output(pandian):
    code, out, _ = pandian("great-expectations", "shop.orders", "--inventory", "shop.json", "--out", "-")
    assert code == 0
    assert json.loads(out)["name"] == "shop.orders"
    code, _, err = pandian("great-expectations", "--inventory", "shop.json", "--out", "-")
    assert code == 2
    assert "there are 4" in err
    code, _, err = pandian("html", "shop.nothing", "--inventory", "shop.json")
    assert code == 2
    assert err == "pandian: shop.nothing: no such asset; `pandian inventory` lists the assets\n"


def test_reads_standard_input(pandian, monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(orjson.dumps(shop()["assets"][0]))))
    code, out, _ = pandian("csv", "--inventory", "-", "--out", "-")
    assert code == 0
    assert out.count("shop.items") >= 6


def test_the_same_inventory_gives_the_same_file_whenever(pandian):
    first = pandian("datahub", "--inventory", "shop.json", "--out", "-")
    assert first == pandian("datahub", "--inventory", "shop.json", "--out", "-")
    named = pandian(
        "datahub",
        "--inventory",
        "shop.json",
        "--out",
        "-",
        "--time",
        "2026-03-02T09:19:32Z",
        "--environment",
        "DEV",
    )
    assert '"timestampMillis": 1772443172000' in named[1]
    assert ",DEV)" in named[1]
    assert pandian("datahub", "--inventory", "shop.json", "--out", "-", "--time", "now")[0] == 0


def test_says_what_is_left_out_where_no_time_is_known(pandian):
    said = "no time is known: what was measured is left out; say --time now"
    assert said in pandian("openmetadata", "--inventory", "empty.json")[2]
    assert said not in pandian("csv", "--inventory", "empty.json")[2]
    assert said not in pandian("openmetadata", "--inventory", "shop.json", "--force")[2]


def test_an_inventory_without_assets_has_no_file_an_asset(pandian):
    code, out, err = pandian("odcs", "--inventory", "empty.json", "--out", "-")
    assert code == 0
    assert "schema: []" in out
    assert err == ""
    code, out, err = pandian("json-schema", "--inventory", "empty.json", "--json")
    assert (code, json.loads(out)["written"]) == (0, [])
    assert "nothing to write" in pandian("json-schema", "--inventory", "empty.json")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["word"], "'word' is not one of"),
        (["csv", "--inventory", "gone.json"], "--inventory gone.json: must be a file that can be read"),
        (["csv", "--inventory", "bad.json"], "--inventory bad.json: is not JSON"),
        (["csv", "--inventory", "list.json"], "the document: is not as an inventory has it"),
        (
            ["csv", "--inventory", "shop.json", "--time", "soon"],
            "--time soon: must be `now` or an ISO 8601 time",
        ),
        (["csv", "--inventory", "shop.json", "--out", "-", "--json"], "exclude each other"),
        (
            ["csv", "--inventory", "shop.json", "--out", "shop.json/x.csv"],
            "must be a place that can be written",
        ),
        (["csv", "--url", "ftp://x"], "must be http://HOST:PORT"),
    ],
)
def test_wrong_use_is_said_in_one_line(pandian, arguments, said):
    Path("bad.json").write_text("{")
    Path("list.json").write_text("[]")
    code, out, err = pandian(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_help_lists_the_formats(pandian):
    code, out, _ = pandian("--help")
    assert code == 0
    for fmt in FORMATS:
        assert f"  {fmt} " in out
    assert "Example: pandian" in out


class Worker(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        content = orjson.dumps(
            shop() if self.path == "/v1/inventory" else {"error": {"code": "x", "message": "y"}}
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


def test_asks_a_worker(pandian):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Worker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        code, _, err = pandian("html", "--url", f"http://127.0.0.1:{server.server_port}")
        assert code == 0
        assert err.startswith("pandian: wrote inventory.html: ")
    finally:
        server.shutdown()
        server.server_close()
    code, _, err = pandian("html", "--url", f"http://127.0.0.1:{server.server_port}", "--force")
    assert code == 1
    assert "a worker must answer there" in err
