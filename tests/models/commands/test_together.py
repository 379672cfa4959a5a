"""``pandian train`` under torchrun."""

import json
import socket
import subprocess
import sys

import pytest

from export.registry import Entry
from tests.support.interactions import chains, write_csv

CONFIG = """
model = "sasrec"
max_length = 12
threads = 1
[sasrec]
size = 16
epochs = 3
batch_rows = 256
dropout = 0
"""


@pytest.fixture
def torchrun(tmp_path):
    (tmp_path / "train.toml").write_text(CONFIG, encoding="utf-8")
    clicks = write_csv(tmp_path / "clicks.csv", chains())

    def run(count, out, *options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        at = ["--master-addr", "127.0.0.1", "--master-port", port, "--nproc-per-node", str(count)]
        command = ["train", clicks, "--out", out, "--config", tmp_path / "train.toml", "--json", *options]
        program = [
            sys.executable,
            "-m",
            "torch.distributed.run",
            *at,
            "-m",
            "streams.cli",
            *map(str, command),
        ]
        return subprocess.run(program, check=False, capture_output=True, text=True, timeout=240)

    return run


@pytest.mark.slow
def test_two_processes_write_one_model_as_good_as_one_s(torchrun, tmp_path):
    told = []
    for count in (1, 2):
        done = torchrun(count, tmp_path / str(count))
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
        assert Entry.open(tmp_path / str(count)).model == "sasrec"
    one, two = told
    assert two["metrics"]["ndcg@10"] == pytest.approx(one["metrics"]["ndcg@10"], abs=0.02)
    assert two["settings"]["epochs"] == one["settings"]["epochs"]


def test_a_time_cannot_hold_for_several(torchrun, tmp_path):
    done = torchrun(2, tmp_path / "model", "--max-seconds", 9)
    assert done.returncode != 0
    assert "--max-seconds 9: cannot hold for several processes" in done.stderr
    assert not (tmp_path / "model").exists()
