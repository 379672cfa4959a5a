"""What an archive holds, by asset. From the names of its files alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pandian.archive.layout import ArchiveFile


def summary(files: Iterable[ArchiveFile]) -> list[dict[str, Any]]:
    """Return for each asset, by name: ``asset``, ``days``, ``files``, ``rows``, ``bytes``, ``from`` and ``to``.

    ``from`` and ``to`` are its first and last day. Rows that two files hold (see :mod:`pandian.archive.reading`) count
    twice here.
    """
    by_asset: dict[str, list[ArchiveFile]] = {}
    for file in files:
        by_asset.setdefault(file.asset, []).append(file)
    return [_asset(name, by_asset[name]) for name in sorted(by_asset)]


def _asset(name: str, files: list[ArchiveFile]) -> dict[str, Any]:
    days = {file.day for file in files}
    return {
        "asset": name,
        "days": len(days),
        "files": len(files),
        "rows": sum(file.rows for file in files),
        "bytes": sum(file.bytes for file in files),
        "from": min(days).isoformat(),
        "to": max(days).isoformat(),
    }
