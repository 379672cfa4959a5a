"""Where Kafka's own clients send a key."""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2


@lru_cache(maxsize=1 << 14)
def partition(key: bytes, partitions: int) -> int:
    """Return the partition that Kafka's own clients choose for a key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
