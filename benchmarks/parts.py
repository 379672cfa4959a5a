"""What decoding and profiling a value costs when records get more varied, wider, or of more assets.

Each ratio is of processor time a value, of two loads that take turns within one process: pairs made one right after the
other meet the same machine. Decoding, classification, masking and counting are those of a worker; there is no broker.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import orjson

from benchmarks.base import Row, spread
from benchmarks.load import Record, order_records, order_values
from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy

#: A batch for one of the assets, by its number.
Load = Sequence[tuple[int, list[bytes]]]

_MAX_FIELDS = int(Settings.model_fields["max_fields"].default)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 7
    """Pairs of each kind."""
    records: int = 40_000
    """Records of optional fields and of a fixed shape."""
    wide_records: int = 20_000
    """Records of 8 fields and of 64."""
    batch_bytes: int = 1 << 20
    """A batch of a full topic: what one fetch brings from one partition at most."""
    assets: int = 100
    asset_batch: int = 300
    """Records in a batch of one of many topics: a hundredth of what 120,000 records a second bring in the quarter of a
    second that a fetch waits at most."""
    asset_batches: int = 10
    """Batches of each asset that are measured, after as many that are not."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield what optional fields, wide records and many assets cost."""
    sizes = sizes or Sizes()
    yield _optional(sizes)
    yield _wide(sizes)
    yield _assets(sizes)


class Profiling:
    """Decodes batches and counts them, as the profile stage does."""

    def __init__(self, assets: int = 1) -> None:
        policy: ProfilePolicy = default_policy(_MAX_FIELDS)
        self._decoder = BatchDecoder(max_fields=_MAX_FIELDS)
        self._profiles = [PartitionProfile(f"topic-{number}", policy) for number in range(assets)]

    def __call__(self, load: Load) -> None:
        """Count a load."""
        for asset, values in load:
            profile = self._profiles[asset]
            decoded = self._decoder.decode(values, None, profile.kinds)
            now = time.time_ns() // 1_000_000
            sizes = np.fromiter(map(len, values), np.int64, len(values))
            times = np.full(len(values), now, dtype=np.int64)
            first = profile.records
            offsets = np.arange(first, first + len(values), dtype=np.int64)
            profile.add(decoded, BatchMeta(int(sizes.sum()), now, times, offsets, sizes))


@dataclass(frozen=True)
class Side:
    """One of the two loads that are compared."""

    make: Callable[[], Callable[[Load], None]]
    """Return what counts it, as it is before the measured load."""
    load: Load
    values: int
    """Values in the load, nulls included."""

    def ns_per_value(self) -> float:
        """Return the processor time of one value, ns."""
        count = self.make()
        gc.collect()
        began = time.process_time()
        count(self.load)
        return (time.process_time() - began) / self.values * 1e9


def compared(one: Side, other: Side, repeat: int) -> tuple[float, dict[str, object]]:
    """Return the median of ``other``'s cost over ``one``'s, pair by pair, and the figures behind it."""
    costs = []
    for turn in range(repeat):
        sides = (one, other) if turn % 2 else (other, one)
        pair = [side.ns_per_value() for side in sides]
        costs.append(pair if turn % 2 else pair[::-1])
    ratios = [after / before for before, after in costs]
    before, after = ([pair[place] for pair in costs] for place in (0, 1))
    return statistics.median(ratios), {
        "pairs": spread(ratios),
        "ns_per_value_before": spread(before, 1),
        "ns_per_value_after": spread(after, 1),
    }


def _optional(sizes: Sizes) -> Row:
    chance = random.Random(1)
    wide = list(side_by_side(sizes.records, 3))
    names = list(wide[0])[:20]
    fixed = [{name: record[name] for name in names[:10]} for record in wide]
    optional = [{name: record[name] for name in names if chance.random() < 0.5} for record in wide]
    growth, detail = compared(_side(fixed, sizes), _side(optional, sizes), sizes.repeat)
    how = (
        f"values a second of processor time: 20 fields, each in half of {sizes.records:,} records,"
        f" against 10 fields in all; decode and profile; median of {sizes.repeat} pairs"
    )
    return Row("optional_fields_ratio", 1 / growth, "x", how, (">=", 0.5), detail)


def _wide(sizes: Sizes) -> Row:
    narrow = list(side_by_side(sizes.wide_records, 1))
    wide = list(side_by_side(sizes.wide_records, 8))
    growth, detail = compared(_side(narrow, sizes), _side(wide, sizes), sizes.repeat)
    how = (
        f"processor time a value: {sizes.wide_records:,} records of 64 fields against as many of 8, both in batches"
        f" of {sizes.batch_bytes >> 20} MB; decode and profile; median of {sizes.repeat} pairs"
    )
    return Row("cost_per_field_64_vs_8", growth, "x", how, ("<=", 1.2), detail)


def _assets(sizes: Sizes) -> Row:
    each = sizes.asset_batch * sizes.asset_batches
    total = sizes.assets * each
    lines = order_values()

    def many(first: int) -> Load:
        """Return what comes for each asset from its ``first`` record on, the assets in turn."""
        places = chain.from_iterable(
            ((asset, asset * 2 * each + first + at) for asset in range(sizes.assets))
            for at in range(0, each, sizes.asset_batch)
        )
        return [(asset, _slice(lines, start, sizes.asset_batch)) for asset, start in places]

    def single(first: int) -> Load:
        return _in_batches([_slice(lines, first, total)], sizes)

    def warm(assets: int, load: Load) -> Callable[[], Callable[[Load], None]]:
        def make() -> Callable[[Load], None]:
            count = Profiling(assets)
            count(load)
            return count

        return make

    values = total * len(order_records()[0])
    one = Side(warm(1, single(0)), single(total), values)
    hundred = Side(warm(sizes.assets, many(0)), many(each), values)
    growth, detail = compared(one, hundred, min(sizes.repeat, 5))
    how = (
        f"processor time a value: {sizes.assets} topics in turn in batches of {sizes.asset_batch} records (what 120,000"
        f" a second bring to each in a quarter of a second), against one topic in batches of"
        f" {sizes.batch_bytes >> 20} MB; {total:,} records, after as many unmeasured; median of"
        f" {min(sizes.repeat, 5)} pairs"
    )
    return Row("cost_per_asset_100_vs_1", growth, "x", how, ("<=", 1.5), detail)


def side_by_side(count: int, width: int) -> Iterator[Record]:
    """Yield records of ``width`` order lines side by side, each from another part of the file."""
    records = order_records()
    for number in range(count):
        parts = (records[(number + part * len(records) // width) % len(records)] for part in range(width))
        yield {
            f"{name} {part}" if part else name: cell
            for part, one in enumerate(parts)
            for name, cell in one.items()
        }


def _side(records: Sequence[Record], sizes: Sizes) -> Side:
    load = _in_batches([[orjson.dumps(record) for record in records]], sizes)
    return Side(Profiling, load, sum(map(len, records)))


def _in_batches(parts: Sequence[Sequence[bytes]], sizes: Sizes) -> Load:
    """Cut records into batches of as many bytes as one fetch brings."""
    values = list(chain.from_iterable(parts))
    size = max(1, sizes.batch_bytes * len(values) // sum(map(len, values)))
    return [(0, values[start : start + size]) for start in range(0, len(values), size)]


def _slice(lines: Sequence[bytes], start: int, count: int) -> list[bytes]:
    """Return ``count`` lines from a place on, beginning again when they end."""
    return [lines[place % len(lines)] for place in range(start, start + count)]
