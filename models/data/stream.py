"""Interactions from Kafka: what ``pandian.interactions`` holds at this moment, and what the archive has from before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import pyarrow as pa
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from models.data.archive import ArchivedInteractions, InteractionArchive, notices
from models.data.cells import identifiers
from models.data.log import InteractionLog
from models.exceptions import DataError
from pandian.actions import POSITIVE
from pandian.forgetting import Erasures, Names
from pandian.kafka_client import client_options
from pandian.settings import Settings
from pandian.topics import FORGOTTEN, INTERACTIONS
from pandian.whole_topics import partitions, reading, to_the_end

#: Told in words about what was left out, and how many records were read.
Notice = Callable[[str], None]
Progress = Callable[[str, int], None]


def read_topic(
    settings: Settings,
    notice: Notice = lambda _: None,
    progress: Progress = lambda *_: None,
    topic: str = INTERACTIONS,
) -> InteractionLog:
    """Read the positive interactions of a topic, from its beginning to where it ends now.

    With an archive (``PANDIAN_ARCHIVE``), those that Kafka's retention has removed are read from there. A record that
    was sent more than once is taken once: whatever is not beyond the last place seen of its source, in its partition,
    is a repeat (docs/architecture.md).

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
        ArchiveError: when the archive cannot be read.
        DataError: when there is no such topic, or no positive interaction on it.
    """
    rows = _Rows(Erasures(Names.of(settings)))
    archive = InteractionArchive(settings, progress, topic) if settings.archive else None
    with reading(settings) as consumer:
        topic_id = _topic_id(topic, settings)
        rows.erasures.of_topic(topic_id)
        for records in to_the_end(consumer, partitions(consumer, FORGOTTEN), settings):
            rows.forget(records)
        wanted = partitions_of(consumer, topic)
        if archive:
            rows.begin(_archived(archive, consumer, wanted, topic_id))
        for records in to_the_end(consumer, wanted, settings):
            rows.add(records)
            progress(topic, rows.read)
    for text in rows.notices():
        notice(f"{topic}: {text}")
    if not len(rows):
        raise DataError(
            f"{topic}: {rows.read:,} records",
            "must have interactions of a positive action, such as view or purchase",
            "let a worker read topics of orders or behaviour first, or name files",
        )
    return rows.log()


def _archived(
    archive: InteractionArchive, consumer: KafkaConsumer, wanted: list[TopicPartition], topic_id: str
) -> ArchivedInteractions:
    """Return what the topic holds no longer: what is before the first offset of each of its partitions."""
    starts = consumer.beginning_offsets(wanted)
    return archive.before(topic_id, {tp.partition: int(start) for tp, start in starts.items()})


def _topic_id(topic: str, settings: Settings) -> str:
    """Return the id of a topic, 32 hexadecimal digits; empty when there is none."""
    admin = KafkaAdminClient(**client_options(settings))
    try:
        (described,) = admin.describe_topics([topic])
    finally:
        admin.close()
    return "" if described["error_code"] else UUID(str(described["topic_id"])).hex


def partitions_of(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """Return the partitions of a topic that is to be learned from.

    Raises:
        DataError: when there is no such topic.
    """
    found = partitions(consumer, topic)
    if not found:
        raise DataError(
            f"{topic}: no such topic",
            "must be there",
            "start a worker (pandian worker), which makes it of your topics, or name files",
        )
    return found


class _LeftOutError(Exception):
    """Why a record is no interaction to learn from."""


def _object(value: bytes | None) -> dict[str, Any]:
    try:
        found = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        raise _LeftOutError("not JSON") from None
    if not isinstance(found, dict):
        raise _LeftOutError("no objects")
    return found


class _Rows:
    """Columns of what was read, and what was left out."""

    def __init__(self, erasures: Erasures) -> None:
        self.erasures = erasures
        self.users: list[str] = []
        self.items: list[str] = []
        self.times: list[int] = []
        self.read = 0
        self._left_out: Counter[str] = Counter()
        self._seen: dict[tuple[int, str, int], tuple[int, int]] = {}
        self._archived: ArchivedInteractions | None = None

    def __len__(self) -> int:
        return len(self.users) + (len(self._archived.users) if self._archived else 0)

    def forget(self, records: list[Any]) -> None:
        """Take note of who asked to be forgotten, before anything else is taken."""
        for record in records:
            self.erasures.take(record.key, record.value)

    def begin(self, archived: ArchivedInteractions) -> None:
        """Take what was archived; what comes after it, and is in it, is a repeat."""
        self._archived = archived.without(self.erasures)
        self._seen = dict(archived.seen)

    def log(self) -> InteractionLog:
        """Return all of it."""
        users, items = pa.array(self.users, pa.string()), pa.array(self.items, pa.string())
        times, read = np.array(self.times, np.int64), self.read
        if self._archived:
            users = pa.concat_arrays([self._archived.users, users])
            items = pa.concat_arrays([self._archived.items, items])
            times = np.concatenate([self._archived.times, times])
            read += self._archived.read
        return InteractionLog.of(users, items, times, read)

    def add(self, records: list[Any]) -> None:
        self.read += len(records)
        for record in records:
            try:
                user, item, when = self._interaction(record)
            except _LeftOutError as reason:
                self._left_out[str(reason)] += 1
            else:
                self.users.append(user)
                self.items.append(item)
                self.times.append(when)

    def notices(self) -> list[str]:
        if self.erasures.foreign:
            self._left_out["erasures of another PANDIAN_HASH_KEY, which cannot be obeyed"] = (
                self.erasures.foreign
            )
        parts = [f"{count:,} {reason}" for reason, count in self._left_out.items()]
        told = [f"archive: {text}" for text in notices(self._archived)] if self._archived else []
        return told + ([f"left out {', '.join(parts)} of {self.read:,} records"] if parts else [])

    def _interaction(self, record: Any) -> tuple[str, str, int]:
        found = _object(record.value)
        try:
            repeated = self._is_repeat(record.partition, found.get("source"))
        except (TypeError, KeyError, ValueError):
            raise _LeftOutError("with a source that is none") from None
        if repeated:
            raise _LeftOutError("repeated")
        action, when = found.get("action"), found.get("time")
        if not isinstance(action, str) or action not in POSITIVE:
            raise _LeftOutError("of an action that speaks for no item")
        if not isinstance(when, int | float) or isinstance(when, bool) or not math.isfinite(when):
            raise _LeftOutError("without time")
        user, item = identifiers((found.get("user_id"), found.get("item_id")))
        if user is None or item is None:
            raise _LeftOutError("without user or item")
        if self.erasures.reaches(record.partition, record.offset) and self.erasures.covers(
            user, record.partition, record.offset
        ):
            raise _LeftOutError("of people who asked to be forgotten")
        return user, item, round(when)

    def _is_repeat(self, partition: int, source: Any) -> bool:
        if source is None:
            return False
        origin = (partition, str(source["topic_id"]), int(source["partition"]))
        place = (int(source["offset"]), int(source["index"]))
        if place <= self._seen.get(origin, (-1, -1)):
            return True
        self._seen[origin] = place
        return False
