"""Where Kafka's own clients send a key, so that whoever writes a user's records, they are in one partition."""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2


@lru_cache(maxsize=1 << 16)
def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition that Kafka's Java client, and those that follow it, choose for a key."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
