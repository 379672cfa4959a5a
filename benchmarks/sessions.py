"""Next clicks of anonymous sessions: ``python -m benchmarks.sessions`` on the sample of Yoochoose.

Every click of a test session but its first is to be found from the clicks before it, among the whole catalogue. What
``pandian train --model auto`` would serve is compared with VMIS-kNN as published (:mod:`benchmarks.vmis`), with all
kinds that it is made of, our own session neighbours among them, and with the baselines. All settings, those of
VMIS-kNN too, and which kind is served, are chosen by the newest part of the training file; nothing is chosen by the
test. What is served is tested as it is served: by onnxruntime, from the graph that is exported.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.base import Row, Skipped
from benchmarks.sequences import RESULTS, write
from benchmarks.vmis import Vmis, places
from models.comparison import Comparison, compare
from models.config import TrainConfig
from models.data.histories import Histories, Targets, make_targets
from models.data.log import Codes, InteractionLog
from models.data.split import split_by_time, targets_between
from models.evaluation import Floats, Ranks, metrics, rank
from models.threads import wait_asleep
from tests.support.data import data_folder

if TYPE_CHECKING:
    from models.base import Recommender
    from models.choosing import Candidate

FOLDER = "yoochoose-sample"
RESULT = "sessions.json"
NEIGHBOURS = "vmis-knn"
#: Of VMIS-kNN: sessions of an item, and neighbours, that are tried.
_M, _NEIGHBOURS = (100, 250, 500, 1_000, 2_500, 5_000), (50, 100, 250, 500, 1_000)
_K = 20


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Not used: the figures are of a training that was run before."""
    folder: Path = RESULTS
    """Of the results."""


@dataclass(frozen=True)
class Data:
    """Sessions that are learned from, and clicks that are to be found."""

    train: InteractionLog
    test: Targets


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield HR@20 and MRR@20 over those of session neighbours, from the results that are kept.

    Raises:
        Skipped: when none are.
    """
    path = (sizes or Sizes()).folder / RESULT
    if not path.exists():
        raise Skipped("no results are kept: python -m benchmarks.sessions")
    result = json.loads(path.read_text(encoding="utf-8"))
    served, alone = result["served"], result["test"][NEIGHBOURS]
    for name, metric in (("sessions_hr20", "hr@20"), ("sessions_mrr20", "mrr@20")):
        gain = result["over"][NEIGHBOURS][metric]
        others = ", ".join(f"{kind} {found[metric]:.4f}" for kind, found in result["test"].items())
        yield Row(
            name,
            result["test"][served][metric] / alone[metric],
            "x",
            f"Yoochoose sample, {result['targets']:,} next clicks, whole catalogue; what auto serves, {served}, over"
            f" VMIS-kNN as published; difference {gain['difference']:.4f} ({gain['low']:.4f} to {gain['high']:.4f},"
            f" sessions resampled); {others}; a training that was run before (`python -m benchmarks.sessions`)",
            (">=", 1.05),
            {kind: round(found[metric], 4) for kind, found in result["test"].items()},
        )


def read(sessions: int | None = None) -> Data:
    """Read the sample.

    Args:
        sessions: the first so many of each file only; None: all.

    Raises:
        Skipped: when the data is not here.
    """
    folder = data_folder()
    if folder is None or not (folder / FOLDER).is_dir():
        raise Skipped(f"no {FOLDER} in the data folder")
    train, test = (_log(folder / FOLDER / f"{name}.tsv.gz", sessions) for name in ("train", "test"))
    return Data(train, _targets(train, test))


def _log(path: Path, sessions: int | None) -> InteractionLog:
    with gzip.open(path, "rt", encoding="ascii") as file:
        rows = [
            (row["SessionId"], row["ItemId"], row["Time"]) for row in csv.DictReader(file, delimiter="\t")
        ]
    if sessions is not None:
        kept = set(list(dict.fromkeys(who for who, _, _ in rows))[:sessions])
        rows = [row for row in rows if row[0] in kept]
    # The files are not in the order of time; a log is.
    who, what, when = zip(*rows, strict=True)
    return InteractionLog.of(
        who, what, np.round(np.array(when, np.float64) * 1000).astype(np.int64)
    ).distinct()


def _targets(train: InteractionLog, test: InteractionLog) -> Targets:
    """Return all clicks of the test but the first of a session, in columns of the training's catalogue."""
    histories = Histories(test)
    rows = np.flatnonzero(np.arange(len(histories)) > histories.firsts)
    known = {item: column for column, item in enumerate(train.item_ids)}
    columns = np.array([known.get(item, -1) for item in test.item_ids], np.int64)
    return make_targets(histories, rows, rows).translate(columns)


def measure(data: Data, config: TrainConfig, said: Callable[[str], None] = print) -> dict[str, Any]:
    """Learn and choose as ``pandian train`` does, learn on from all of the training file, and test every kind."""
    wait_asleep()
    import torch

    from models.base import Run
    from models.budget import Budget
    from models.choosing import Ranker, choose, fit_candidates

    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    began = time.monotonic()
    split = split_by_time(data.train, 1 - config.validation_share, config.validation_share / 2)
    budget, ranker = Budget(config, began, data.train.n_items), Ranker(data.train.n_items, config.max_length)
    targets = targets_between(data.train, split.validation_from, "rows")
    candidates = fit_candidates(
        data.train.before(split.validation_from),
        targets,
        config,
        budget,
        ranker,
        said=said,
        progress=lambda *_: None,
    )
    chosen = choose(candidates, config)
    few = targets.sample(config.validation_targets, config.seed)
    before = data.train.before(split.validation_from)
    neighbours = max(
        ((m, k) for m in _M for k in _NEIGHBOURS), key=lambda one: _both(places(Vmis(before, *one), few))
    )
    found: dict[str, Ranks] = {}
    learned: list[Recommender] = []
    # The last ones are made of others, which learn on with them.
    for kind, candidate in reversed(candidates.items()):
        model = candidate.model
        if not all(one in learned for one in model.parts() or (model,)):
            model.refit(data.train, Run(config, None, said=said))
            learned += [model, *model.parts()]
        found[kind] = ranker.rank(model.network(), data.test)
        said(_line(kind, found[kind].of(candidate.seen)))
    peer = places(Vmis(data.train, *neighbours), data.test)
    said(_line(f"{NEIGHBOURS} {neighbours}", peer))
    served = _served(chosen, data, config)
    said(_line(f"served: {chosen.model.kind} by onnxruntime", served.of(chosen.seen)))
    found[chosen.model.kind] = served
    return _result(data, config, candidates, chosen, found, peer) | {
        "neighbours": dict(zip(("m", "k"), neighbours, strict=True)),
        "seconds": round(time.monotonic() - began),
        "threads": torch.get_num_threads(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}",
    }


def _served(chosen: Candidate, data: Data, config: TrainConfig) -> Ranks:
    """Return the places that the exported graph gives."""
    from export.onnx import to_onnx
    from export.runtime import open_session

    graph = to_onnx(chosen.model.network(), data.train.n_items, config.max_length)
    session = open_session(graph)
    return rank(
        lambda items: session.run(["logits"], {"items": items})[0],
        data.test,
        data.train.n_items,
        config.max_length,
    )


def _line(name: str, found: Codes) -> str:
    told = metrics(found, (_K,))
    return f"{name}: HR@{_K} {told[f'hr@{_K}']:.4f}, MRR@{_K} {told[f'mrr@{_K}']:.4f}"


def _result(
    data: Data,
    config: TrainConfig,
    candidates: dict[str, Candidate],
    chosen: Candidate,
    found: dict[str, Ranks],
    peer: Codes,
) -> dict[str, Any]:
    served = chosen.model.kind
    own = {kind: ranks.of(candidates[kind].seen) for kind, ranks in found.items()} | {NEIGHBOURS: peer}
    over = {
        kind: {
            metric: _told(compare(gain(places), gain(own[served]), data.test.users, seed=config.seed))
            for metric, gain in (("hr@20", _hit), ("mrr@20", _reciprocal))
        }
        for kind, places in own.items()
        if kind != served
    }
    return {
        "served": served,
        "seen": chosen.seen,
        "settings": chosen.model.settings(),
        "config": json.loads(config.model_dump_json()),
        "targets": len(data.test),
        "validation": {kind: one.metrics for kind, one in candidates.items()},
        "test": {kind: metrics(one, (10, _K)) for kind, one in own.items()},
        "over": over,
    }


def _told(tested: Comparison) -> dict[str, float]:
    return {"difference": tested.difference, "low": tested.low, "high": tested.high}


def _hit(found: Codes) -> Floats:
    return (found < _K).astype(np.float64)


def _reciprocal(found: Codes) -> Floats:
    return np.where(found < _K, 1 / (np.minimum(found, _K) + 1.0), 0.0)


def _both(found: Codes) -> float:
    return float(_hit(found).mean() + _reciprocal(found).mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-seconds", type=float, help="default: as long as it gets better")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--sessions", type=int, help="the first so many of each file only")
    parser.add_argument("--folder", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    data = read(asked.sessions)
    config = TrainConfig(
        order="rows", seed=asked.seed, max_seconds=asked.max_seconds, threads=asked.threads, k=(10, _K)
    )
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (asked.folder / RESULT).with_suffix(".log").open("w", encoding="utf-8") as log:

        def said(line: str) -> None:
            print(line, flush=True)
            print(line, file=log, flush=True)

        result = measure(data, config, said)
        said(json.dumps({"served": result["served"], "over": result["over"][NEIGHBOURS]}))
    write(asked.folder / RESULT, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
