"""What can be wrong with a model entry, or with the registry that keeps it."""

from __future__ import annotations

from pandian.errors import FormatVersionError, PandianError, UsageError


class RegistryError(PandianError):
    """The registry, or a folder that an entry goes to, cannot be read or written."""


class EntryError(PandianError):
    """A folder is no entry that can be trusted: truncated, foreign, changed or incomplete."""


class NewerEntryError(EntryError, FormatVersionError):
    """An entry was written by a newer Pandian than this one."""


class ParityError(EntryError):
    """A model does not give the logits that it was exported with."""


class ExportError(EntryError):
    """A network cannot be written as ONNX as it is."""


class QualityError(ExportError):
    """A smaller graph would answer worse than is let pass."""


class UnknownModelError(UsageError):
    """The registry has no such model or version."""


class BusyError(RegistryError):
    """Somebody else is at what only one may do at a time."""


class LeaseLostError(RegistryError):
    """Somebody else may be at what we began."""


class ShareError(UsageError):
    """A share of users that is none."""


class StrangeModelError(UsageError):
    """A model that knows hardly any of the items that people are at."""


class ChallengerError(UsageError):
    """A model that cannot be tried out beside the champion."""
