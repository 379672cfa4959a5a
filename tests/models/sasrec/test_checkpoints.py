"""A training that is killed ends as one that was not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from models.base import Run
from models.config import TrainConfig
from models.exceptions import TrainingError
from models.sasrec.checkpoints import Checkpoint
from models.sasrec.model import SASRec
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import chains, log_of

ROOT = Path(__file__).resolve().parents[3]
#: All that has a memory or is drawn.
SETTINGS = {
    "ema": 0.95,
    "loss": "sampled",
    "negatives": 10,
    "accumulate": 2,
    "schedule": "cosine",
    "windows": "one",
    "checkpoint_seconds": 0,
}


def started(out, **settings):
    command = [sys.executable, "-m", "tests.support.sequential", out, "--settings", json.dumps(settings)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed_after(steps, out, **settings):
    """Let it make so many steps, then kill it; return what it said."""
    with started(out, **settings) as process:
        said = [process.stdout.readline() for _ in range(steps)]
        process.kill()
    assert process.returncode == -9
    assert not out.exists()
    return said


def finished(out, **settings):
    with started(out, **settings) as process:
        steps = len(process.stdout.read().split())
    assert process.returncode == 0
    return torch.load(out), steps


def test_killed_thrice_the_weights_are_those_of_an_unbroken_run(tmp_path):
    whole, steps = finished(tmp_path / "whole", **SETTINGS)
    kept = {**SETTINGS, "checkpoints": str(tmp_path / "kept")}
    for after in (1, steps // 3, 2):
        killed_after(after, tmp_path / "broken", **kept)
    broken, left = finished(tmp_path / "broken", **kept)
    assert 0 < left < steps
    assert broken["epochs"] == whole["epochs"]
    assert broken["state"].keys() == whole["state"].keys()
    for name, value in whole["state"].items():
        assert torch.equal(value, broken["state"][name]), name
    again, none = finished(tmp_path / "again", **kept)
    assert none == 0
    assert all(torch.equal(value, again["state"][name]) for name, value in whole["state"].items())
    assert len(list((tmp_path / "kept").iterdir())) == 1


def model(folder, **changed):
    settings = SasrecSettings(size=16, epochs=2, batch_rows=256, checkpoints=folder, **changed)
    return SASRec(TrainConfig(max_length=12, threads=1, sasrec=settings))


def fit(model, seed=0, said=lambda _: None):
    model.fit(log_of(chains(seed=seed)), Run(model.config, said=said))
    return model


def test_other_data_or_settings_begin_anew_and_what_is_done_is_removed(tmp_path):
    first = fit(model(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1
    fit(model(tmp_path, dropout=0.3))
    fit(model(tmp_path), seed=1)
    assert len(list(tmp_path.iterdir())) == 3
    first._kept[0].path.with_suffix(".part").write_bytes(b"left by a kill")
    first.done()
    assert len(list(tmp_path.iterdir())) == 2


def test_the_folder_and_how_often_are_no_part_of_what_it_depends_on(tmp_path):
    fit(model(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    fit(model(tmp_path / "b", checkpoint_seconds=5))
    assert len(list((tmp_path / "b").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"no checkpoint", None])
def test_a_damaged_checkpoint_is_said(damage, tmp_path):
    fit(model(tmp_path))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-5_000] if damage is None else damage)
    with pytest.raises(TrainingError, match=r"must be a checkpoint, whole; delete it to begin anew"):
        fit(model(tmp_path))


def test_one_of_another_format_is_not_read(tmp_path):
    network = torch.nn.Linear(2, 2)
    kept = Checkpoint(tmp_path, 0, print, network, "a")
    torch.save({"format": 99}, kept.path)
    with pytest.raises(TrainingError, match="must be a checkpoint"):
        kept.load()


def test_a_disk_that_takes_nothing_is_said_once_and_learning_goes_on(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    said = []
    found = fit(model(tmp_path / "file" / "folder", checkpoint_seconds=0), said=said.append)
    assert len(said) == 1
    assert "no checkpoint can be written" in said[0]
    plain = fit(model(None))
    states = [one.network().state_dict() for one in (found, plain)]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_a_full_disk_leaves_the_one_before(tmp_path):
    """Writing to /dev/full fails as a full disk does."""
    kept = Checkpoint(tmp_path, 0, print, torch.nn.Linear(2, 2), "a")
    kept.save({"step": 1})
    beside = kept.path.with_suffix(".part")
    beside.symlink_to("/dev/full")
    said = []
    kept._said = said.append
    kept.save({"step": 2})
    assert "No space left" in said[0]
    assert not beside.is_symlink()
    assert kept.load()["step"] == 1


def test_without_a_folder_nothing_is_kept():
    kept = Checkpoint(None, 0, print, torch.nn.Linear(2, 2))
    kept.save({"step": 1})
    assert kept.load() is None
    assert not kept.due
    kept.forget()
