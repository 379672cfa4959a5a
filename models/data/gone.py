"""Items that are gone: what ``pandian.items`` says is not available, from the topic or from a file of its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.data.items import items_in_file, items_on_topic
from pandian.settings import Settings
from pandian.topics import ITEMS


def read_gone(settings: Settings, topic: str = ITEMS) -> set[str]:
    """Return the items whose newest record has ``"available": false``, or no value any more.

    Raises:
        SettingError, BrokerError, DataError: as :func:`models.data.items.items_on_topic`.
    """
    return {item for item, gone in items_on_topic(settings, _is_gone, topic).items() if gone}


def gone_in_file(path: Path) -> set[str]:
    """Return the items whose last line has ``"available": false``: values of ``pandian.items``, one as JSON a line.

    Raises:
        DataError: when it cannot be read, or a line is no such value.
    """
    found = items_in_file(path, _is_gone, '{"item_id": "a1", "available": false}')
    return {item for item, gone in found.items() if gone}


def _is_gone(value: dict[str, Any] | None) -> bool:
    return value is None or value.get("available") is False
