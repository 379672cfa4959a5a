from __future__ import annotations

from streams.counting.naming import profiles_partition


def test_partition_is_the_same_everywhere_for_ever():
    # Changing these would make every worker look for its state in the wrong place.
    names = ("shop.orders", "shop.items", "订单", "")
    assert [profiles_partition(name, 12) for name in names] == [11, 7, 3, 0]


def test_topics_spread_over_the_partitions():
    used = [profiles_partition(f"topic-{number}", 8) for number in range(400)]
    assert min(used.count(partition) for partition in range(8)) > 25
