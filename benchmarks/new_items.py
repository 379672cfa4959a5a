"""Items that came after the training, placed by their names: ``python -m benchmarks.new_items`` on UCI Online Retail.

A sequential model learns from the first nine tenths of the orders. Of the last tenth, the targets that are items nobody
had ordered before are looked for among all such items, as a worker looks for new ones: by how near their names place
them to the history. The model has truly not seen them, unlike the items that a training holds out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import platform
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from export.text import LONGEST, SentenceEncoder, nearness, unit
from models.base import Run
from models.cold import cold_items
from models.config import TrainConfig
from models.data.files import read_files
from models.data.log import Codes
from models.data.split import split_by_time
from models.sasrec.model import SASRec
from models.sasrec.settings import SasrecSettings
from tests.support.data import data_folder

RESULT = Path(__file__).parent / "results" / "new-items.json"
_FILE = Path("online-retail", "transactions.csv.gz")
_K = 3


def names(path: Path) -> Mapping[str, str]:
    """Return what each item is called most often; names in capitals are names, and others remarks of the staff."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            name = row["Description"].strip()
            if name.isupper():
                found[row["StockCode"]][name] += 1
    return {item: said.most_common(1)[0][0] for item, said in found.items()}


def measure(path: Path, epochs: int, seed: int = 0) -> dict[str, Any]:
    """Train, and look for what came after."""
    log, said = read_files([str(path)]).distinct(), names(path)
    split = split_by_time(log, 0.8, 0.1)
    past, test = split.past, split.test("time")
    config = TrainConfig(seed=seed, sasrec=SasrecSettings(epochs=epochs))
    model = SASRec(config)
    model.fit(past, Run(config))
    vectors = model.vectors()
    known = cold_items(said, vectors, past, test, seed=seed)
    mapping = known.fit(vectors, past)
    if mapping is None:
        raise SystemExit(known.line)
    untouched = np.bincount(past.items, minlength=log.n_items) == 0
    new = np.array([item for item in np.unique(test.items) if untouched[item] and log.item_ids[item] in said])
    placed = mapping(SentenceEncoder().encode([said[log.item_ids[item]] for item in new]))
    wanted = test.take(np.flatnonzero(np.isin(test.items, new)))
    histories = wanted.translate(np.where(untouched, -1, np.arange(log.n_items)))
    rows = np.flatnonzero(histories.lengths > 0)
    ends = histories.ends[rows]
    starts = np.maximum(histories.starts[rows], ends - LONGEST)
    told = [unit(vectors[histories.pool[start:end]]) for start, end in zip(starts, ends, strict=True)]
    targets = np.searchsorted(new, wanted.items[rows])
    scores = np.stack([nearness(placed, history) for history in told])
    near = np.stack([(history @ placed.T).max(axis=0) for history in told]) >= known.card["least"]
    return {
        "card": dict(known.card),
        "new_items": len(new),
        **_found(scores, near, targets),
        "epochs": epochs,
    }


def _found(scores: np.ndarray[Any, np.dtype[np.float64]], near: Any, targets: Codes) -> dict[str, Any]:
    """Return how well the targets are found [targets, new items]."""
    rows = np.arange(len(targets))
    places = (scores >= scores[rows, targets][:, None]).sum(axis=1) - 1
    return {
        "targets": len(targets),
        f"hit@{_K}": float((places < _K).mean()),
        f"chance_hit@{_K}": _K / scores.shape[1],
        "mean_place": float(places.mean()),
        "near_enough": float(near[rows, targets].mean()),
        "near_enough_of_all": float(near.mean()),
    }


def main() -> int:
    """Measure, and keep what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--out", type=Path, default=RESULT)
    asked = parser.parse_args()
    folder = data_folder()
    if folder is None:
        raise SystemExit("PANDIAN_TEST_DATA must name the folder with online-retail")
    found = measure(folder / _FILE, asked.epochs)
    found["machine"] = f"{platform.machine()}, numpy {np.__version__}"
    asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
