"""Source partitions are spread over the workers that read them, evenly and the same way every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.transport.assignor import is_source, spread_partitions

TOPICS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "shop.orders", "订单"]), st.integers(0, 12), min_size=1
)


@given(TOPICS, st.integers(1, 5))
def test_every_partition_goes_to_exactly_one_worker_and_loads_differ_by_at_most_one(
    partitions: dict[str, int], workers: int
) -> None:
    members = {f"m{i}": set(partitions) for i in range(workers)}

    spread = spread_partitions(members, lambda topic: set(range(partitions[topic])))

    given_out = [(topic, p) for part in spread.values() for topic, ps in part.items() for p in ps]
    assert sorted(given_out) == sorted((topic, p) for topic, n in partitions.items() for p in range(n))
    loads = [sum(map(len, part.values())) for part in spread.values()]
    assert max(loads) - min(loads) <= 1


def test_topics_of_one_partition_do_not_all_land_on_one_worker() -> None:
    names = {f"t{i}" for i in range(10)}

    spread = spread_partitions({"x": names, "y": names}, lambda _: {0})

    assert {len(part) for part in spread.values()} == {5}


def test_only_subscribers_get_a_topic_and_a_topic_that_is_gone_gives_nothing() -> None:
    spread = spread_partitions({"x": {"a", "b"}, "y": {"b"}}, {"a": {0, 1}, "b": None}.get)

    assert spread == {"x": {"a": [0, 1]}, "y": {}}


def test_own_topics_are_not_sources() -> None:
    assert is_source("shop.orders")
    assert not is_source("pandian.profiles")
    assert not is_source("pandian.shop.inventory")
