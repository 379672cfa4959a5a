"""The demo as a person runs it, and the memory of a worker that has counted its data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.base import Row
from benchmarks.machine import memory_mb
from benchmarks.workers import pid_of, worker
from streams.demo.progress import read_line
from streams.demo.shop import TOPICS
from tests.support.brokers import embedded_broker
from tests.support.processes import free_port, wait_until
from tests.support.topics import create_topic
from tests.support.worker import WorkerProcess

_DEMO_S = 420.0
_LOOK_S = 0.05
#: How long the worker of the memory bench runs on after the last record: merging, snapshots, checkpoints.
_SETTLE_S = 3.0


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Runs of the demo; the worst counts."""
    limit: int | None = None
    """Order lines; None: all."""
    rate: float = 40_000.0
    """Records a second that are sent to the worker whose memory is measured."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how fast the demo is, and how much memory its data takes in a worker."""
    sizes = sizes or Sizes()
    runs = [run_demo(sizes.limit) for _ in range(sizes.repeat)]
    first = max(max(one["first_inventory_s"], one["page_s"]) for one in runs)
    yield Row(
        "first_inventory_s",
        first,
        "s",
        f"`pandian demo --json` from process start to the first inventory shown, the worse of what it says and of when"
        f" its page had one; {sizes.repeat} run(s)",
        ("<=", 15),
        {"runs": [{name: one[name] for name in ("first_inventory_s", "page_s")} for one in runs]},
    )
    yield Row(
        "demo_s",
        max(one["wall_s"] for one in runs),
        "s",
        "the same `pandian demo` from process start to its end, set-up excluded",
        ("<=", 150),
        {"runs": [_model_of(one) for one in runs]},
    )
    yield _memory(sizes)


def _model_of(run: dict[str, Any]) -> dict[str, Any]:
    """Return what one run says of its model and of its speed."""
    return {name: run[name] for name in ("wall_s", "records_per_s", "pages", "labels", "labels_due", "model")}


def run_demo(limit: int | None, *more: str) -> dict[str, Any]:
    """Run the demo once; return what it says of itself and what was seen from outside, in seconds.

    Args:
        limit: Order lines; None: all.
        more: Further options.
    """
    port = free_port()
    options = ["--json", "--port", str(port), *(["--limit", str(limit)] if limit else []), *more]
    with tempfile.TemporaryDirectory(prefix="bench-demo-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        began = time.monotonic()
        with _running("streams.cli", "demo", *options, out=out, err=err, datadir=folder) as process:
            page = 0.0

            def ended() -> bool:
                nonlocal page
                if not page and _counted(port):
                    page = time.monotonic() - began
                return process.poll() is not None

            wait_until(ended, _DEMO_S, "the demo's end", _LOOK_S, err)
            wall = time.monotonic() - began
        if process.returncode:
            raise RuntimeError(f"the demo ended with {process.returncode}:\n{err.read_text()}")
        document = json.loads(out.read_bytes())
    told = {name: value for name, value in document.items() if name not in ("inventory", "example")}
    return {**told, "page_s": round(page or wall, 3), "wall_s": round(wall, 3)}


def _memory(sizes: Sizes) -> Row:
    """Send the demo's three topics to a worker with all roles; return its resident memory when all is counted."""
    with embedded_broker() as broker, tempfile.TemporaryDirectory(prefix="bench-replay-") as folder:
        for topic in TOPICS:
            create_topic(broker.address, topic.name, topic.partitions)
        limit = ["--limit", str(sizes.limit)] if sizes.limit else []
        options = ["--broker", broker.address, "--rate", str(sizes.rate), *limit]
        out, err = Path(folder, "out"), Path(folder, "err")
        with worker(broker.address, "bench-memory", ["shop.*"]) as running:
            with _running("streams.demo.replay", *options, out=out, err=err, datadir=folder) as replay:
                wait_until(lambda: replay.poll() is not None, _DEMO_S, "the replay's end", _LOOK_S, err)
            sent = read_line(out.read_bytes().splitlines()[-1]).sent
            running.wait(lambda: _inventoried(running) == sent, f"{sent:,} records in the inventory", 60)
            time.sleep(_SETTLE_S)
            now, peak = memory_mb(pid_of(running))
    return Row(
        "worker_rss_mb",
        now,
        "MB",
        f"VmRSS of a worker process with all roles after the demo's {sent:,} records; {peak:,.0f} MB at its peak",
        ("<=", 500),
        {"peak_mb": round(peak, 1), "records": sent},
    )


def _inventoried(running: WorkerProcess) -> int:
    assets: list[dict[str, Any]] = (running.get("/v1/inventory") or {"assets": []})["assets"]
    return sum(asset["records"] + asset["quarantined"] for asset in assets)


def _counted(port: int) -> bool:
    """Tell whether the page has an inventory with a record in it."""
    url = f"http://127.0.0.1:{port}/v1/inventory"
    with suppress(OSError, ValueError), urllib.request.urlopen(url, timeout=2) as answer:
        return any(asset["records"] for asset in json.load(answer)["assets"])
    return False


@contextmanager
def _running(
    module: str, *arguments: str, out: Path, err: Path, datadir: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of ours for a ``with`` block, with no settings of the shell; Ctrl-C at the end if it still runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PANDIAN_")}
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,  # the replay ends with it
            stdout=stdout,
            stderr=stderr,
            env={**environment, "PANDIAN_DATADIR": f"{datadir}/data"},
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        process.communicate()
