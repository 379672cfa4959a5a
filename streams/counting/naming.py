"""Which partition of ``pandian.profiles`` the sets of a topic go to."""

from __future__ import annotations

from zlib import crc32


def profiles_partition(topic: str, count: int) -> int:
    """Return the partition, below ``count``, for everything that is counted of the topic of this name.

    All sets of a topic go to one partition, so that one merging agent sees the topic whole and a start reads one
    partition only. The result is the same in every process, version and language. It changes with ``count``:
    make ``pandian.profiles`` with the number of partitions it is to keep.
    """
    return crc32(topic.encode()) % count
