"""What became of source records, as Prometheus reads it."""

from __future__ import annotations

from collections import Counter

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitoring.extraction import ExtractionMetrics
from monitoring.labels import MAX_LABEL
from pandian.metrics import EXTRACTED

Series = dict[tuple[str, str], float]


def rendered(registry: CollectorRegistry) -> Series:
    """Return the counts by topic and outcome, read back from what ``/metrics`` would serve."""
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        (sample.labels["topic"], sample.labels["outcome"]): sample.value
        for family in families
        for sample in family.samples
        if sample.name == EXTRACTED.name
    }


def test_outcomes_add_up_by_topic() -> None:
    registry = CollectorRegistry()
    metrics = ExtractionMetrics(registry)
    assert rendered(registry) == {}
    metrics.extracted("shop.orders", Counter({"interaction": 3, "no-user": 2}))
    metrics.extracted("shop.orders", Counter({"interaction": 4}))
    metrics.extracted("订单", {"expired": 7})
    assert rendered(registry) == {
        ("shop.orders", "interaction"): 7.0,
        ("shop.orders", "no-user"): 2.0,
        ("订单", "expired"): 7.0,
    }


def test_what_did_not_happen_makes_no_series() -> None:
    registry = CollectorRegistry()
    ExtractionMetrics(registry).extracted("t", {"interaction": 0, "no-item": 1})
    assert rendered(registry) == {("t", "no-item"): 1.0}


def test_a_name_of_any_length_is_a_label() -> None:
    registry = CollectorRegistry()
    metrics = ExtractionMetrics(registry)
    for end in "ab":
        metrics.extracted("t" * MAX_LABEL + end, {"item": 1})
    assert len(rendered(registry)) == 2
    assert all(len(topic) == MAX_LABEL for topic, _ in rendered(registry))
