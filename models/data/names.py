"""What items are called: by ``pandian.items``, from the topic or from a file of its values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.data.items import items_in_file, items_on_topic
from pandian.settings import Settings
from pandian.topics import ITEMS


def read_names(settings: Settings, topic: str = ITEMS) -> Mapping[str, str]:
    """Return the names by item, where the newest record has one.

    Raises:
        SettingError, BrokerError, DataError: as :func:`models.data.items.items_on_topic`.
    """
    return _named(items_on_topic(settings, _name, topic))


def names_in_file(path: Path) -> Mapping[str, str]:
    """Return the names by item, where its last line has one: values of ``pandian.items``, one as JSON a line.

    Raises:
        DataError: when it cannot be read, or a line is no such value.
    """
    return _named(items_in_file(path, _name, '{"item_id": "a1", "name": "White lamp"}'))


def _name(value: dict[str, Any] | None) -> str | None:
    name = value.get("name") if value else None
    return name if isinstance(name, str) and name.strip() else None


def _named(found: Mapping[str, str | None]) -> Mapping[str, str]:
    return {item: name for item, name in found.items() if name}
