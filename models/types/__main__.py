"""``python -m models.types``: learn from all columns, and write ``pandian/types/types.onnx`` and its card.

The rules whose findings are features belong to the live side; they are named by where they are, as the commands of
``pandian`` are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from models.progress import Reporter
from models.types.folds import Real
from models.types.gazetteers import write as write_gazetteer
from models.types.learn import learn
from pandian.output import say

_FOLDER = Path(__file__).parents[2] / "pandian" / "types"
_DATA = Path(__file__).parents[3] / "shared" / "data"
_FORMS = "streams.inventory.classify.forms"


def main() -> int:
    """Run from the command line; 1 when the data is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m models.types", description="Train the model of semantic types."
    )
    parser.add_argument(
        "--data", type=Path, default=_DATA, help="folder of the real data (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn (default: 0)")
    parser.add_argument("--forms", default=_FORMS, metavar="MODULE", help="what finds forms in values")
    parser.add_argument(
        "--out", type=Path, default=_FOLDER, help="folder for model and card (default: %(default)s)"
    )
    parser.add_argument(
        "--gazetteer", action="store_true", help="collect the names of people and places anew, first"
    )
    options = parser.parse_args()
    if not options.data.is_dir():
        print(
            f"--data {options.data}: no such folder; it holds sotab-v2 and the e-commerce sets",
            file=sys.stderr,
        )
        return 1
    began = time.monotonic()
    if options.gazetteer:
        say(f"{write_gazetteer(_FOLDER / 'gazetteer.npz'):,} hashes of names")
    with Reporter() as progress:
        progress("describing columns", 0.0)
        found = import_module(options.forms)
        real = Real.read(options.data, found.forms, found.form_names(), options.seed)
        everything = real.without(np.array([], dtype=np.int64))
        learned = learn(real.corpus, everything, options.seed, lambda share: progress("learning", share))
    data = learned.file(real.corpus, seed=options.seed)
    (options.out / "types.onnx").write_bytes(data)
    (options.out / "types.json").write_text(json.dumps(card(real, data), indent=1) + "\n", encoding="utf-8")
    seconds = time.monotonic() - began
    say(f"{len(data):,} bytes, {len(learned.types)} types, {seconds:.0f} s: {options.out / 'types.onnx'}")
    return 0


def card(real: Real, data: bytes) -> dict[str, Any]:
    """Return what the model was made of; what it reaches is measured by ``python -m benchmarks.types``."""
    source = Counter(map(str, real.corpus.source))
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "seed": real.seed,
        "columns": dict(sorted(source.items())),
        "columns_by_type": dict(sorted(Counter(map(str, real.corpus.types)).items())),
        "forms": len(real.corpus.forms),
    }


if __name__ == "__main__":
    sys.exit(main())
