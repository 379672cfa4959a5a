import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitoring.inventory import InventoryCollector
from monitoring.labels import MAX_LABEL, label_value
from monitoring.metrics import WorkerMetrics
from monitoring.serving import ServingMetrics


class Owned:
    def __init__(self, documents: Sequence[Mapping[str, Any]]) -> None:
        self.documents = documents
        self.number = 1
        self.asked = 0

    def version(self) -> int:
        return self.number

    def owned(self) -> Sequence[Mapping[str, Any]]:
        self.asked += 1
        return self.documents


def samples(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels; fails on a series that is there twice."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, key
            found[key] = sample.value
    return found


def asset(name: str, fields: list[tuple[str, int, int]], score: float | None = 0.9) -> dict[str, Any]:
    return {
        "asset": name,
        "quality": {"score": score} if score is not None else None,
        "fields": [{"field": field, "count": count, "missing": missing} for field, count, missing in fields],
    }


def test_what_is_counted_is_rendered() -> None:
    metrics = WorkerMetrics()
    metrics.records("shop.orders", "profiled", 5)
    metrics.records("shop.orders", "profiled", 7)
    metrics.records("shop.orders", "quarantined", 1)
    metrics.lag("shop.orders", 0, 40)
    metrics.lag("shop.orders", 0, 30)
    metrics.expired("shop.orders", 1, 9)
    metrics.profile_bytes(2048)
    metrics.reload("topic-remade")
    metrics.checkpoint(0.02)
    text, content_type = metrics.render()
    assert content_type.startswith("text/plain; version=0.0.4")
    found = samples(text)
    assert found[("pandian_records_total", (("outcome", "profiled"), ("topic", "shop.orders")))] == 12
    assert found[("pandian_records_total", (("outcome", "quarantined"), ("topic", "shop.orders")))] == 1
    assert found[("pandian_lag_records", (("partition", "0"), ("topic", "shop.orders")))] == 30
    assert found[("pandian_expired_records_total", (("partition", "1"), ("topic", "shop.orders")))] == 9
    assert found[("pandian_profile_bytes_total", ())] == 2048
    assert found[("pandian_reloads_total", (("reason", "topic-remade"),))] == 1
    assert found[("pandian_checkpoint_seconds_count", ())] == 1
    assert found[("pandian_checkpoint_seconds_bucket", (("le", "0.01"),))] == 0
    assert found[("pandian_checkpoint_seconds_bucket", (("le", "0.025"),))] == 1
    assert not [name for name, _ in found if name.endswith("_created")]


def test_a_partition_that_left_has_no_lag() -> None:
    metrics = WorkerMetrics()
    metrics.forget_partition("never.seen", 3)
    metrics.lag("shop.orders", 0, 4)
    metrics.lag("shop.orders", 1, 4)
    metrics.forget_partition("shop.orders", 0)
    lags = [labels for name, labels in samples(metrics.render()[0]) if name == "pandian_lag_records"]
    assert lags == [(("partition", "1"), ("topic", "shop.orders"))]


def test_two_workers_in_one_process_do_not_share_counts() -> None:
    one, other = WorkerMetrics(), WorkerMetrics()
    one.profile_bytes(5)
    assert samples(other.render()[0])[("pandian_profile_bytes_total", ())] == 0


def test_reasons_stay_bounded() -> None:
    metrics = WorkerMetrics()
    for number in range(100):
        metrics.reload(f"reason {number}")
    metrics.reload("reason 0")
    found = {k: v for k, v in samples(metrics.render()[0]).items() if k[0] == "pandian_reloads_total"}
    assert len(found) == 33
    assert found[("pandian_reloads_total", (("reason", "other"),))] == 68
    assert found[("pandian_reloads_total", (("reason", "reason 0"),))] == 2


def test_a_grade_is_a_number_the_better_the_higher() -> None:
    graded = [{**asset(letter, []), "quality": {"score": None, "grade": letter}} for letter in "ABCDEF"]
    ungraded = {**asset("none", []), "quality": {"score": None, "grade": None}}
    found = samples(WorkerMetrics(Owned([*graded, ungraded])).render()[0])
    grades = {
        labels[0][1]: value for (name, labels), value in found.items() if name == "pandian_quality_grade"
    }
    assert grades == {"A": 5, "B": 4, "C": 3, "D": 2, "E": 1, "F": 0}


def test_owned_assets_become_gauges() -> None:
    owned = Owned([asset("b", [("x", 3, 1), ("never", 0, 0)]), asset("a", [("y", 0, 2)], score=None)])
    found = samples(WorkerMetrics(owned).render()[0])
    assert found[("pandian_assets", ())] == 2
    assert found[("pandian_quality_score", (("asset", "b"),))] == 0.9
    assert ("pandian_quality_score", (("asset", "a"),)) not in found
    assert found[("pandian_field_missing_ratio", (("asset", "b"), ("field", "x")))] == 0.25
    assert found[("pandian_field_missing_ratio", (("asset", "a"), ("field", "y")))] == 1
    assert ("pandian_field_missing_ratio", (("asset", "b"), ("field", "never"))) not in found
    assert found[("pandian_metrics_omitted", (("what", "assets"),))] == 0
    assert found[("pandian_metrics_omitted", (("what", "fields"),))] == 0


def test_an_inventory_is_rendered_once_per_version() -> None:
    owned = Owned([asset("a", [("x", 1, 0)])])
    metrics = WorkerMetrics(owned)
    asked = owned.asked
    for _ in range(3):
        metrics.render()
    assert owned.asked == asked + 1
    owned.documents, owned.number = [asset("a", [("x", 1, 1)])], 2
    found = samples(metrics.render()[0])
    assert found[("pandian_field_missing_ratio", (("asset", "a"), ("field", "x")))] == 0.5


def test_assets_and_fields_beyond_the_bounds_are_counted() -> None:
    owned = Owned([asset(f"a{i}", [(f"f{j}", 1, 1) for j in range(4)]) for i in range(5)])
    registry = CollectorRegistry()
    registry.register(InventoryCollector(owned, max_assets=3, max_fields=6))
    found = samples(generate_latest(registry))
    assert sum(name == "pandian_quality_score" for name, _ in found) == 3
    assert sum(name == "pandian_field_missing_ratio" for name, _ in found) == 6
    assert found[("pandian_assets", ())] == 5
    assert found[("pandian_metrics_omitted", (("what", "assets"),))] == 2
    assert found[("pandian_metrics_omitted", (("what", "fields"),))] == 14


@pytest.mark.parametrize(
    "name", ['quote " back \\ slash', "two\nlines", "<script>alert(1)</script>", "价格", "\ud800 alone", ""]
)
def test_hostile_names_survive_the_text_format(name: str) -> None:
    found = samples(WorkerMetrics(Owned([asset(name, [(name, 1, 1)])])).render()[0])
    assert found[("pandian_quality_score", (("asset", label_value(name)),))] == 0.9


def test_long_names_are_clipped_and_stay_different() -> None:
    long = "字" * 400
    clipped = {label_value(long + end) for end in "ab"}
    assert len(clipped) == 2
    assert {len(name) for name in clipped} == {MAX_LABEL}
    assert all(name.startswith("字" * 200) for name in clipped)
    assert label_value("x" * MAX_LABEL) == "x" * MAX_LABEL


def test_two_hundred_assets_of_thirty_fields_render_in_time() -> None:
    owned = Owned(
        [asset(f"shop.topic.{i}", [(f"some.field.{j}", 1000, j) for j in range(30)]) for i in range(200)]
    )
    metrics = WorkerMetrics(owned)
    seconds = []
    for owned.number in range(2, 7):
        start = time.perf_counter()
        text, _ = metrics.render()
        seconds.append(time.perf_counter() - start)
    start = time.perf_counter()
    metrics.render()
    cached = time.perf_counter() - start
    assert text.count(b"\npandian_field_missing_ratio{") == 6000
    # The aim is 100 ms; the bound leaves room for a busy machine.
    assert min(seconds) < 0.3, seconds
    assert cached < min(seconds) / 5
    print(f"fresh {min(seconds) * 1e3:.1f} ms, cached {cached * 1e3:.2f} ms")


def test_new_items_are_asked_for_at_each_scrape() -> None:
    registry, known = CollectorRegistry(), ["a"]
    ServingMetrics(registry).places(lambda: len(known))
    assert registry.get_sample_value("pandian_new_items") == 1
    known.append("b")
    assert registry.get_sample_value("pandian_new_items") == 2
