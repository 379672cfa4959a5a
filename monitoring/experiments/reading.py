"""Reads ``pandian.feedback`` from a time to where it ends now."""

from __future__ import annotations

from collections.abc import Callable

from pandian.errors import UsageError
from pandian.settings import Settings
from pandian.topics import FEEDBACK
from pandian.whole_topics import partitions, reading, to_the_end


def read_feedback(settings: Settings, since: int, take: Callable[[bytes | None], None]) -> int:
    """Hand over the labels that were written since a time; return how many records there were.

    Args:
        settings: the broker.
        since: epoch milliseconds: records that the broker got before are not read.
        take: gets each record's value.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
        UsageError: when there is no such topic.
    """
    read = 0
    with reading(settings) as consumer:
        found = partitions(consumer, FEEDBACK)
        if not found:
            raise UsageError(
                f"{FEEDBACK}: no such topic",
                "must be there: it has the labels",
                "start a worker with the role serve (pandian worker), and let it recommend",
            )
        for records in to_the_end(consumer, found, settings, since=since):
            read += len(records)
            for record in records:
                if record.timestamp >= since:
                    take(record.value)
    return read
