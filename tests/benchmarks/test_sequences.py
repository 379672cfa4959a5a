"""The trainings of papers' protocols on a slice: what is learned from, what is asked, and that it learns."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import beauty, ml1m, ml1m_epoch, sequences
from benchmarks.base import Skipped
from tests.support.data import needs_data

#: Fewer dimensions and larger steps, as a slice has few of them.
FAST = {"size": 32, "batch_rows": 1_000, "warmup_steps": 5, "learning_rate": 4e-3, "ema": 0.9}


def training(protocol, folder, **other):
    first = next(iter(protocol.variants))
    protocol.variants[first] = protocol.variants[first].model_copy(update=FAST)
    return sequences.Training(protocol, first, 0, folder, threads=1, validation_targets=200, **other)


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize(("bench", "users", "epochs"), [(ml1m, 150, 4), (beauty, None, 4)])
def test_a_slice_is_learned_surely_better_than_popularity(bench, users, epochs, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "VARIANTS", dict(bench.VARIANTS))
    said = []
    protocol = ml1m.read(users) if bench is ml1m else beauty.read(core=10)
    result = training(protocol, tmp_path, epochs=epochs).run(said.append)
    assert result["over_popularity"]["low"] > 0
    assert 0 < result["targets"] <= (users or 2_000)
    assert len(result["epochs"]) == len(said) == epochs
    assert not list((tmp_path / "checkpoints").iterdir())
    rows = list(bench.run(bench.Sizes(folder=tmp_path)))
    first = result["test"]["ndcg@10" if bench is ml1m else "hr@10"]
    assert rows[0].value == pytest.approx(first)
    assert "were run before" in rows[0].against


@needs_data
def test_nothing_of_the_test_is_learned_from_or_in_its_history():
    protocol = ml1m.read(40)
    log = protocol.train
    learned = {user: log.items[log.users == user].tolist() for user in np.unique(log.users)}
    for targets, left in ((protocol.validation, 2), (protocol.test, 1)):
        assert len(targets) == 40
        for number, user in enumerate(targets.users.tolist()):
            history = targets.pool[targets.starts[number] : targets.ends[number]].tolist()
            assert history[: len(learned[user])] == learned[user]
            assert targets.items[number] not in history
            assert len(history) - len(learned[user]) in (2 - left, 3 - left)


def test_what_the_files_say_must_fit_together():
    table = np.array([[1, 5], [1, 6], [1, 7], [2, 5], [2, 7], [2, 6]])
    found = ml1m.protocol(table, np.array([1, 1]), np.array([7, 6]))
    assert len(found.train) == 2
    with pytest.raises(ValueError, match="does not hold the last items"):
        ml1m.protocol(table, np.array([1, 1]), np.array([7, 5]))


def test_the_epoch_beside_rectools_is_what_is_told_where_it_was_measured(tmp_path):
    result = {
        "seed": 0,
        "settings": {"device": "cpu"},
        "test": {"ndcg@10": 0.2, "hr@10": 0.3},
        "popularity": {"ndcg@10": 0.01},
        "standard_error": 0.004,
        "epochs_to_best": 1,
        "threads": 2,
        "epochs": [{"seconds": 50, "cpu_seconds": 70, "load": 2}],
    }
    sequences.write(tmp_path / "ml1m-softmax-seed0.json", result)
    assert list(ml1m.run(ml1m.Sizes(folder=tmp_path)))[1].value == 50
    ours, peer = ({"seconds": seconds, "cpu_seconds": 9, "load": 1} for seconds in (30, 90))
    sequences.write(tmp_path / ml1m.EPOCH, {"rounds": [{"pandian": ours, "rectools": peer}], "threads": 2})
    row = list(ml1m.run(ml1m.Sizes(folder=tmp_path)))[1]
    assert row.value == 30
    assert "RecTools' SASRec of the same sizes, 90 s" in row.against


@needs_data
def test_an_epoch_of_ours_is_measured():
    told = ml1m_epoch.ours(ml1m.read(20), 1)
    assert told["cpu_seconds"] > 0


@pytest.mark.parametrize("bench", [ml1m, beauty])
def test_without_results_the_command_is_named(bench, tmp_path):
    with pytest.raises(Skipped, match=rf"python -m benchmarks\.{bench.__name__.split('.')[-1]} --seed 0"):
        list(bench.run(bench.Sizes(folder=tmp_path)))


def test_the_command_says_which_variants_there_are(capsys):
    table = np.array([[1, 5], [1, 6], [1, 7], [2, 5], [2, 7], [2, 6]])
    made = ml1m.protocol(table, np.array([1, 1]), np.array([7, 6]))
    with pytest.raises(SystemExit):
        sequences.main(lambda _: made, ["--variant", "none"])
    assert "must be one of softmax, bce" in capsys.readouterr().err


def test_seeds_are_read_in_order(tmp_path):
    for seed in (10, 2, 0):
        (tmp_path / f"ml1m-bce-seed{seed}.json").write_text(json.dumps({"seed": seed}))
    assert [result["seed"] for result in sequences.kept("ml1m", "bce", tmp_path)] == [0, 2, 10]
