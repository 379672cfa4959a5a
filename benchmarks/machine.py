"""What processes use, and how busy the machine is with anything else meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, all its threads together; 0 when it is gone."""
    with suppress(psutil.NoSuchProcess):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    return 0.0


def memory_mb(pid: int) -> tuple[float, float]:
    """Return the resident memory of a process, now and at its peak, in MB (10^6 bytes); see proc(5)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    kib = {
        name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.split()
    }
    return int(kib["VmRSS"]) * 1024 / 1e6, int(kib["VmHWM"]) * 1024 / 1e6


class Usage:
    """What named processes use from now on.

    Args:
        pids: process ids by the name under which they are told.
    """

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = {**pids, "bench": os.getpid()}
        self._began = time.monotonic()
        self._machine = _machine_seconds()
        self._used = {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    def told(self, records: int) -> dict[str, Any]:
        """Return processor microseconds a record by name, and how many cores anything else kept busy meanwhile."""
        seconds = time.monotonic() - self._began
        used = {name: cpu_seconds(pid) - self._used[name] for name, pid in self._pids.items()}
        others = max(0.0, _machine_seconds() - self._machine - sum(used.values()))
        per_record = {f"{name}_cpu_us": round(spent / records * 1e6, 3) for name, spent in used.items()}
        return {**per_record, "cores_used_by_others": round(others / seconds, 2)}


def _machine_seconds() -> float:
    """Return the processor time that all cores have been busy, also for other guests of the same host."""
    times = psutil.cpu_times()
    return float(
        sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal"))
    )
