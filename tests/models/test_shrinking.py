"""Training writes the precision that is wanted, or float32 where quality would be lost: never nothing, never half."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import export.shrink.entry as shrunk
from export.index import open_index
from export.registry import Entry, RegistryError
from export.registry.exceptions import QualityError
from export.runtime import OnnxModel
from models.config import TrainConfig
from models.data.histories import Histories, make_targets
from models.sasrec.settings import SasrecSettings
from models.shrinking import shrink, written
from models.training import train
from tests.support import entries
from tests.support.interactions import HOUR, START, chains, log_of

N_ITEMS = 600


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "entry"
    network = entries.Sequential(N_ITEMS, size=32, layers=1)
    return entries.make_entry(folder, network, entries.catalogue(N_ITEMS), model="sasrec", seen="keep")


@pytest.fixture(scope="module")
def targets(whole):
    """What the model itself expects next after drawn histories: what is lost of this is lost by rounding."""
    model, random = OnnxModel(whole), np.random.default_rng(3)
    histories = random.integers(0, N_ITEMS, (200, 5))
    following = model.logits(histories + 1).argmax(1)
    rows = [
        (f"u{user}", f"item-{item}", 1_000 * place)
        for user, row in enumerate(np.column_stack([histories, following]))
        for place, item in enumerate(row)
    ]
    log = log_of(rows)
    found = Histories(log)
    asked = np.flatnonzero(np.arange(len(found)) + 1 == found.lasts)
    return make_targets(found, asked, asked).translate(np.array([model.index[item] for item in log.item_ids]))


@pytest.fixture(scope="module")
def popular(tmp_path_factory):
    return entries.make_entry(tmp_path_factory.mktemp("popular") / "entry", items=entries.catalogue(N_ITEMS))


@pytest.fixture
def write(popular):
    """Export, by a copy of what was exported before."""

    def copied(folder):
        return Entry.open(shutil.copytree(popular.path, folder))

    return copied


def test_ndcg_before_and_after_are_in_the_card(whole, targets, tmp_path):
    said = shrink(whole, tmp_path / "small", "int8", targets).card["shrunk"]
    assert said["targets"] == 200
    assert said["ndcg@10"]["before"] == 1
    assert 0 <= said["ndcg@10"]["loss"] <= 0.002


def test_a_smaller_model_that_is_worse_is_refused(whole, targets, tmp_path, monkeypatch):
    monkeypatch.setattr(shrunk, "ALLOWED", -2.0)
    with pytest.raises(QualityError, match="int8: NDCG@10"):
        shrink(whole, tmp_path / "small", "int8", targets)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wanted", ["float32", "float16", "int8", "auto"])
def test_what_is_wanted_is_written(targets, tmp_path, wanted, write):
    lines: list[str] = []
    entry = written(write, tmp_path / "out", wanted, targets, lines.append)
    assert entry.card.get("precision", "float32") == {"auto": "float16"}.get(wanted, wanted)
    assert OnnxModel(Entry.open(tmp_path / "out")).entry.version == entry.version
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [line.split(":")[0] for line in lines] == (
        [] if wanted == "float32" else [f"kept in {entry.card['precision']}"]
    )


def test_auto_leaves_alone_what_gets_no_smaller(targets, tmp_path):
    lines: list[str] = []
    entry = written(entries.make_entry, tmp_path / "out", "auto", targets, lines.append)
    assert "precision" not in entry.card
    assert not lines


def test_auto_takes_int8_where_that_saves_more(whole, targets, tmp_path):
    entry = written(
        lambda folder: Entry.open(shutil.copytree(whole.path, folder)),
        tmp_path / "out",
        "auto",
        targets,
        print,
    )
    assert entry.card["precision"] == "int8"


def test_where_quality_would_be_lost_it_stays_in_float32_and_says_so(targets, tmp_path, monkeypatch, write):
    monkeypatch.setattr(shrunk, "ALLOWED", -2.0)
    lines: list[str] = []
    entry = written(write, tmp_path / "out", "auto", targets, lines.append)
    assert "precision" not in entry.card
    assert [line.split(":")[0] for line in lines] == ["not kept in float16"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_leaves_nothing_behind(targets, tmp_path, write):
    def full(folder):
        write(folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(RegistryError, match="No space left"):
        written(full, tmp_path / "out", "int8", targets, print)
    assert not list(tmp_path.iterdir())


def test_a_training_leaves_out_what_nobody_touched_lately(tmp_path):
    rows = [(user, item, time + 50 * 24 * HOUR) for user, item, time in chains()]
    old = [(f"u{number}", "old", START + number) for number in range(5)]
    config = TrainConfig(model="popularity", untouched_days=30, max_length=12, threads=1)
    lines: list[str] = []
    found = train(log_of([*old, *rows]), config, tmp_path / "model", said=lines.append)
    model = OnnxModel(Entry.open(tmp_path / "model"))
    assert "old" in found.catalogue
    assert "old" not in model.catalogue
    assert found.card["pruned"]["untouched"] == 1
    assert "kept in float32, without 1 of 31 items: " in lines[-1]


def test_a_training_in_int8(tmp_path):
    config = TrainConfig(
        model="sasrec",
        precision="int8",
        max_length=12,
        threads=1,
        sasrec=SasrecSettings(size=32, epochs=1, batch_rows=256, warmup_steps=5),
    )
    lines: list[str] = []
    found = train(log_of(chains()), config, tmp_path / "model", said=lines.append)
    said = found.card["shrunk"]
    assert found.card["precision"] == "int8"
    assert said["bytes"]["before"] > 2 * said["bytes"]["after"]
    assert said["ndcg@10"]["loss"] <= 0.002
    assert any(line.startswith("kept in int8: ") for line in lines)
    index = open_index(found.entry)
    assert found.card["index"] == {"kind": "exact", "dimensions": 32}
    assert index.neighbours(np.arange(30), 5)[0].shape == (30, 5)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
