"""Errors that end the reading of a file."""

from __future__ import annotations

from pandian.errors import PandianError


class FileError(PandianError):
    """A file cannot be read as what it is said to be."""
