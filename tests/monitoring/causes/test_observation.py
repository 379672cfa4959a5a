"""What is kept of documents: the counts, nothing of masked fields, and never more than a bound."""

from __future__ import annotations

from monitoring.causes import Memory, observe
from monitoring.causes.observation import LEAST, Contained
from tests.monitoring.causes.observations import document


def test_counts_are_kept_and_values_of_masked_fields_are_not() -> None:
    shown = observe(document(), 7).fields["code"]
    assert (shown.count, shown.distinct, shown.top) == (100, 10, {"a": 60})
    hidden = document()
    hidden["fields"][0]["masked"] = True
    assert observe(hidden, 7).fields["code"].top == {}


def test_references_are_kept_at_both_ends() -> None:
    reference = {
        "from": {"asset": "orders", "field": "code"},
        "to": {"asset": "items", "field": "sku"},
        "share": {"estimate": 0.9},
        "used": {"estimate": 0.45},
        "support": {"compared": 100},
    }
    source = observe(document(relations=[reference]), 7).contained
    target = observe(document("items", relations=[reference]), 7).contained
    assert source == {("code", "items", "sku"): Contained(0.9, 100)}
    assert target == {("sku", "orders", "code"): Contained(0.45, 200)}
    assert observe(document(), 7).contained is None


def test_a_memory_is_bounded_and_knows_of_any_age_as_much_for_its_age() -> None:
    memory = Memory(most=32)
    for minute in range(4_000):
        memory.add([document()], minute)
    times = [one.time for one in memory.observations()]
    assert len(times) == 32
    assert times[0] == 0
    assert times[-6:] == [*range(3_994, 4_000)]
    # Between any age and a quarter of it lie enough to tell before from after.
    for age in (16, 100, 500, 2_000, 4_000):
        assert sum(age / 4 <= 3_999 - time <= age for time in times) >= 4, age


def test_assets_that_are_no_more_are_forgotten() -> None:
    memory = Memory()
    memory.add([document("orders"), document("items")], 1)
    copy = memory.copy()
    memory.add([document("items")], 2)
    assert {one.asset for one in memory.observations()} == {"items"}
    assert {one.asset for one in copy.observations()} == {"items", "orders"}


def test_of_many_fields_fewer_observations_are_kept() -> None:
    memory = Memory(fields=100)
    for time_ms in range(40):
        memory.add([document("a"), document("b")], time_ms)
    kept = memory.observations()
    assert {one.asset for one in kept} == {"a", "b"}
    assert len(kept) <= 2 * max(LEAST, 100 // (2 * len(document()["fields"])))
    assert max(one.time for one in kept) == 39
    assert min(one.time for one in kept) < 30
