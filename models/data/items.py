"""What ``pandian.items`` says last of each item: from the topic, or from a file of its values."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import orjson

from models.data.stream import partitions_of
from models.exceptions import DataError
from pandian.settings import Settings
from pandian.topics import ITEMS
from pandian.whole_topics import reading, to_the_end

T = TypeVar("T")
#: What is of interest in a value; of None, what it means that there is none any more.
Wanted = Callable[[dict[str, Any] | None], T]


def items_on_topic(settings: Settings, wanted: Wanted[T], topic: str = ITEMS) -> dict[str, T]:
    """Return what the newest record of each item says; what is no item is passed over.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
        DataError: when there is no such topic.
    """
    newest: dict[str, T] = {}
    with reading(settings) as consumer:
        for records in to_the_end(consumer, partitions_of(consumer, topic), settings):
            for record in records:
                with contextlib.suppress(orjson.JSONDecodeError, TypeError, KeyError):
                    newest.update([_said(record.key, record.value, wanted)])
    return newest


def items_in_file(path: Path, wanted: Wanted[T], example: str) -> dict[str, T]:
    """Return what the last line of each item says: values of ``pandian.items``, one as JSON a line.

    Args:
        path: the file.
        wanted: what is of interest.
        example: of a line, for errors.

    Raises:
        DataError: when it cannot be read, or a line is no such value.
    """
    try:
        lines = path.read_bytes().splitlines()
        return dict(_said(None, line, wanted) for line in lines if line.strip())
    except OSError as error:
        raise DataError(str(path), f"cannot be read ({error.strerror})", "check the path") from error
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise DataError(
            f"{path}: {str(error)[:80]}",
            f"must have lines such as {example}",
            "write the values of pandian.items, one a line",
        ) from error


def _said(key: bytes | None, value: bytes | None, wanted: Wanted[T]) -> tuple[str, T]:
    """Return the item that a record is of, and what of it is wanted."""
    found: Any = orjson.loads(value) if value else None
    if found is None:
        return (key or b"").decode("utf-8", "replace"), wanted(None)
    return str(found["item_id"]), wanted(found)
