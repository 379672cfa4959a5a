"""Tells Faust's recovery of tables where the changelogs really end."""

from __future__ import annotations

from collections.abc import Mapping

from faust.types import TP

from streams.transport.batches import BatchConsumer
from streams.transport.reader import LogReader


class RecoveringConsumer(BatchConsumer):
    """The batch consumer, with ends of logs that hold on every broker.

    Stock Faust asks the broker for the latest offset. The embedded broker answers with the beginning of its last
    batch: recovery would leave out what that batch holds, or end the worker, because a local store that has it
    looks newer than its changelog.
    """

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Return the offset behind the last record of each partition."""
        async with LogReader(self.app.settings) as reader:
            ends = await reader.ends((tp.topic, tp.partition) for tp in partitions)
        return {tp: ends[tp.topic, tp.partition] for tp in partitions}
