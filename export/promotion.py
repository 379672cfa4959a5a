"""Promoting and rolling back, the whole of it: tried here, pointed at, announced."""

from __future__ import annotations

import getpass
from dataclasses import dataclass

from export.registry import Entry, Pointer, Registry
from export.runtime import OnnxModel
from pandian.errors import PandianError
from pandian.settings import Settings


@dataclass(frozen=True, slots=True)
class Promotion:
    """What came of it. The pointer is set, whatever became of the announcement."""

    pointer: Pointer
    announced: bool | None
    """Whether ``pandian.models`` has it; None when no broker is set."""
    trouble: str | None = None
    """What the broker said."""


def promote(registry: Registry, entry: Entry, *, by: str | None, why: str, settings: Settings) -> Promotion:
    """Let an entry of the registry answer after it has reproduced its probes here.

    Args:
        registry: has the entry.
        entry: becomes the champion.
        by: who does this; None: the user of this session.
        why: kept with the pointer.
        settings: the broker to announce it at, if one is set.

    Raises:
        EntryError: when it is not what was added, or (ParityError) does not give its logits here.
        RegistryError: when the pointer cannot be written.
    """
    OnnxModel(entry)
    before = registry.champion()
    pointer = registry.promote(entry.model, entry.version, by=by or current_user(), why=why)
    return _announce(settings, pointer, before)


def rollback(registry: Registry, *, by: str | None, why: str, settings: Settings) -> Promotion:
    """Let the champion before this one answer again.

    Raises:
        UnknownModelError: when there was none before.
        EntryError: when it is not what was added.
        RegistryError: when the pointer cannot be written.
    """
    before = registry.champion()
    return _announce(settings, registry.rollback(by=by or current_user(), why=why), before)


def current_user() -> str:
    """Return who is logged in; a container may know no names."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _announce(settings: Settings, pointer: Pointer, before: Pointer | None) -> Promotion:
    if not settings.bootstrap_servers:
        return Promotion(pointer, None)
    from export.announcement import announce

    try:
        announce(settings, pointer, before)
    except PandianError as error:
        return Promotion(pointer, announced=False, trouble=str(error))
    return Promotion(pointer, announced=True)
