"""``pandian tune``, as people run it."""

from __future__ import annotations

import pytest

from tests.support.interactions import chains, write_csv

CONFIG = """
model = "transitions"
threads = 1
[tune]
trials = 3
[tune.space]
transitions.hops = { low = 1, high = 4 }
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "train.toml").write_text(CONFIG, encoding="utf-8")
    return write_csv(tmp_path / "clicks.csv", chains()), tmp_path / "train.toml"


def test_a_search_goes_on_and_its_best_is_what_training_reads(pandian, document, files, tmp_path):
    clicks, config = files
    out = tmp_path / "search"
    first = document(pandian("tune", clicks, "--config", config, "--out", out, "--json"))
    assert (first["model"], first["trials"], first["asked"]) == ("transitions", 3, 3)
    assert first["given"] == {"trial": 1, "ndcg@10": pytest.approx(first["given"]["ndcg@10"])}
    assert set(first["best"]["settings"]) == {"transitions.hops"}
    assert first["best"]["ndcg@10"] >= first["given"]["ndcg@10"] > 0
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    code, told, _ = pandian("tune", clicks, "--config", config, "--out", out, "--trials", "4")
    assert code == 0
    assert "of 4, as given" in told
    assert "transitions.hops = " in told
    more = document(pandian("tune", clicks, "--config", config, "--out", out, "--trials", "4", "--json"))
    assert more["trials"] == 4
    model = tmp_path / "model"
    trained = document(pandian("train", clicks, "--config", more["config"], "--out", model, "--json"))
    assert trained["model"] == "transitions"


def test_what_is_wrong_is_one_line(pandian, complaint, files, tmp_path):
    clicks, config = files
    out = tmp_path / "search"
    assert "name one of" in complaint(pandian("tune", clicks, "--out", out), 2)
    assert "must be one of auto" in complaint(pandian("tune", clicks, "--model", "svd", "--out", out), 2)
    assert "none.csv" in complaint(
        pandian("tune", tmp_path / "none.csv", "--config", config, "--out", out), 2
    )
    done = pandian("tune", clicks, "--config", config, "--out", out, "--max-seconds", "0.000001", "--json")
    assert "no time was left" in complaint(done, 1)
    assert "cannot be written" in complaint(pandian("tune", clicks, "--config", config, "--out", clicks), 2)
