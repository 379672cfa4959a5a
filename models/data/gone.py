"""Items that are gone: what ``pandian.items`` says is not available, from the topic or from a file of its values."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import orjson
from kafka import KafkaConsumer

from models.data.stream import to_the_end
from models.exceptions import DataError
from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings
from pandian.topics import ITEMS


def read_gone(settings: Settings, topic: str = ITEMS) -> set[str]:
    """Return the items whose newest record has ``"available": false``, or no value any more.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
        DataError: when there is no such topic.
    """
    newest: dict[str, bool] = {}
    with broker_errors(settings):
        consumer = KafkaConsumer(
            **client_options(settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
            metrics_enabled=False,
        )
        try:
            for records in to_the_end(consumer, topic, settings):
                for record in records:
                    # What is no item says of none that it is gone.
                    with contextlib.suppress(orjson.JSONDecodeError, TypeError, KeyError):
                        newest.update([_said(record.key, record.value)])
        finally:
            consumer.close(autocommit=False)
    return {item for item, gone in newest.items() if gone}


def gone_in_file(path: Path) -> set[str]:
    """Return the items whose last line has ``"available": false``: values of ``pandian.items``, one as JSON a line.

    Raises:
        DataError: when it cannot be read, or a line is no such value.
    """
    try:
        lines = path.read_bytes().splitlines()
        newest = dict(_said(None, line) for line in lines if line.strip())
    except OSError as error:
        raise DataError(str(path), f"cannot be read ({error.strerror})", "check the path") from error
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise DataError(
            f"{path}: {str(error)[:80]}",
            'must have lines such as {"item_id": "a1", "available": false}',
            "write the values of pandian.items, one a line",
        ) from error
    return {item for item, gone in newest.items() if gone}


def _said(key: bytes | None, value: bytes | None) -> tuple[str, bool]:
    """Return the item that a record is of, and whether it says that it is gone."""
    found: Any = orjson.loads(value) if value else None
    if found is None:
        return (key or b"").decode("utf-8", "replace"), True
    return str(found["item_id"]), found.get("available") is False
