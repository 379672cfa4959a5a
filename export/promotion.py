"""Promoting, rolling back and trying out, the whole of it: tried here, pointed at, announced."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from export.known import Known, check_known, known_share
from export.registry import Challenger, Entry, ModelRegistry, Pointer, RegistryError, Standing
from export.runtime import OnnxModel
from pandian.errors import BrokerError, PandianError
from pandian.settings import Settings
from pandian.who import current_user


@dataclass(frozen=True, slots=True)
class Promotion:
    """What came of it. The pointer is set, whatever became of the announcement."""

    pointer: Pointer
    announced: bool | None
    """Whether ``pandian.models`` has it; None when no broker is set."""
    trouble: str | None = None
    """What the broker said."""
    known: Known | None = None
    """What it knows of the newest interactions; None: nobody could say."""

    @property
    def warning(self) -> str | None:
        """What somebody should know of the model that answers now; None: nothing."""
        if self.known is None or not self.known.few:
            return None
        return f"{self.known.told(self.pointer.reference)}: the live baselines answer for the others"


@dataclass(frozen=True, slots=True)
class Shadowing:
    """What came of naming a challenger, or of ending it. It is done, whatever became of the announcement."""

    challenger: Challenger
    """Who is tried out, or was."""
    announced: bool | None
    """Whether ``pandian.models`` has it; None when no broker is set."""
    trouble: str | None = None
    """What the broker said."""


def promote(
    registry: ModelRegistry,
    entry: Entry,
    *,
    by: str | None,
    why: str,
    settings: Settings,
    force: bool = False,
) -> Promotion:
    """Let an entry of the registry answer after it has reproduced its probes here, if it knows what people do now.

    Args:
        registry: has the entry.
        entry: becomes the champion; if it was the challenger, it is that no longer.
        by: who does this; None: the user of this session.
        why: kept with the pointer.
        settings: the broker to announce it at, and which has the newest interactions, if one is set.
        force: also if it knows the items of hardly any of them.

    Raises:
        EntryError: when it is not what was added, or (ParityError) does not give its logits here.
        StrangeModelError: when it knows the items of hardly any of the newest interactions.
        RegistryError: when the pointer cannot be written.
    """
    known = _known(OnnxModel(entry), settings)
    if not force:
        check_known(entry.reference, known)
    before = _standing(registry)
    pointer = registry.promote(entry.model, entry.version, by=by or current_user(), why=why)
    return replace(_announced(settings, registry, pointer, before), known=known)


def rollback(registry: ModelRegistry, *, by: str | None, why: str, settings: Settings) -> Promotion:
    """Let the champion before this one answer again.

    Raises:
        UnknownModelError: when there was none before.
        EntryError: when it is not what was added.
        RegistryError: when the pointer cannot be written.
    """
    before = _standing(registry)
    return _announced(settings, registry, registry.rollback(by=by or current_user(), why=why), before)


def shadow(
    registry: ModelRegistry, entry: Entry, *, share: float, by: str | None, why: str, settings: Settings
) -> Shadowing:
    """Let an entry of the registry be tried out beside the champion after it has reproduced its probes here.

    Args:
        registry: has the entry.
        entry: becomes the challenger, instead of the one that is.
        share: of users who get it, from 0 to 1.
        by: who does this; None: the user of this session.
        why: kept with it.
        settings: the broker to announce it at, if one is set.

    Raises:
        ShareError, ChallengerError, UnknownModelError: when it cannot be tried out so.
        EntryError: when it is not what was added, or (ParityError) does not give its logits here.
        RegistryError: when it cannot be written.
    """
    OnnxModel(entry)
    before = _standing(registry)
    named = registry.shadow(entry.model, entry.version, share=share, by=by or current_user(), why=why)
    announced, trouble = _announce(settings, registry, before, named.time, named.by, why)
    return Shadowing(named, announced, trouble)


def end_shadow(registry: ModelRegistry, *, by: str | None, why: str, settings: Settings) -> Shadowing:
    """Let nothing be tried out any more.

    Raises:
        UnknownModelError: when nothing was.
        RegistryError: when it cannot be written.
    """
    by = by or current_user()
    before = _standing(registry)
    ended = registry.end_shadow(by=by, why=why)
    announced, trouble = _announce(settings, registry, before, time.time_ns() // 1_000_000, by, why)
    return Shadowing(ended, announced, trouble)


def _known(model: OnnxModel, settings: Settings) -> Known | None:
    try:
        return known_share(model.index, settings)
    except BrokerError:
        return None  # it is told when the promotion cannot be announced either, and hinders none


def _standing(registry: ModelRegistry) -> Standing:
    champion = registry.champion()
    try:
        return Standing(champion, registry.challenger())
    except RegistryError:
        return Standing(champion, None)  # one that cannot be read keeps nobody from being promoted


def _announced(settings: Settings, registry: ModelRegistry, pointer: Pointer, before: Standing) -> Promotion:
    return Promotion(pointer, *_announce(settings, registry, before, pointer.time, pointer.by, pointer.why))


def _announce(
    settings: Settings, registry: ModelRegistry, before: Standing, when: int, by: str, why: str
) -> tuple[bool | None, str | None]:
    """Return whether it was announced, and what the broker said when it was not."""
    if not settings.bootstrap_servers:
        return None, None
    from export.announcement import announce

    try:
        announce(settings, before, _standing(registry), time=when, by=by, why=why)
    except PandianError as error:
        return False, str(error)
    return True, None
