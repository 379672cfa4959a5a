"""Which references between fields are found with no hint: those of the demo's shop and of real data, and false ones.

The truth is written down here, by reading the shop's code and what is said of the data sets. Assets are given together,
as a worker sees them, so that fields of one source can be mistaken for those of another.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.base import Row
from pandian.files import open_records
from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.demo.dataset import order_lines
from streams.demo.shop import Shop, ShopTopic
from streams.inventory.document import field_evidence
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from streams.inventory.relations.base import Reference, Signature
from streams.inventory.relations.finder import find
from streams.inventory.relations.graph import as_text
from streams.inventory.relations.signature import signature_of
from tests.support.data import data_folder

Named = tuple[str, str]
#: Of the shop: an order line names the item that was announced, and the customer where there is one.
SHOP: Mapping[Named, Named] = {
    ("shop.orders", "StockCode"): ("shop.items", "sku"),
    ("shop.orders", "CustomerID"): ("shop.customers", "customer_id"),
}
#: Of real data: files by the asset that each becomes, and what refers to what. MovieLens numbers users and items from 1
#: on without a gap; so does Open Bandit from 0 on, in each campaign anew. Of yoochoose and of the reviews
#: (which number clothes from 0 on) there is no catalogue.
FILES: Mapping[str, str] = {
    "ratings": "ml-100k/ml-100k.inter.tsv.gz",
    "films": "ml-100k/ml-100k.item.tsv.gz",
    "people": "ml-100k/ml-100k.user.tsv.gz",
    "all": "open-bandit/random-all.csv.gz",
    "all-items": "open-bandit/random-all-items.csv.gz",
    "men": "open-bandit/random-men.csv.gz",
    "men-items": "open-bandit/random-men-items.csv.gz",
    "clicks": "yoochoose-sample/train.tsv.gz",
    "later-clicks": "yoochoose-sample/test.tsv.gz",
    "reviews": "clothing-reviews/reviews.csv.gz",
}
REAL: Mapping[Named, Named] = {
    ("ratings", "user_id:token"): ("people", "user_id:token"),
    ("ratings", "item_id:token"): ("films", "item_id:token"),
    ("all", "item_id"): ("all-items", "item_id"),
    ("men", "item_id"): ("men-items", "item_id"),
}
_BATCH = 5_000
_MAX_FIELDS = int(Settings.model_fields["max_fields"].default)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """The outcome is the same each time."""
    lines: int | None = 60_000
    """Order lines of the shop; None: all."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the share of the true references that are found, less those shown that are none."""
    sizes = sizes or Sizes()
    # What else is counted of an asset has no part in its references.
    policy = replace(default_policy(_MAX_FIELDS), parts={})
    signatures = list(shop_signatures(policy, sizes.lines))
    truth = dict(SHOP)
    folder = data_folder()
    if folder is not None:
        signatures += [file_signature(policy, name, folder / path) for name, path in FILES.items()]
        truth |= REAL
    began = time.process_time()
    found = find(signatures)
    took = time.process_time() - began
    yield from _rows(truth, signatures, found, took)


def _rows(
    truth: Mapping[Named, Named], signatures: Sequence[Signature], found: Sequence[Reference], took: float
) -> Iterator[Row]:
    right = [one for one in found if truth.get((*one.source,)) == one.target]
    wrong = [one for one in found if one not in right]
    fields = sum(len(one.fields) for one in signatures)
    how = (
        f"{len(signatures)} assets with {fields} fields that may refer, given together; no hint;"
        f" found in {took * 1000:.0f} ms: {len(right)} of {len(truth)}, and {len(wrong)} false ones"
    )
    detail = {"found": as_text(right), "false": as_text(wrong)}
    # Those that are false count as missed ones do: 1 means all of the true ones and no other.
    share = len(right) / (len(truth) + len(wrong))
    yield Row("relations_found", share, "of the true and the shown", how, (">=", 1.0), detail)


def shop_signatures(policy: ProfilePolicy, lines: int | None) -> Iterator[Signature]:
    """Yield the signatures of the demo's topics after so many order lines."""
    shop = Shop()
    values: dict[ShopTopic, list[bytes]] = defaultdict(list)
    for event in chain.from_iterable(map(shop.events, order_lines(lines))):
        values[event.topic].append(event.value)
    for topic, records in values.items():
        profile, decoder = PartitionProfile(topic.name, policy), BatchDecoder(max_fields=_MAX_FIELDS)
        for start in range(0, len(records), _BATCH):
            batch = records[start : start + _BATCH]
            headers = [list(topic.headers)] * len(batch) if topic.headers else None
            meta = BatchMeta(sum(map(len, batch)), 0, offsets=np.arange(start, start + len(batch)))
            profile.add(decoder.decode(batch, headers, profile.kinds), meta)
        yield signature(policy, topic.name, profile)


def file_signature(policy: ProfilePolicy, name: str, path: Path) -> Signature:
    """Return the signature of a file."""
    profile, decoder = PartitionProfile(name, policy), BatchDecoder(max_fields=_MAX_FIELDS)
    first = 0
    with open_records(str(path)) as file:
        for batch in file.batches():
            places = np.arange(first, first + len(batch.values))
            first += len(places)
            profile.add(
                decoder.decode(batch.values), BatchMeta(sum(map(len, batch.values)), 0, offsets=places)
            )
    return signature(policy, name, profile)


def signature(policy: ProfilePolicy, name: str, profile: PartitionProfile) -> Signature:
    """Return the signature of the only asset of a profile."""
    asset = max(profile.assets.values(), key=lambda one: one.records)
    meanings = policy.classifier.fields(field_evidence(asset))
    return signature_of(name, policy.classifier.kind(name, meanings), asset, meanings)
