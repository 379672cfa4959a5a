"""MovieLens-1M by the split of gSASRec (Petrov and Macdonald, RecSys 2023): ``python -m benchmarks.ml1m --seed 0``.

It learns from ``train-input`` alone: a user's sequence less the last two items, less three for the 512 users of the
validation. The last item is the test, of all users, found from all before it. Settings and epochs are chosen by the
last item but one of all users, which nothing is learned from.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.base import Row, Skipped, spread
from benchmarks.sequences import RESULTS, Protocol, kept, main
from models.data.histories import Histories, make_targets
from models.data.log import Codes, InteractionLog
from models.sasrec.settings import SasrecSettings
from tests.support.data import data_folder

FOLDER = "ml-1m"
#: What :mod:`benchmarks.ml1m_epoch` measured.
EPOCH = "ml1m-epoch.json"
_SOFTMAX = SasrecSettings(
    size=128,
    layers=2,
    heads=2,
    residual="gated",
    feed="swiglu",
    prior_half_life=0,
    dropout=0.2,
    loss="softmax",
    windows="one",
    batch_rows=8_000,
    epochs=45,
    patience=10,
    schedule_epochs=45,
    learning_rate=2e-3,
    schedule="cosine",
    warmup_steps=200,
    beta2=0.98,
    ema=0.998,
)
#: What is reported, and the same but for its loss.
VARIANTS = {"softmax": _SOFTMAX, "bce": _SOFTMAX.model_copy(update={"loss": "bce"})}


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    """Seeds that the figure is the mean of."""
    folder: Path = RESULTS
    """Of the results."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield NDCG@10 and the time of an epoch, from the results that are kept.

    Raises:
        Skipped: when none are.
    """
    sizes = sizes or Sizes()
    found = kept("ml1m", "softmax", sizes.folder)[: sizes.repeat]
    plain = kept("ml1m", "bce", sizes.folder)[: sizes.repeat]
    if not found:
        raise Skipped("no results are kept; for each seed: python -m benchmarks.ml1m --seed 0")
    values = [result["test"]["ndcg@10"] for result in found]
    bce = [result["test"]["ndcg@10"] for result in plain]
    yield Row(
        "ml1m_ndcg10",
        float(np.mean(values)),
        "NDCG@10",
        f"MovieLens-1M, gSASRec's split, epoch chosen by the validation, whole catalogue, seen items out, mean of"
        f" {len(found)} seed(s) of trainings that were run before (`python -m benchmarks.ml1m`,"
        f" benchmarks/results/sequences); gSASRec .1726, eSASRec .1772, HSTU-large .1893; the same with binary"
        f" cross-entropy {f'{np.mean(bce):.4f} ({len(bce)} seed(s))' if bce else 'not trained'}; popularity"
        f" {found[0]['popularity']['ndcg@10']:.4f}",
        (">=", 0.180),
        {
            "seeds": spread(values, 4),
            "hr@10": spread([result["test"]["hr@10"] for result in found], 4),
            "bce": spread(bce, 4) if bce else None,
            "standard_error": found[0]["standard_error"],
            "epochs_to_best": [result["epochs_to_best"] for result in found],
        },
    )
    # An epoch is of a processor, whatever the trainings ran on.
    found = [result for result in found if result["settings"]["device"] == "cpu"]
    if found or (sizes.folder / EPOCH).exists():
        yield _epoch_row(found, sizes.folder / EPOCH)


def _epoch_row(found: list[dict[str, Any]], beside: Path) -> Row:
    """Return the time of an epoch: beside RecTools in one run if that was measured, else that of the trainings."""
    if beside.exists():
        measured = json.loads(beside.read_text(encoding="utf-8"))
        epochs, peer = ([one[who] for one in measured["rounds"]] for who in ("pandian", "rectools"))
        threads = measured["threads"]
        what = (
            f"in turns with RecTools' SASRec of the same sizes, {_median(peer, 'seconds'):.0f} s,"
            f" {_median(peer, 'cpu_seconds'):.0f} of the processor (`python -m benchmarks.ml1m_epoch`, before)"
        )
    else:
        epochs = [epoch for result in found for epoch in result["epochs"]]
        threads, what = found[0]["threads"], "of the trainings, validation excluded"
    return Row(
        "epoch_s_ml1m",
        _median(epochs, "seconds"),
        "s",
        f"one epoch of the same {what}; median of {len(epochs)}: {_median(epochs, 'cpu_seconds'):.0f} s of processor"
        f" time, {threads} thread(s), load {_median(epochs, 'load'):.1f}",
        ("<=", 40),
        {name: spread([float(epoch[name]) for epoch in epochs], 1) for name in ("seconds", "cpu_seconds")},
    )


def _median(epochs: list[dict[str, float]], name: str) -> float:
    return float(np.median([epoch[name] for epoch in epochs]))


def read(users: int | None = None) -> Protocol:
    """Read the split.

    Args:
        users: the first so many only; None: all.

    Raises:
        Skipped: when the data is not here.
    """
    folder = data_folder()
    if folder is None or not (folder / FOLDER).is_dir():
        raise Skipped(f"no {FOLDER} in the data folder")
    lines = _lines(folder / FOLDER / "ml-1m-user-item.txt.gz")
    table = np.array([line.split() for line in lines], np.int64)
    if users is not None:
        table = table[table[:, 0] <= users]
    last = np.array([int(line) for line in _lines(folder / FOLDER / "test-output.txt.gz")])
    learned = [len(line.split()) for line in _lines(folder / FOLDER / "train-input.txt.gz")]
    return protocol(table, np.array(learned), last)


def protocol(table: Codes, learned: Codes, last: Codes) -> Protocol:
    """Make the protocol of user and item, from 1, in the order of each user's time.

    Args:
        table: [rows, 2], users one after the other.
        learned: rows that are learned from, by user.
        last: item of the test, by user.
    """
    counts = np.unique(table[:, 0], return_counts=True)[1]
    places = np.arange(len(table)) - np.repeat(np.cumsum(counts) - counts, counts)
    log = InteractionLog.of(list(map(str, table[:, 0])), list(map(str, table[:, 1])), places)
    histories = Histories(log)
    numbers = np.arange(len(histories))
    test, validation = (np.flatnonzero(histories.lasts - numbers == left) for left in (1, 2))
    names = [int(log.user_ids[user]) for user in histories.users[test]]
    if [int(log.item_ids[item]) for item in histories.items[test]] != last[np.array(names) - 1].tolist():
        raise ValueError("test-output does not hold the last items of ml-1m-user-item")
    limits = np.array([learned[int(user) - 1] for user in log.user_ids])
    return Protocol(
        "ml1m",
        log.where(log.times < limits[log.users]),
        make_targets(histories, validation, validation),
        make_targets(histories, test, test),
        200,
        VARIANTS,
        seen=False,
    )


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="ascii") as file:
        return file.read().splitlines()


if __name__ == "__main__":
    sys.exit(main(read))
