"""``pandian evaluate``: the figures of the plain way, whatever the files look like; and what it says when it cannot."""

from __future__ import annotations

import gzip
import io
import math
import subprocess
import sys

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
import zstandard
from torch import Tensor, nn

from export.registry import Registry
from tests.support import entries
from tests.support.interactions import START, write_csv

N_ITEMS = 14


class Follows(nn.Module):
    """Logits of few different values, by the newest item: many ties."""

    table: Tensor

    def __init__(self) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(4)
        table = torch.randint(0, 4, (N_ITEMS + 1, N_ITEMS), generator=random)
        self.register_buffer("table", table.to(torch.float32))

    def forward(self, items: Tensor) -> Tensor:
        return self.table[items[:, -1]]


class Level(nn.Module):
    """Nothing but ties."""

    def forward(self, items: Tensor) -> Tensor:
        return torch.zeros(items.shape[0], N_ITEMS) * items.shape[1]


@pytest.fixture(scope="module")
def network():
    return Follows()


@pytest.fixture(scope="module")
def entry(network, tmp_path_factory):
    """Its card says that items of the history are dropped."""
    return entries.make_entry(
        tmp_path_factory.mktemp("follows") / "entry", network, entries.catalogue(N_ITEMS), model="follows"
    )


def made(users=60, seed=2):
    """Return rows in no order, some of one time, some of items that the model does not know."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        for _ in range(random.integers(1, 9)):
            item = random.integers(N_ITEMS + 2)
            name = f"item-{item}" if item < N_ITEMS else f"new-{item}"
            rows.append((f"u{user}", name, START + int(random.integers(5)) * 1000))
    random.shuffle(rows)
    return [(str(user), str(item), int(when)) for user, item, when in rows]


def plain(rows, table, ks, *, seen, every_step):
    """Return the number of targets and the metrics, user by user and target by target."""
    known = {item: number for number, item in enumerate(entries.catalogue(N_ITEMS))}
    histories = {}
    for user, item, _ in sorted(rows, key=lambda row: row[2]):
        histories.setdefault(user, []).append(known.get(item))
    places = []
    for items in histories.values():
        for step in range(1, len(items)):
            if every_step or step == len(items) - 1:
                places.append(_place(items[:step], items[step], table, seen))
    found = {}
    for k in ks:
        hits = [place for place in places if place < k]
        rate = len(hits) / len(places)
        found |= {
            f"ndcg@{k}": sum(1 / math.log2(place + 2) for place in hits) / len(places),
            f"hr@{k}": rate,
            f"recall@{k}": rate,
            f"mrr@{k}": sum(1 / (place + 1) for place in hits) / len(places),
        }
    return len(places), found


def _place(history, target, table, seen):
    history = [item for item in history if item is not None]
    gone = set(history) if seen == "drop" else set()
    if target is None or target in gone:
        return math.inf
    logits = table[history[-1] + 1 if history else 0]
    others = [item for item in range(N_ITEMS) if item != target and item not in gone]
    return sum(logits[item] >= logits[target] for item in others)


@pytest.mark.parametrize("every_step", [False, True])
@pytest.mark.parametrize("seen", ["keep", "drop"])
def test_figures_are_those_of_the_plain_way(pandian, document, entry, network, tmp_path, seen, every_step):
    rows = made()
    options = ["--every-step"] if every_step else []
    file = write_csv(tmp_path / "test.csv", rows)
    found = document(
        pandian("evaluate", entry.path, file, "-k", "3,1,10", "--seen", seen, "--json", *options)
    )
    targets, expected = plain(rows, network.table.tolist(), (1, 3, 10), seen=seen, every_step=every_step)
    assert found["targets"] == targets
    assert found["metrics"] == pytest.approx(expected)
    assert list(found["metrics"]) == list(expected)
    assert 0 < found["metrics"]["hr@3"] < found["metrics"]["hr@10"] < 1
    assert found["seconds"] > 0


def test_what_becomes_of_the_history_is_told_by_the_card(pandian, document, entry, network, tmp_path):
    file = write_csv(tmp_path / "test.csv", made())
    kept = entries.make_entry(
        tmp_path / "kept", network, entries.catalogue(N_ITEMS), model="follows", seen="keep"
    )
    figures = {}
    for wanted, path in (("drop", entry.path), ("keep", kept.path)):
        auto = document(pandian("evaluate", path, file, "--json"))
        said = document(pandian("evaluate", path, file, "--seen", wanted, "--json"))
        assert auto["seen"] == wanted
        assert auto["metrics"] == said["metrics"]
        figures[wanted] = auto["metrics"]
    assert figures["keep"] != figures["drop"]


def test_ties_count_against_the_model(pandian, document, tmp_path):
    level = entries.make_entry(tmp_path / "level", Level(), entries.catalogue(N_ITEMS), model="level")
    file = write_csv(tmp_path / "test.csv", [("u", "item-0", 1), ("u", "item-1", 2)])
    ks = f"1,{N_ITEMS - 1},{N_ITEMS}"
    found = document(pandian("evaluate", level.path, file, "-k", ks, "--seen", "keep", "--json"))["metrics"]
    assert [found[f"hr@{k}"] for k in ks.split(",")] == [0, 0, 1]
    dropped = document(pandian("evaluate", level.path, file, "-k", ks, "--seen", "drop", "--json"))["metrics"]
    assert [dropped[f"hr@{k}"] for k in ks.split(",")] == [0, 1, 1]


def test_unknown_targets_are_misses_and_unknown_items_of_a_history_are_passed_over(
    pandian, document, entry, tmp_path
):
    plain_rows = [("u", "item-3", 1), ("u", "item-5", 3)]
    file = write_csv(tmp_path / "plain.csv", plain_rows)
    strange = write_csv(
        tmp_path / "strange.csv", [*plain_rows, ("u", "new", 2), ("v", "item-3", 1), ("v", "newer", 2)]
    )
    options = ("-k", str(N_ITEMS), "--json")
    alone = document(pandian("evaluate", entry.path, file, *options))
    both = document(pandian("evaluate", entry.path, strange, *options))
    assert (alone["targets"], both["targets"]) == (1, 2)
    assert alone["metrics"][f"hr@{N_ITEMS}"] == 1
    for name, value in alone["metrics"].items():
        assert both["metrics"][name] == pytest.approx(value / 2)


def test_more_than_the_catalogue_may_be_asked_for(pandian, document, entry, tmp_path):
    file = write_csv(tmp_path / "test.csv", [("u", "item-3", 1), ("u", "item-5", 3)])
    assert document(pandian("evaluate", entry.path, file, "-k", "1000", "--json"))["metrics"]["hr@1000"] == 1


def _tsv(rows):
    return "\n".join(
        ["user_id:token\titem_id:token\trating:float\ttimestamp:float"]
        + [f"{user}\t{item}\t5.0\t{when / 1000}" for user, item, when in rows]
    ).encode()


def _jsonl(rows):
    return b"".join(
        orjson.dumps({"ItemId": item, "SessionId": user, "Time": when * 1000}) + b"\n"
        for user, item, when in rows
    )


def _json(rows):
    return orjson.dumps(
        [
            {"customer": user, "sku": item, "event_time": str(np.datetime64(when, "ms")), "event": "Purchase"}
            for user, item, when in rows
        ]
    )


def _semicolons(rows):
    lines = ['"CustomerID";"StockCode";"InvoiceDate"']
    lines += [f'"{user}";"{item}";"{np.datetime64(when, "ms")}Z"' for user, item, when in rows]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _parquet(rows):
    users, items, times = zip(*rows, strict=True)
    file = io.BytesIO()
    columns = {"user": users, "product_id": items, "ts": pa.array(times, pa.timestamp("ms", "UTC"))}
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


SPELLINGS = {
    "test.tsv": _tsv,
    "test.inter.tsv.gz": lambda rows: gzip.compress(_tsv(rows)),
    "test.jsonl": _jsonl,
    "test.jsonl.zst": lambda rows: zstandard.ZstdCompressor().compress(_jsonl(rows)),
    "test.json": _json,
    "test.csv": _semicolons,
    "test.parquet": _parquet,
    "test.parquet.gz": lambda rows: gzip.compress(_parquet(rows)),
    "named-like-nothing": _tsv,
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_files_of_all_formats_and_spellings_say_the_same(pandian, document, entry, tmp_path, name):
    rows = made()
    expected = document(pandian("evaluate", entry.path, write_csv(tmp_path / "plain.csv", rows), "--json"))
    (tmp_path / name).write_bytes(SPELLINGS[name](rows))
    found = document(pandian("evaluate", entry.path, tmp_path / name, "--json"))
    assert (found["targets"], found["metrics"]) == (expected["targets"], expected["metrics"])


def test_several_files_are_one_and_a_history_may_go_from_one_to_the_other(pandian, document, entry, tmp_path):
    rows = made()
    halves = [write_csv(tmp_path / f"{part}.csv", rows[part::2]) for part in (0, 1)]
    whole = write_csv(tmp_path / "whole.csv", [*rows[0::2], *rows[1::2]])
    expected = document(pandian("evaluate", entry.path, whole, "--json"))
    found = document(pandian("evaluate", entry.path, *halves, "--json"))
    assert found["metrics"] == expected["metrics"]


def test_models_of_the_registry(pandian, document, complaint, entry, tmp_path):
    file = write_csv(tmp_path / "test.csv", made())
    line = complaint(pandian("evaluate", "follows", file, "--json"), 2)
    assert "'follows'" in line or "follows:" in line
    Registry(tmp_path / "registry").add(entry.path)
    by_folder = document(pandian("evaluate", entry.path, file, "--json"))
    for name in ("follows", f"follows@{entry.version}"):
        found = document(pandian("evaluate", name, file, "--json"))
        assert (found["model"], found["version"]) == ("follows", entry.version)
        assert found["metrics"] == by_folder["metrics"]
    complaint(pandian("evaluate", "follows@1", file), 2)


def test_what_is_no_entry_is_refused(pandian, complaint, entry, tmp_path):
    file = write_csv(tmp_path / "test.csv", made())
    assert "is no model entry" in complaint(pandian("evaluate", tmp_path, file), 2)
    copy = tmp_path / "copy"
    copy.mkdir()
    for part in entry.path.iterdir():
        (copy / part.name).write_bytes(part.read_bytes())
    (copy / "model.onnx").write_bytes((entry.path / "model.onnx").read_bytes()[:-1])
    assert "model.onnx" in complaint(pandian("evaluate", copy, file), 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user_id,item_id,timestamp\n", "must have rows"),
        ("", ""),
        ("user_id,item_id,timestamp\nu,item-1,1\nv,item-2,2\n", "users with two rows or more"),
        ("user_id,item_id,timestamp\nu,nan,1\nu,,2\nu,NaN,nan\n", "must have rows"),
        ("user_id,item_id,timestamp\nAda,item-1,nan\nAda,item-2,soon\n", "epoch seconds"),
        ("user_id,item_id\nu,item-1\n", "column timestamp"),
    ],
)
def test_files_that_ask_nothing(pandian, complaint, entry, tmp_path, text, said):
    (tmp_path / "test.csv").write_text(text, encoding="utf-8")
    line = complaint(pandian("evaluate", entry.path, tmp_path / "test.csv", "--json"), 1)
    assert said in line
    assert "Ada" not in line
    assert "soon" not in line


@pytest.mark.parametrize("ks", ["0", "ten", "10,,20", "-3", "1.5", ""])
def test_lengths_that_are_none(pandian, complaint, entry, tmp_path, ks):
    file = write_csv(tmp_path / "test.csv", made())
    assert "say for example -k 10,20" in complaint(pandian("evaluate", entry.path, file, "-k", ks), 2)


def test_files_that_are_not_there(pandian, complaint, entry, tmp_path):
    assert "none.csv" in complaint(pandian("evaluate", entry.path, tmp_path / "none.csv"), 2)


def test_people_see_a_table(pandian, entry, tmp_path):
    code, out, err = pandian("evaluate", entry.path, write_csv(tmp_path / "test.csv", made()), "-k", "5")
    assert (code, err) == (0, "")
    assert f"follows@{entry.version}" in out
    assert "items of the history: drop" in out
    assert "ndcg@5" in out
    assert "ndcg@10" not in out


def test_it_needs_no_torch_and_reads_standard_input(entry):
    code = (
        "import sys; sys.modules['torch'] = sys.modules['onnx'] = None; from streams import cli;"
        f"sys.exit(cli.run(['evaluate', {str(entry.path)!r}, '-', '--json']))"
    )
    lines = "user_id,item_id,timestamp\n" + "".join(f"{u},{i},{t}\n" for u, i, t in made())
    done = subprocess.run(
        [sys.executable, "-c", code], input=lines, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["targets"] > 10


def test_two_models_are_compared_on_the_same_targets(pandian, document, entry, tmp_path):
    level = entries.make_entry(tmp_path / "level", Level(), entries.catalogue(N_ITEMS), model="level")
    file = write_csv(tmp_path / "test.csv", made())
    found = document(pandian("evaluate", level.path, entry.path, file, "-k", "5,10", "--json"))
    alone = {
        name: document(pandian("evaluate", path, file, "-k", "5,10", "--json"))
        for name, path in (("level", level.path), ("follows", entry.path))
    }
    assert (found["model"], found["other"]["model"]) == ("level", "follows")
    assert found["metrics"] == alone["level"]["metrics"]
    for name in ("metrics", "intervals", "beyond", "groups"):
        assert found["other"][name] == alone["follows"][name]
    for name, one in found["comparison"].items():
        gain = found["other"]["metrics"][name] - found["metrics"][name]
        assert one["difference"] == pytest.approx(gain)
        assert one["low"] <= gain <= one["high"]
        assert one["better"] == ("other" if one["low"] > 0 else "model" if one["high"] < 0 else None)
    assert found["comparison"]["hr@10"]["better"] == "other"
    assert found["comparison"]["hr@10"]["p"] < 0.05
    turned = document(pandian("evaluate", entry.path, level.path, file, "-k", "5,10", "--json"))
    assert turned["comparison"]["hr@10"]["better"] == "model"
    same = document(pandian("evaluate", entry.path, entry.path, file, "--json"))["comparison"]["ndcg@10"]
    assert (same["difference"], same["p"], same["better"]) == (0, 1, None)


def test_the_other_model_may_be_of_the_registry_and_files_win(
    pandian, document, complaint, entry, tmp_path, monkeypatch
):
    file = write_csv(tmp_path / "test.csv", made())
    Registry(tmp_path / "registry").add(entry.path)
    assert document(pandian("evaluate", entry.path, "follows", file, "--json"))["other"]["model"] == "follows"
    assert "nobody" in complaint(pandian("evaluate", entry.path, "nobody", file), 2)
    assert "none.csv" in complaint(pandian("evaluate", entry.path, "none.csv", file), 2)
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "follows", made(seed=9))
    assert "other" not in document(pandian("evaluate", entry.path, "follows", file, "--json"))


def test_everything_has_its_interval(pandian, document, entry, tmp_path):
    found = document(pandian("evaluate", entry.path, write_csv(tmp_path / "test.csv", made()), "--json"))
    assert found["users"] <= found["targets"]
    for name, value in found["metrics"].items():
        assert found["intervals"][name]["low"] <= value <= found["intervals"][name]["high"]
    assert {name.partition("@")[0] for name in found["beyond"]} >= {"coverage", "novelty", "gini"}
    for groups in found["groups"].values():
        assert sum(group["targets"] for group in groups.values()) == found["targets"]
    assert found["data"]["interactions"] > 0


def test_a_report_is_one_page(pandian, document, complaint, entry, tmp_path):
    file = write_csv(tmp_path / "test.csv", made())
    path = tmp_path / "report.html"
    found = document(pandian("evaluate", entry.path, entry.path, file, "--report", path, "--json"))
    assert found["report"] == str(path)
    page = path.read_text(encoding="utf-8")
    assert f"{found['metrics']['ndcg@10']:.4f}" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "is a folder" in complaint(pandian("evaluate", entry.path, file, "--report", tmp_path), 2)
    away = tmp_path / "away" / "report.html"
    assert "that is there" in complaint(pandian("evaluate", entry.path, file, "--report", away), 2)


def test_people_see_which_of_two_is_better(pandian, entry, tmp_path):
    level = entries.make_entry(tmp_path / "level", Level(), entries.catalogue(N_ITEMS), model="level")
    file = write_csv(tmp_path / "test.csv", made())
    code, out, _ = pandian("evaluate", level.path, entry.path, file)
    assert code == 0
    assert f"follows@{entry.version} is better than level@{level.version} in ndcg@10" in out
    assert "history: new" in out
    assert "target: head" in out
