"""Whether the true values lie in the intervals that the inventory states, and how wide these are, on real columns.

Records are drawn from real data, dealt to partitions, counted and merged as a worker does it, and figures of the
document are compared with the same figures computed from the values themselves. What is exact has to be equal; an
estimate has to have the true value in its interval. Coverage is that of the estimates alone: exact figures would hide a
miss.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.base import Row, Skipped
from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.masking import ShapeMasker
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from tests.support.data import data_folder

Record = Mapping[str, Any]
_MAX_FIELDS = int(Settings.model_fields["max_fields"].default)
_BATCH = 5_000
_PARTITIONS = 3
#: What counts as a number.
_NUMERAL = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Coverage is measured over all draws at once."""
    draws: int = 7
    """Times that records are drawn from each data set."""
    records: tuple[int, int] = (6_000, 24_000)
    """Records of a draw, from and to."""


@dataclass(frozen=True)
class Check:
    """A figure of the document beside the true one."""

    kind: str
    of: str
    true: float
    low: float
    high: float
    width: float = 0.0
    """Half of the interval: of distinct values by the true number, of quantiles by rank, of top values by records."""

    @property
    def estimated(self) -> bool:
        """Whether it is given as an estimate."""
        return self.low < self.high

    @property
    def holds(self) -> bool:
        """Whether the true value is where it is said to be."""
        return self.low <= self.true <= self.high


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how often intervals hold, and the widest of each kind."""
    sizes = sizes or Sizes()
    folder = data_folder()
    if folder is None:
        raise Skipped("no real data: PANDIAN_TEST_DATA names their folder")
    checks = list(_checks(folder, sizes))
    estimates = [check for check in checks if check.estimated]
    exact = [check for check in checks if not check.estimated]
    wrong = [f"{check.kind} of {check.of}" for check in exact if not check.holds]
    kinds = Counter(check.kind for check in estimates)
    held = Counter(check.kind for check in estimates if check.holds)
    how = (
        f"{len(estimates):,} estimates of real columns ({', '.join(f'{n:,} of {kind}' for kind, n in kinds.items())});"
        f" of {len(exact):,} exact figures beside them {len(wrong)} are wrong"
    )
    detail = {
        "held": {kind: [held[kind], kinds[kind]] for kind in kinds},
        "missed": [f"{check.kind} of {check.of}" for check in estimates if not check.holds],
        "wrong": wrong,
    }
    # A wrong exact figure counts as an interval that misses.
    value = held.total() / (len(estimates) + len(wrong))
    yield Row("bounds_coverage", value, "of intervals", how, (">=", 0.99), detail)
    yield _widest("distinct_width", "distinct", "of the true number", 0.03, estimates)
    yield _widest("quantile_rank_width", "quantile", "of rank", 0.01, estimates)
    yield _widest("top_width", "top", "of records", 0.001, estimates)


def _widest(name: str, kind: str, unit: str, bar: float, checks: Sequence[Check]) -> Row:
    alike = [check for check in checks if check.kind == kind]
    widest = max(alike, key=lambda check: check.width)
    how = f"the widest half-interval of {len(alike):,}: that of {widest.of}"
    return Row(name, widest.width, unit, how, ("<=", bar))


def _checks(folder: Path, sizes: Sizes) -> Iterator[Check]:
    # What else is counted of an asset has no part in these figures.
    policy = replace(default_policy(_MAX_FIELDS), parts={})
    for name, read in SETS.items():
        records = read(folder)
        for draw in range(sizes.draws):
            chance = random.Random(f"{name} {draw}")
            drawn = chance.sample(records, min(chance.randint(*sizes.records), len(records)))
            yield from _of_draw(name, drawn, policy, chance)


def _of_draw(
    name: str, records: Sequence[Record], policy: ProfilePolicy, chance: random.Random
) -> Iterator[Check]:
    profiles = [PartitionProfile(name, policy) for _ in range(_PARTITIONS)]
    decoder = BatchDecoder(max_fields=_MAX_FIELDS)
    for start in range(0, len(records), _BATCH):
        batch = [orjson.dumps(record) for record in records[start : start + _BATCH]]
        chance.choice(profiles).add(decoder.decode(batch), BatchMeta(sum(map(len, batch)), 0))
    document = topic_documents(profiles, name, {}, policy, now_ms=0)[name]
    for field in document["fields"]:
        values = [record.get(field["field"]) for record in records]
        yield from _of_field(f"{name}.{field['field']}", field, values)


def _of_field(name: str, field: Mapping[str, Any], values: Sequence[Any]) -> Iterator[Check]:
    present = [value for value in values if value is not None and value.strip()]
    counts = Counter(present)
    yield _exactly("missing", name, len(values) - len(present), field["missing"])
    distinct = field["distinct"]
    half = (distinct["high"] - distinct["low"]) / 2 / max(len(counts), 1)
    yield Check("distinct", name, len(counts), distinct["low"], distinct["high"], half)
    pii = field["pii"]
    if (pii["low"], pii["high"]) != (0.0, 1.0):  # which says nothing, and so cannot miss
        hits = sum(map(_personal, counts))
        yield Check("pii", name, hits / max(len(counts), 1), pii["low"], pii["high"])
    if field["masked"]:
        return
    for top in field["top"]:
        width = (top["high"] - top["low"]) / 2 / len(values)
        yield Check("top", name, counts[_text(top["value"], counts)], top["low"], top["high"], width)
    if field["quantiles"]:
        yield from _of_numbers(
            name, field, np.sort([float(text) for text in present if _NUMERAL.fullmatch(text)])
        )


def _exactly(kind: str, name: str, true: float, said: float) -> Check:
    return Check(kind, name, true, said, said)


def _text(shown: str, counts: Mapping[str, int]) -> str:
    """Return the value that is shown: a long one is cut."""
    if shown in counts or not shown.endswith("…"):
        return shown
    return next((text for text in counts if text.startswith(shown[:-1])), shown)


def _of_numbers(name: str, field: Mapping[str, Any], numbers: Any) -> Iterator[Check]:
    yield _exactly("min", name, float(numbers[0]), field["min"])
    yield _exactly("max", name, float(numbers[-1]), field["max"])
    yield _exactly("numbers", name, len(numbers), field["numbers"])
    for rank, said in field["quantiles"].items():
        place = max(int(np.ceil(round(float(rank) * len(numbers), 6))), 1) - 1
        below = np.searchsorted(numbers, said["low"], "right")
        width = max(np.searchsorted(numbers, said["high"], "left") - below, 0) / 2 / len(numbers)
        yield Check("quantile", name, float(numbers[place]), said["low"], said["high"], float(width))


_MASKER = ShapeMasker()


def _personal(text: str) -> bool:
    """Tell whether something personal is certain by its form."""
    return _MASKER.found(text) != "none"


def _table(
    path: str, columns: Sequence[str] = (), separator: str = ",", limit: int = 100_000
) -> Callable[[Path], list[Record]]:
    @cache
    def read(folder: Path) -> list[Record]:
        with gzip.open(folder / path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.DictReader(
                file,
                list(columns) or None,
                delimiter=separator,
                quoting=csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE,
            )
            wanted = list(islice(rows, limit))
        return [{name: row[name] for name in islice(row, 12) if name} for row in wanted]

    return read


def _notes(folder: Path) -> list[Record]:
    """Return texts of which some hold something personal: sentences among queries."""
    with gzip.open(folder / "pii-en/spans.json.gz") as file:
        sentences = [one["full_text"] for one in json.load(file)]
    with gzip.open(folder / "ecom-queries-zh/queries.tsv.gz", "rt", encoding="utf-8") as lines:
        queries = [line.rstrip("\n").split("\t")[1] for line in islice(lines, 3_000)]
    return [{"note": text} for text in sentences + queries]


#: Data sets by name.
SETS: Mapping[str, Callable[[Path], list[Record]]] = {
    "orders": _table("online-retail/transactions.csv.gz"),
    "clicks": _table("yoochoose-sample/train.tsv.gz", separator="\t"),
    "ratings": _table("ml-100k/ml-100k.inter.tsv.gz", separator="\t"),
    "impressions": _table("open-bandit/random-all.csv.gz"),
    "clothes": _table("clothing-reviews/reviews.csv.gz"),
    "reviews": _table("reviews-zh/reviews.csv.gz"),
    "queries": _table("ecom-queries-zh/queries.tsv.gz", ("id", "query"), "\t"),
    "views": _table("ml-1m/ml-1m-user-item.txt.gz", ("user", "item"), " "),
    "notes": _notes,
}
