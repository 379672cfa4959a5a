"""What detectors refuse."""

from __future__ import annotations

from pandian.errors import PandianError


class LabelsError(PandianError):
    """Labels that are not what they have to be: nothing of the batch was counted."""


class DetectorStateError(PandianError):
    """A state that another detector, or one with other settings, has written."""
