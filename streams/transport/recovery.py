"""Tells Faust's recovery of tables where the changelogs really end, and when another assignment is on its way."""

from __future__ import annotations

from collections.abc import Mapping

from aiokafka.errors import IllegalStateError
from faust.types import TP

from streams.transport.batches import BatchConsumer
from streams.transport.reader import LogReader


class RecoveringConsumer(BatchConsumer):
    """The batch consumer, with ends of logs that hold on every broker, and recovery that outlives a rebalance.

    Stock Faust asks the broker for the latest offset. The embedded broker answers with the beginning of its last
    batch: recovery would leave out what that batch holds, or end the worker, because a local store that has it
    looks newer than its changelog.
    """

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Return the offset behind the last record of each partition."""
        async with LogReader(self.app.settings) as reader:
            ends = await reader.ends((tp.topic, tp.partition) for tp in partitions)
        return {tp: ends[tp.topic, tp.partition] for tp in partitions}

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Go to these offsets.

        Raises:
            IllegalStateError: when they are not ours any more. Recovery begins again with the next assignment then.
        """
        try:
            await super().seek_wait(partitions)
        except AssertionError as error:
            # Between a change of the topics that are read and the assignment that follows, aiokafka has none at all.
            # It asserts that it has one, where for a single partition that went it raises what recovery knows.
            raise IllegalStateError("no partitions are assigned just now") from error
