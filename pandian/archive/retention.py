"""Days that are too old are removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pandian.archive.layout import ArchiveFile
from pandian.archive.store import ArchiveStore


def expired(files: Iterable[ArchiveFile], days: int, today: date) -> list[tuple[str, date]]:
    """Return which days of which assets are older than so many days, sorted; never an asset's newest day.

    Args:
        files: of the archive.
        days: how many days are kept, today included: 1 keeps today.
        today: the day now, UTC.
    """
    oldest = today - timedelta(days=days - 1)
    by_asset: dict[str, set[date]] = {}
    for file in files:
        by_asset.setdefault(file.asset, set()).add(file.day)
    return sorted(
        (asset, day)
        for asset, found in by_asset.items()
        for day in found - {max(found)}
        if day < oldest
    )  # fmt: skip


def retain(store: ArchiveStore, days: int, today: date) -> list[tuple[str, date]]:
    """Remove the days that :func:`expired` names, and return them.

    Raises:
        ArchiveError: when the archive cannot be read or written.
    """
    gone = expired(store.files(), days, today)
    for asset, day in gone:
        store.remove_day(asset, day)
    return gone
