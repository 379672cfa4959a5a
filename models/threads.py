"""How torch's threads wait for each other: without taking the processor from others meanwhile."""

from __future__ import annotations

import os

#: Read by OpenMP when torch is loaded. Threads that spin while they wait cost three times the processor's time when
#: others, such as a broker and a worker, want it too; asleep they cost nothing, and a percent or two when alone.
_VARIABLE = "OMP_WAIT_POLICY"


def wait_asleep() -> None:
    """Let threads sleep while they wait, unless the environment says otherwise; torch must not be imported yet."""
    os.environ.setdefault(_VARIABLE, "PASSIVE")
