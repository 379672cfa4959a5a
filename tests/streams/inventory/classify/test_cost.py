"""What classification costs: an asset of 30 fields with 256 samples each in the time of a few plain scans."""

from __future__ import annotations

import random
import time

from streams.inventory.classify import RuleClassifier
from tests.streams.inventory.classify.examples import NAMED, evidence


def test_thirty_fields() -> None:
    """About 10 ms on one idle core; the bar here only catches what makes it many times slower."""
    classifier = RuleClassifier()
    order = random.Random(7)
    items = []
    for path, values, _ in order.sample(NAMED, 30):
        texts = [f"{value}{order.randrange(10**6)}" for value in values for _ in range(256 // len(values))]
        items.append(evidence(path, texts))
    classifier.fields(items)
    start = time.perf_counter()
    classifier.fields(items)
    assert time.perf_counter() - start < 0.3
