"""``pandian train``: an entry that can be served, the same for the same seed, in time; one line when it cannot."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import orjson
import pytest

from export.registry import Entry
from export.runtime import OnnxModel
from pandian.topics import INTERACTIONS
from tests.support import brokers
from tests.support.interactions import START, chains, write_csv
from tests.support.topics import create_topic, produce

PANDIAN = [sys.executable, "-m", "streams.cli"]
#: A small network, so that a test takes seconds.
SMALL = "max_length = 12\nthreads = 1\n[sasrec]\nsize = 16\nepochs = 2\nbatch_rows = 256\nwarmup_steps = 5\n"


@pytest.fixture(scope="module")
def clicks(tmp_path_factory):
    return write_csv(tmp_path_factory.mktemp("clicks") / "clicks.csv", chains())


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    file = tmp_path_factory.mktemp("config") / "train.toml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def process(*arguments):
    return subprocess.Popen(
        [*PANDIAN, "train", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_from_a_file_to_figures(pandian, document, clicks, small, tmp_path):
    """Trained, told, taken by the registry and evaluated, as the README says."""
    found = document(pandian("train", clicks, "--out", tmp_path / "model", "--config", small, "--json"))
    assert set(found) == {
        *("model", "version", "path", "metrics", "baselines", "validation", "seen", "data"),
        *("reference_auc", "parity", "settings", "text", "targets", "totals", "seconds"),
    }
    assert found["totals"] == {
        "records_read": len(chains()),
        **{name: found["data"][name] for name in ("interactions", "users", "items")},
        "seconds": found["seconds"],
    }
    assert found["path"] == str(tmp_path / "model")
    entry = Entry.open(tmp_path / "model")
    assert (entry.model, entry.version) == (found["model"], found["version"])
    assert entry.card["config"]["sasrec"]["size"] == 16
    for name in ("metrics", "baselines", "validation", "data", "settings", "text"):
        assert entry.card[name] == found[name]
    assert found["metrics"]["ndcg@10"] > 1.3 * found["baselines"]["popularity"]["ndcg@10"]
    assert found["data"]["interactions"] == len(chains())
    assert pandian("models", "add", tmp_path / "model", "--promote")[0] == 0
    again = document(pandian("evaluate", found["model"], clicks, "--json"))
    assert again["targets"] == found["data"]["users"]
    assert again["metrics"]["ndcg@10"] > 1.3 * found["baselines"]["popularity"]["ndcg@10"]


def test_people_see_a_table_and_what_comes_next(pandian, clicks, tmp_path):
    folder = tmp_path / "model"
    items = tmp_path / "items.jsonl"
    items.write_bytes(b'{"item_id": "i1", "name": "hat"}')
    options = ("--model", "item-to-item", "--threads", 1, "--items", items)
    code, out, err = pandian("train", clicks, "--out", folder, *options)
    assert code == 0, err
    assert "new items are not placed by their names: this kind of model has no vectors of items" in err
    assert "ndcg@10" in out
    assert "popularity" in out
    totals, following = out.splitlines()[-2:]
    count = r"[\d,]+"
    assert re.fullmatch(
        f"In all: {len(chains()):,} records read, {count} interactions kept of {count} users and {count} items, "
        + r"[\d.]+ s",
        totals,
    )
    assert following == f"Next: pandian models add {folder} --promote"
    assert f"item-to-item@{Entry.open(folder).version}" in out


def _jsonl(rows):
    return gzip.compress(
        b"\n".join(
            orjson.dumps({"visitorId": user, "SKU": item, "Date": f"{np.datetime64(when, 'ms')}+00:00"})
            for user, item, when in rows
        )
    )


def _recbole(rows):
    lines = ["user_id:token\titem_id:token\ttimestamp:float"]
    return "\n".join(lines + [f"{user}\t{item}\t{when / 1000:.3f}" for user, item, when in rows]).encode()


@pytest.mark.parametrize(("name", "write"), [("clicks.jsonl.gz", _jsonl), ("clicks.tsv", _recbole)])
def test_the_same_rows_in_another_spelling_give_the_same_model(
    pandian, document, clicks, tmp_path, name, write
):
    (tmp_path / name).write_bytes(write(chains()))
    options = ("--model", "item-to-item", "--threads", 1, "--json")
    found = [
        document(pandian("train", file, "--out", tmp_path / f"model-{number}", *options))
        for number, file in enumerate((clicks, tmp_path / name))
    ]
    assert found[0]["data"] == found[1]["data"]
    sums = [Entry.open(tmp_path / f"model-{number}").files["model.onnx"].sha256 for number in (0, 1)]
    assert sums[0] == sums[1]


def test_the_same_seed_gives_the_same_entry_in_another_process(pandian, document, clicks, small, tmp_path):
    """Hashes of texts differ between processes, and what was learned must not depend on them."""
    options = ("--model", "blend", "--config", small, "--seed", 5, "--json")
    there = process(clicks, "--out", tmp_path / "there", *options)
    here = document(pandian("train", clicks, "--out", tmp_path / "here", *options))
    out, err = there.communicate(timeout=60)
    assert there.returncode == 0, err
    found = orjson.loads(out)
    for took in (here["totals"], found["totals"]):
        del took["seconds"]
    own = {name: value for name, value in here.items() if name not in ("version", "path", "seconds")}
    assert own == {name: found[name] for name in own}
    entries = {name: Entry.open(tmp_path / name) for name in ("here", "there")}
    for file in ("model.onnx", "items.txt"):
        assert entries["here"].files[file].sha256 == entries["there"].files[file].sha256
    cards = [{**entries[name].card, "created": "", "version": ""} for name in ("here", "there")]
    assert cards[0] == cards[1]


def test_time_is_kept_and_progress_goes_to_standard_error(clicks, tmp_path):
    config = tmp_path / "long.toml"
    config.write_text(SMALL.replace("epochs = 2", "epochs = 100000\npatience = 100000"), encoding="utf-8")
    options = ("--model", "sasrec", "--config", config, "--max-seconds", 24, "--json")
    began = time.monotonic()
    run = process(clicks, "--out", tmp_path / "model", *options)
    out, err = run.communicate(timeout=90)
    took = time.monotonic() - began
    assert run.returncode == 0, err
    assert orjson.loads(out)["model"] == "sasrec"
    lines = err.splitlines()
    assert all(line.startswith("pandian: ") for line in lines)
    assert any(line.endswith(" s left") for line in lines)
    # As many epochs would take hours; how close it is told by hand, as tests share the machine with others.
    assert took < 60


def test_ctrl_c_leaves_nothing_behind(clicks, tmp_path):
    config = tmp_path / "long.toml"
    config.write_text(SMALL.replace("epochs = 2", "epochs = 100000\npatience = 100000"), encoding="utf-8")
    run = process(clicks, "--out", tmp_path / "here" / "model", "--config", config, "--model", "sasrec")
    for line in run.stderr:
        if "sasrec: " in line:
            break
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "pandian: interrupted"
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == [config]


def test_from_the_stream(pandian, document, complaint, monkeypatch, tmp_path):
    rows = chains(60, 8)
    with brokers.embedded_broker() as broker:
        monkeypatch.setenv("PANDIAN_BROKER", broker.address)
        assert "no such topic" in complaint(pandian("train", "kafka", "--out", tmp_path / "none"), 1)
        create_topic(broker.address, INTERACTIONS, 8)
        assert "0 records" in complaint(pandian("train", "kafka", "--out", tmp_path / "none"), 1)
        records = [
            {"user_id": user, "item_id": item, "action": "view", "time": when} for user, item, when in rows
        ]
        records.append({"user_id": "u1", "item_id": "never", "action": "refund", "time": START})
        produce(
            broker.address, INTERACTIONS, records, keys=[record["user_id"].encode() for record in records]
        )
        options = ("--model", "item-to-item", "--threads", 1, "--json")
        result = pandian("train", "kafka", "--out", tmp_path / "stream", *options)
    assert "1 of an action that speaks for no item" in result[2]
    file = write_csv(tmp_path / "rows.csv", rows)
    from_file = document(pandian("train", file, "--out", tmp_path / "file", *options))
    found = document(result)
    assert found["data"] == from_file["data"]
    assert found["metrics"] == from_file["metrics"]
    sums = [Entry.open(tmp_path / name).files["model.onnx"].sha256 for name in ("stream", "file")]
    assert sums[0] == sums[1]
    assert "never" not in OnnxModel(Entry.open(tmp_path / "stream")).index
    assert not (tmp_path / "none").exists()


def test_without_a_broker_kafka_is_no_source(pandian, complaint, tmp_path):
    assert "PANDIAN_BROKER" in complaint(pandian("train", "kafka", "--out", tmp_path / "model"), 2)


HEADER = "user_id,item_id,timestamp\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must have"),
        (HEADER, "must have rows"),
        (f"{HEADER}Ada,a,1\n", "three times or more"),
        (f"{HEADER}Ada,a,1\nAda,b,1\nBob,a,1\n", "three times or more"),
        (f"{HEADER}Ada,a,nan\nAda,b,NaN\nAda,c,\n", "epoch seconds"),
        (f"{HEADER}nan,a,1\n,b,2\nAda,,3\nNone,NULL,4\n", "must have rows"),
        (f"{HEADER}Ada,a,inf\nAda,b,1e300\nAda,c,-inf\n", "epoch seconds"),
        ("user_id,timestamp\nAda,1\n", "column item_id"),
        (
            "user_id,item_id,timestamp,action\nAda,a,1,zap\nAda,b,2,zap\nAda,c,3,zap\n",
            "some must mean one of",
        ),
    ],
)
def test_too_little_is_said_in_one_line_that_names_nobody(pandian, complaint, tmp_path, text, said):
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    result = pandian("train", tmp_path / "rows.csv", "--out", tmp_path / "model", "--json")
    assert said in complaint(result, 1)
    assert "Ada" not in result[2]
    assert not (tmp_path / "model").exists()


def test_rows_that_are_nothing_are_counted_and_the_rest_is_learned(pandian, document, tmp_path):
    rows = [
        *chains(40, 6),
        ("nan", "i1", START),
        ("u1", "", START),
        ("u1", "i1", "nan"),
        ("u1", "i1", "inf"),
    ]
    file = write_csv(tmp_path / "rows.csv", rows)
    result = pandian("train", file, "--out", tmp_path / "model", "--model", "popularity", "--json")
    assert "2 rows without a time" in result[2]
    assert "1 rows without user, 1 rows without item" in result[2]
    assert document(result)["data"]["interactions"] == len(chains(40, 6))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("u", f"i{number % 7}", START + number) for number in range(60)], "one user"),
        ([(f"u{number % 7}", "i", START + number) for number in range(60)], ""),
    ],
)
def test_one_user_or_one_item_is_a_model_all_the_same(pandian, document, small, tmp_path, rows, said):
    file = write_csv(tmp_path / "rows.csv", rows)
    result = pandian("train", file, "--out", tmp_path / "model", "--config", small, "--json")
    assert said in result[2]
    found = document(result)
    assert found["metrics"]["hr@10"] == 1
    logits = OnnxModel(Entry.open(tmp_path / "model")).logits(np.ones((2, 3), np.int64))
    assert np.isfinite(logits).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "svd"), "svd"),
        (("--epochs", "0"), "epochs = 0"),
        (("--max-seconds", "-1"), "'--max-seconds': -1.0"),
        (("--max-seconds", "nan"), "'--max-seconds': nan"),
        (("--seed", "-1"), "seed = -1"),
        (("--config", "none.toml"), "none.toml"),
        (("none.csv",), "none.csv"),
        (("kafka",), "kafka"),
    ],
)
def test_wrong_calls_are_said_before_anything_is_read(pandian, complaint, clicks, tmp_path, options, said):
    line = complaint(pandian("train", clicks, "--out", tmp_path / "model", *options), 2)
    assert said in line
    assert not (tmp_path / "model").exists()


def test_a_config_file_that_is_wrong_is_named(pandian, complaint, clicks, tmp_path):
    (tmp_path / "bad.toml").write_text("epoch = 3\n", encoding="utf-8")
    result = pandian("train", clicks, "--out", tmp_path / "model", "--config", tmp_path / "bad.toml")
    assert "epoch: is no setting of training" in complaint(result, 2)


def test_a_folder_that_is_not_empty_is_left_alone(pandian, complaint, clicks, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert "is there already" in complaint(pandian("train", clicks, "--out", tmp_path), 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("missing", ["torch", "onnx"])
def test_without_torch_it_says_what_to_install(pandian, complaint, clicks, tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    line = complaint(pandian("train", clicks, "--out", tmp_path / "model"), 1)
    assert f"{missing}: must be installed" in line
