import csv
import gzip
import subprocess
import sys

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams import cli
from streams.commands.profile import asset_names
from tests.support.data import data_file


@pytest.fixture
def pandian(capfd):
    """Run ``pandian profile`` in this process; return exit code, stdout and stderr."""

    def run(*arguments):
        code = cli.run(["profile", *map(str, arguments)])
        return code, *capfd.readouterr()

    return run


def document(result):
    code, out, err = result
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    return orjson.loads(out)["assets"]


def fields(asset):
    return {field["field"]: field for field in asset["fields"]}


def test_figures_of_a_csv_are_exact(pandian, tmp_path):
    path = tmp_path / "orders.csv"
    rows = [[n, ["red", "blue", ""][n % 3], f"{n / 4:.2f}"] for n in range(1, 1001)]
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([["id", "colour", "price"], *rows])
    (asset,) = document(pandian(path, "--json"))
    assert asset["asset"] == "orders"
    assert (asset["records"], asset["quarantined"]) == (1000, 0)
    assert asset["source"]["file"] == str(path)
    assert asset["source"]["format"] == "csv"
    assert "topic" not in asset["source"]
    found = fields(asset)
    assert list(found) == ["id", "colour", "price"]
    assert (found["colour"]["count"], found["colour"]["missing"]) == (667, 333)
    assert {top["value"]: top["count"] for top in found["colour"]["top"]} == {"blue": 334, "red": 333}
    price = found["price"]
    assert price["types"] == {"string": 1000}
    assert (price["min"], price["max"], price["missing"]) == (0.25, 250, 0)
    assert price["mean"] == pytest.approx(sum(n / 4 for n in range(1, 1001)) / 1000, rel=1e-12)


def test_one_asset_a_file_in_the_order_given(pandian, tmp_path):
    (tmp_path / "b.csv").write_text("x\n1\n")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"y":{"z":1}}\n'))
    pq.write_table(pa.table({"p": [1.5, 2.5]}), tmp_path / "c.parquet")
    (tmp_path / "d.json").write_text('[{"q": [1, 2]}]')
    (tmp_path / "empty.csv").write_text("")
    names = ["b.csv", "a.jsonl.gz", "c.parquet", "d.json", "empty.csv"]
    assets = document(pandian(*(tmp_path / name for name in names), "--json"))
    assert [asset["asset"] for asset in assets] == ["b", "a", "c", "d", "empty"]
    assert [asset["records"] for asset in assets] == [1, 1, 2, 1, 0]
    assert [asset["source"]["format"] for asset in assets] == ["csv", "jsonl", "parquet", "json", "csv"]
    assert assets[1]["source"]["compression"] == "gzip"
    assert [list(fields(asset)) for asset in assets[:3]] == [["x"], ["y", "y.z"], ["p"]] or list(
        fields(assets[1])
    )[-1] == "y.z"


def test_bad_rows_are_quarantined_with_the_reason(pandian, tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n1,2\n3\n"x"y,4\n5,6\n')
    (tmp_path / "b.jsonl").write_text('{"a":1}\nhello, world\n[1]\n{"a":2}\n')
    first, second = document(pandian(tmp_path / "a.csv", tmp_path / "b.jsonl", "--json"))
    assert (first["records"], first["quarantined"]) == (2, 2)
    assert first["quarantined_reasons"] == {"csv-cell-count": 1, "csv-quotes": 1}
    assert (second["records"], second["quarantined"]) == (2, 2)
    assert second["quarantined_reasons"] == {"json-malformed": 1, "json-array": 1}


def test_columns_for_files_without_a_header(pandian, tmp_path):
    (tmp_path / "q.tsv").write_text("1\tphone\n2\tcase\n")
    (asset,) = document(pandian(tmp_path / "q.tsv", "--columns", "id,query", "--json"))
    assert list(fields(asset)) == ["id", "query"]
    assert asset["records"] == 2


def test_notices_go_to_stderr_and_the_document_to_stdout(pandian, tmp_path):
    (tmp_path / "a.csv").write_bytes("name;name\nCAFÉ CRÈME;Ç\n".encode("latin-1"))
    code, out, err = pandian(tmp_path / "a.csv", "--json")
    assert code == 0
    assert list(fields(orjson.loads(out)["assets"][0])) == ["name", "name_2"]
    assert "it is not UTF-8; read as latin-1" in err
    assert "its cells are separated by ';'" in err
    assert "column 2 is now name_2" in err


def test_standard_input(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", "profile", "-", "--json"],
        input=b'{"a":1}\n{"a":2}\n',
        capture_output=True,
        check=True,
    )
    (asset,) = orjson.loads(done.stdout)["assets"]
    assert (asset["asset"], asset["records"], asset["source"]["file"]) == ("stdin", 2, "-")
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("none.csv", None, 2, "cannot be read (No such file or directory); check the path"),
        ("x.csv", b"PK\x03\x04\0\0", 1, "is binary"),
        ("x.csv.gz", gzip.compress(b"a,b\n" * 99_999, mtime=0)[:-9], 1, "is not a complete gzip file"),
        ("x.parquet", b"PAR1 and no more", 1, "is not a whole parquet file"),
    ],
)
def test_what_cannot_be_read_is_one_line(pandian, tmp_path, name, content, code, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    found, out, err = pandian(tmp_path / name, "--json")
    assert (found, out) == (code, "")
    assert f"pandian: {tmp_path / name}: {said}" in err
    assert err.count("\n") == 1


def test_a_person_sees_tables(pandian, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    path = tmp_path / "people.csv"
    path.write_text("email,age\n" + "".join(f"jane.doe{n}@example.com,{n % 80}\n" for n in range(500)))
    code, out, err = pandian(path)
    assert (code, err) == (0, "")
    assert out.startswith("people  ")
    assert "500 records" in out
    assert "jane" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_places_in_a_file_have_no_partition(pandian, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    path = tmp_path / "orders.jsonl"
    rows = [{"partition": f"p{n}", "price": -1.5 if n == 700 else n / 4, "note": None} for n in range(2000)]
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in [*rows, rows[5]]))
    for options in ((), ("--field", "price")):
        code, out, _ = pandian(path, *options)
        assert code == 0
        assert "offset" in out
        assert "of partition" not in out
    assert "partition" in pandian(path)[1], "a field may be called so"
    (asset,) = document(pandian(path, "--json"))
    assert b'"partition":0' in orjson.dumps(asset), "the document is that of any asset"


def test_assets_are_named_by_their_files():
    assert asset_names(["d/orders.csv.gz", "x.parquet", "-"]) == ["orders", "x", "stdin"]
    assert asset_names(["a/x.csv", "b/x.csv", "y.csv"]) == ["a/x.csv", "b/x.csv", "y"]


def test_online_retail_is_what_a_plain_count_says(pandian):
    path = data_file("online-retail/transactions.csv.gz")
    code, out, _ = pandian(path, "--json")
    (asset,) = orjson.loads(out)["assets"]
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert code == 0
    assert (asset["records"], asset["quarantined"]) == (len(rows), 0)
    for name, found in fields(asset).items():
        present = [row[name] for row in rows if row[name].strip()]
        assert (found["count"], found["missing"]) == (len(present), len(rows) - len(present))
    prices = [float(row["UnitPrice"]) for row in rows]
    assert fields(asset)["UnitPrice"]["min"] == min(prices)
    assert fields(asset)["UnitPrice"]["max"] == max(prices)
    assert fields(asset)["UnitPrice"]["sum"] == pytest.approx(sum(prices), rel=1e-9)
