"""Runs where ``river`` is installed: says where ADWIN and Page-Hinkley raise an alarm in streams of numbers.

    python alarm_peers_measured.py FOLDER

Each ``.npy`` file of the folder is a stream; printed is one JSON document, file -> detector -> places of its alarms.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from river import drift


def alarms(detector: drift.ADWIN | drift.PageHinkley, values: list[float]) -> list[int]:
    found = []
    for place, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            found.append(place)
    return found


def main() -> None:
    found = {}
    for file in sorted(Path(sys.argv[1]).glob("*.npy")):
        values = np.load(file).astype(float).tolist()
        found[file.stem] = {
            "adwin": alarms(drift.ADWIN(), values),
            "page_hinkley": alarms(drift.PageHinkley(mode="down"), values),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
