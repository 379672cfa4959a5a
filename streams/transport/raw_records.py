"""The records of one answered fetch as aiokafka's C code parses them, a record batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.errors import CorruptRecordException


class RawRecords:
    """Stands in for aiokafka's ``PartitionRecords`` where all records of a fetch are taken at once.

    aiokafka runs through three layers of Python for each record, and copies it into a ``ConsumerRecord``, which takes
    longer than all of its parsing. Here a whole batch of the log goes from C to a list.

    Reads uncommitted records, as Faust does outside of transactions. Iterate to the end: only then is
    :attr:`next_fetch_offset` where the next fetch must begin.

    Args:
        fetched: what aiokafka made of the answer; not yet iterated.

    Raises:
        CorruptRecordException: (while iterating) a checksum does not fit. Nothing more comes after that.
    """

    def __init__(self, fetched: PartitionRecords) -> None:
        self.next_fetch_offset: int = fetched.next_fetch_offset
        """Offset behind the last batch that was read."""
        self._fetched = fetched
        # aiokafka's own iterator, which nobody runs, holds what holds it: each fetch would stay, with the bytes of its
        # answer, until the collector comes.
        fetched._records_iterator = None
        self._records: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        if self._records is None:
            self._records = chain.from_iterable(self._batches())
        return self._records

    def _batches(self) -> Iterator[list[Any]]:
        log = self._fetched._records
        while log.has_next():
            batch = log.next_batch()
            if self._fetched._check_crcs and not batch.validate_crc():
                raise CorruptRecordException(f"Invalid CRC - {self._fetched._tp}")
            if not batch.is_control_batch:
                records = list(batch)
                # The broker answers with the whole batch that holds the offset that was asked for, or earlier ones.
                if records and records[0].offset < self.next_fetch_offset:
                    records = [record for record in records if record.offset >= self.next_fetch_offset]
                yield records
            # Not behind the last record: compaction may have removed records after it.
            self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)
