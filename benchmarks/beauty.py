"""Amazon Beauty, leave-one-out, as S3-Rec (Zhou et al., CIKM 2020) has it: ``python -m benchmarks.beauty --seed 0``."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.base import Row, Skipped, spread
from benchmarks.sequences import RESULTS, Protocol, kept, main
from models.data.core import k_core
from models.data.leave_one_out import leave_one_out
from models.data.log import InteractionLog
from models.sasrec.settings import SasrecSettings
from tests.support.data import data_folder

FILE = "amazon-beauty/sequences.txt.gz"
_SOFTMAX = SasrecSettings(
    size=128,
    layers=2,
    heads=2,
    residual="gated",
    feed="swiglu",
    prior_half_life=0,
    dropout=0.5,
    loss="softmax",
    windows="one",
    batch_rows=8_000,
    epochs=25,
    patience=5,
    learning_rate=1e-3,
    schedule="cosine",
    warmup_steps=100,
    beta2=0.98,
    ema=0.99,
)
#: What is reported, and the same but for its loss.
VARIANTS = {"softmax": _SOFTMAX, "bce": _SOFTMAX.model_copy(update={"loss": "bce"})}


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    """Seeds that the figures are the mean of."""
    folder: Path = RESULTS
    """Of the results."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield HR@10 and NDCG@10 from the results that are kept.

    Raises:
        Skipped: when none are.
    """
    sizes = sizes or Sizes()
    found = kept("beauty", "softmax", sizes.folder)[: sizes.repeat]
    if not found:
        raise Skipped("no results are kept; for each seed: python -m benchmarks.beauty --seed 0")
    tested = [result["test"] for result in found]
    how = (
        f"Amazon Beauty, leave-one-out, whole catalogue, seen items out, mean of {len(found)} seed(s) of trainings"
        " that were run before (`python -m benchmarks.beauty`, benchmarks/results/sequences)"
    )
    popularity = found[0]["popularity"]
    for name, metric, known, bar in (
        ("beauty_hr10", "hr@10", "SASRec .0605, S3-Rec .0647", (">=", 0.068)),
        ("beauty_ndcg10", "ndcg@10", "SASRec .0318, S3-Rec .0327", None),
    ):
        values = [test[metric] for test in tested]
        yield Row(
            name,
            float(np.mean(values)),
            metric.upper(),
            f"{how}; {known}; popularity {popularity[metric]:.4f}",
            bar,
            {"seeds": spread(values, 4), "epochs_to_best": [result["epochs_to_best"] for result in found]},
        )


def read(users: int | None = None, core: int = 0) -> Protocol:
    """Read the sequences.

    Args:
        users: the first so many only; None: all.
        core: only users and items that have so many rows among themselves.

    Raises:
        Skipped: when the data is not here.
    """
    folder = data_folder()
    if folder is None or not (folder / FILE).exists():
        raise Skipped(f"no {FILE} in the data folder")
    with gzip.open(folder / FILE, "rt", encoding="ascii") as file:
        sequences = [line.split() for line in file.read().splitlines()[:users]]
    who = [sequence[0] for sequence in sequences for _ in sequence[1:]]
    what = [item for sequence in sequences for item in sequence[1:]]
    when = np.concatenate([np.arange(len(sequence) - 1) for sequence in sequences])
    split = leave_one_out(_core(InteractionLog.of(who, what, when), core))
    return Protocol("beauty", split.train, split.validation, split.test, 50, VARIANTS, seen=False)


def _core(log: InteractionLog, least: int) -> InteractionLog:
    if not least:
        return log
    log = k_core(log, least, least)
    who, what = np.array(log.user_ids)[log.users], np.array(log.item_ids)[log.items]
    return InteractionLog.of(who.tolist(), what.tolist(), log.times)


if __name__ == "__main__":
    sys.exit(main(read))
