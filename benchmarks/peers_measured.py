"""Measure one profiler, by the interpreter of its own environment; needs nothing of this project.

    python peers_measured.py (whylogs|dataprofiler) FILE SLOW_ROWS

Prints rows a second of processor time as JSON; where rows are parsed first, that is included.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

_FRAME_ROWS = 50_000


def rate(rows: int, run: Callable[[], object]) -> float:
    """Return rows a second of processor time."""
    began = time.process_time()
    run()
    return rows / (time.process_time() - began)


def parsed(lines: Sequence[bytes]) -> Any:
    """Return the records of JSON lines, parsed together."""
    return import_module("orjson").loads(b"[" + b",".join(lines) + b"]")


def whylogs(lines: Sequence[bytes], slow: int) -> dict[str, float]:
    """Profile frames, and rows one by one."""
    frame, profile = import_module("pandas").DataFrame, import_module("whylogs.core").DatasetProfile

    def batches() -> None:
        one = profile()
        for start in range(0, len(lines), _FRAME_ROWS):
            one.track(frame(parsed(lines[start : start + _FRAME_ROWS])))

    def rows() -> None:
        one = profile()
        for row in parsed(lines[:slow]):
            one.track(row)

    return {"whylogs_batch": rate(len(lines), batches), "whylogs_rows": rate(min(slow, len(lines)), rows)}


def dataprofiler(lines: Sequence[bytes], slow: int) -> dict[str, float]:
    """Profile one frame, all of its rows."""
    frame, profiler = import_module("pandas").DataFrame, import_module("dataprofiler")
    profiler.set_verbosity(40)
    options = profiler.ProfilerOptions()
    options.set({"data_labeler.is_enabled": False, "structured_options.multiprocess.is_enabled": False})
    count = min(slow, len(lines))

    def whole() -> None:
        profiler.Profiler(frame(parsed(lines[:count])), options=options, samples_per_update=count)

    return {"dataprofiler": rate(count, whole)}


if __name__ == "__main__":
    measured = {"whylogs": whylogs, "dataprofiler": dataprofiler}[sys.argv[1]]
    print(json.dumps(measured(Path(sys.argv[2]).read_bytes().split(b"\n"), int(sys.argv[3]))))
