"""Live sequences without a broker: interactions taken a second, and the memory of a million users."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.base import Row, spread
from benchmarks.machine import memory_mb
from pandian.settings import Settings
from streams.features.base import ACTION_BITS, EVENT
from streams.features.live import LiveState
from tests.support.live import interaction, log, source

_START_MS = 1_700_000_000_000
#: Records that come together, as from one partition of a fetch.
_BATCH = 500


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    interactions: int = 200_000
    items: int = 50_000
    users: int = 1_000_000
    history: int = 20
    """Interactions of each of these users."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the rate and the memory."""
    sizes = sizes or Sizes()
    records = _records(sizes)
    rates = spread([_rate(records) for _ in range(sizes.repeat)])
    yield Row(
        "sequences_per_s",
        rates["median"],
        "interactions/s",
        f"interactions of {sizes.items:,} items as they stand on pandian.interactions, {_BATCH} at a time, parsed,"
        f" known again by their source, taken into sequences and baselines; a second of processor time; median of"
        f" {sizes.repeat}",
        (">=", 50_000),
        rates,
    )
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        megabytes = pool.apply(memory_of, (sizes,))
    yield Row(
        f"sequences_{sizes.users // 1_000_000 or sizes.users}{'m' if sizes.users >= 1_000_000 else ''}_users_mb",
        megabytes,
        "MB",
        f"resident memory that the sequences of {sizes.users:,} users with {sizes.history} interactions each add to a"
        " process",
        ("<=", 1_000),
    )


def _records(sizes: Sizes) -> Sequence[Any]:
    draw = random.Random(1)
    return log(
        interaction(
            f"user-{draw.randrange(sizes.interactions // 10)}",
            f"item-{int(sizes.items * draw.random() ** 3)}",
            _START_MS + 50 * number,
            draw.choice(("view", "view", "cart", "purchase")),
            source=source(number),
        )
        for number in range(sizes.interactions)
    )


def _rate(records: Sequence[Any]) -> float:
    settings = Settings()
    live = LiveState(settings.sequence_length, settings.max_users)
    began = time.process_time()
    for start in range(0, len(records), _BATCH):
        live.take(0, records[start : start + _BATCH])
        live.learn()
    return len(records) / (time.process_time() - began)


def memory_of(sizes: Sizes) -> float:
    """Return by how many MB this process grows when it knows all users; to be called in a new one."""
    settings, draw = Settings(), random.Random(2)
    before, _ = memory_mb(os.getpid())
    live = LiveState(settings.sequence_length, settings.max_users)
    live.sequences.restore(
        (
            f"user-{user}",
            b"".join(
                EVENT.pack(draw.randrange(sizes.items), (_START_MS + 1_000 * number) << ACTION_BITS)
                for number in range(sizes.history)
            ),
        )
        for user in range(sizes.users)
    )
    return memory_mb(os.getpid())[0] - before
