"""What can be wrong with the folder that a retraining works in."""

from __future__ import annotations

from pandian.errors import PandianError


class WorkError(PandianError):
    """The folder of a retraining cannot be read or written, is another registry's, or somebody else is at it."""
