"""Several processes learn as one does."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from models.sasrec.peers import Peers, joined

ROOT = Path(__file__).resolve().parents[3]


def learned(out, processes, **settings):
    program = [
        "-m",
        "tests.support.sequential",
        str(out),
        "--settings",
        json.dumps({"dropout": 0, **settings}),
    ]
    if processes > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        at = ["--master-addr", "127.0.0.1", "--master-port", port]
        program = ["-m", "torch.distributed.run", *at, "--nproc-per-node", str(processes), *program]
    subprocess.run([sys.executable, *program], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)
    return torch.load(out)


@pytest.mark.parametrize("settings", [{"ema": 0.9}, {"loss": "bce", "accumulate": 2}], ids=str)
def test_two_processes_have_the_loss_curve_of_one(settings, tmp_path):
    one, two = (learned(tmp_path / str(count), count, **settings) for count in (1, 2))
    assert len(one["losses"]) == len(two["losses"]) >= 20
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-3)
    assert two["losses"][0] == pytest.approx(one["losses"][0], rel=1e-6)
    assert two["epochs"] == one["epochs"]
    for name, value in one["state"].items():
        assert torch.allclose(value, two["state"][name], atol=5e-3), name


def test_a_process_alone_has_all_rows():
    with joined() as peers:
        part = torch.arange(6).reshape(3, 2)
        assert torch.equal(peers.own_rows(part), part)
        assert (peers.any(True), peers.any(False), peers.first(0.5), peers.add([], 2.0)) == (
            True,
            False,
            0.5,
            2.0,
        )


def test_rows_are_shared_out():
    peers = [Peers() for _ in range(3)]
    for rank, each in enumerate(peers):
        each.rank, each.count = rank, 3
    part = torch.arange(7)
    assert sorted(torch.cat([each.own_rows(part) for each in peers]).tolist()) == list(range(7))
