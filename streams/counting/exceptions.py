"""Errors of the counting protocol. A newer format is :class:`pandian.errors.FormatVersionError`."""

from __future__ import annotations

from pandian.errors import PandianError


class MalformedRecordError(ValueError):
    """A key or value in ``pandian.profiles`` that no version of Pandian wrote, or that was damaged."""


class ProtocolError(RuntimeError):
    """The caller broke the order of the protocol. The memory is dropped before this is raised."""


class SourceTruncatedError(PandianError):
    """The source partition ends before the records that were counted: the broker has lost records.

    Also seen for a moment when a topic is made again between two questions to the broker, so start again a few
    times before troubling anybody.
    """
