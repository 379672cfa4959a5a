"""What can go wrong with an archive."""

from __future__ import annotations

from pandian.errors import PandianError


class ArchiveError(PandianError):
    """The archive cannot be read or written."""
