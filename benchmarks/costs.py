"""What each part of the inventory costs: order lines counted with one part more than the fields alone, and with all.

Processor time of decoding and counting in one process, in pairs made one right after the other, so that both meet the
same machine. The batches are those of a worker: repeats are looked for in all that one fetch brings, the rest is done
in pieces of about 190 KB.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.base import spread
from benchmarks.load import repeated
from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.inventory.duplicates import Window, content_hashes
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy

#: The part that counts what a window of contents, which the stage keeps, has found.
CONTENTS = "contents"
_MAX_FIELDS = int(Settings.model_fields["max_fields"].default)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    """Pairs of each part."""
    records: int = 320_705
    """Order lines of a pass: the file, as one partition has it."""
    fetched: int = 4_800
    """Records of a fetch: 1 MB."""
    piece: int = 960
    """Records that are decoded and counted together."""


def costs(sizes: Sizes | None = None) -> dict[str, Any]:
    """Return by part (``all``: all together) by how much it raises the time of decoding and counting fields."""
    sizes = sizes or Sizes()
    whole = default_policy(_MAX_FIELDS)
    values = list(repeated(sizes.records))
    plain = replace(whole, parts={})
    count_all(values, whole, sizes)  # not measured: what is made once by the first pass
    return {name: _cost(values, plain, policy, sizes) for name, policy in _policies(whole)}


def _policies(whole: ProfilePolicy) -> Iterator[tuple[str, ProfilePolicy]]:
    for name, part in whole.parts.items():
        yield name, replace(whole, parts={name: part})
    yield "all", whole


def _cost(
    values: Sequence[bytes], plain: ProfilePolicy, policy: ProfilePolicy, sizes: Sizes
) -> dict[str, Any]:
    ratios, seconds = [], []
    for turn in range(sizes.repeat):
        order = (plain, policy) if turn % 2 else (policy, plain)
        pair = [count_all(values, one, sizes) for one in order]
        before, after = pair if turn % 2 else pair[::-1]
        ratios.append(after / before)
        seconds.append(after)
    per_record = min(seconds) / len(values) * 1e6
    return {"ratio": spread(ratios), "us_per_record": round(per_record, 3)}


def count_all(values: Sequence[bytes], policy: ProfilePolicy, sizes: Sizes) -> float:
    """Decode and count records as the profile stage does; return the processor time, seconds."""
    decoder, profile = BatchDecoder(max_fields=_MAX_FIELDS), PartitionProfile("bench", policy)
    window = Window() if CONTENTS in policy.parts else None
    gc.collect()
    began = time.process_time()
    for first in range(0, len(values), sizes.fetched):
        fetched = values[first : first + sizes.fetched]
        offsets = np.arange(first, first + len(fetched), dtype=np.int64)
        repeats = window.add(content_hashes(fetched), offsets) if window else None
        for start in range(0, len(fetched), sizes.piece):
            end = min(start + sizes.piece, len(fetched))
            piece = fetched[start:end]
            now = time.time_ns() // 1_000_000
            meta = BatchMeta(
                bytes=sum(map(len, piece)),
                now_ms=now,
                timestamps=np.full(len(piece), now, dtype=np.int64),
                offsets=offsets[start:end],
                sizes=np.fromiter(map(len, piece), np.int64, len(piece)),
                repeated=None if repeats is None else repeats[start:end],
            )
            profile.add(decoder.decode(piece, None, profile.kinds), meta)
    return time.process_time() - began


def told(found: Mapping[str, Any]) -> str:
    """Return the costs in words."""
    return ", ".join(
        f"{name} {statistics.median(one['ratio']['each']) - 1:+.1%}" for name, one in found.items()
    )
