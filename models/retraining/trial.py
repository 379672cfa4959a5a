"""A new model in shadow beside the champion, until people have said which is better, or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from export.comparing import Outcome, Pair, weigh
from export.promotion import end_shadow, shadow
from export.registry import Challenger, Entry, ModelRegistry
from models.retraining.base import Said, ShadowWish
from monitoring.experiments.rule import BETTER, WORSE
from pandian.errors import BrokerError, UsageError
from pandian.settings import Settings

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What people said."""

    better: bool
    why: str


@dataclass(frozen=True)
class Shadowing:
    """Names a challenger, and looks at the labels now and then.

    Args:
        registry: has the champion, and the new model.
        settings: the broker that has the labels, and the rule (``PANDIAN_PROMOTE_*``).
        wish: for how long.
        by: who does this; None: the user of this session.
        said: is told what the labels say, whenever that changes.
        check: is called before each look; raises when we may not go on.
        every: seconds between two looks.
    """

    registry: ModelRegistry
    settings: Settings
    wish: ShadowWish
    by: str | None = None
    said: Said = lambda _: None
    check: Callable[[], None] = lambda: None
    every: float = 5.0

    def begin(self, entry: Entry, why: str) -> str | None:
        """Name the challenger, unless it is; return why it cannot be, None when it is.

        Raises:
            RegistryError, EntryError: as :func:`export.promotion.shadow`.
        """
        other = self.registry.challenger()
        if other is not None and other.reference != entry.reference:
            return f"{other.reference} is being tried out already: end that first (`pandian models shadow --stop`)"
        if other is None:
            named = shadow(self.registry, entry, share=0.0, by=self.by, why=why, settings=self.settings)
            if named.trouble:
                self.said(f"it is in shadow, but that could not be announced: {named.trouble}")
        return None

    def watch(self, entry: Entry, champion: str) -> Trial:
        """Look until something is decided or the time is over.

        Args:
            entry: the challenger.
            champion: who answers, as model and version.

        Raises:
            RegistryError: when the registry cannot be read or written.
        """
        pause, told = Event(), ""
        while True:
            self.check()
            named = self.registry.challenger()
            if named is None or named.reference != entry.reference:
                return self._interfered(entry, named)
            outcome, text = self._look(Pair(champion, str(entry.reference), named.time, named.share))
            found = self._decided(outcome, text, named)
            if found is not None:
                return found
            if text != told:
                told = text
                self.said(text)
            pause.wait(self.every)

    def end(self, entry: Entry, why: str) -> None:
        """Try the model out no longer, if that is still done.

        Raises:
            RegistryError: when the registry cannot be read or written.
        """
        named = self.registry.challenger()
        if named is not None and named.reference == entry.reference:
            end_shadow(self.registry, by=self.by, why=why, settings=self.settings)

    def _interfered(self, entry: Entry, named: Challenger | None) -> Trial:
        now = self.registry.champion()
        if now is not None and now.reference == entry.reference:
            return Trial(better=True, why=now.why)
        other = f"{named.reference} is tried out instead" if named else "it was ended"
        return Trial(better=False, why=f"the trial of {entry.reference} came to no end: {other}")

    def _look(self, pair: Pair) -> tuple[Outcome | None, str]:
        """Return what the labels say; None where there are none to read yet."""
        settings = self.settings
        if self.wish.labels is not None:
            settings = settings.model_copy(update={"promote_labels": self.wish.labels})
        try:
            found = weigh(self.registry, settings, pair)
        except (BrokerError, UsageError) as error:
            return None, str(error)
        return found, found.compared.verdict.text

    def _decided(self, found: Outcome | None, text: str, named: Challenger) -> Trial | None:
        outcome = found.compared.verdict.outcome if found else None
        if outcome in (BETTER, WORSE):
            return Trial(outcome == BETTER, text)
        minutes, labels = self.wish.minutes, self.wish.labels
        paired = found.compared.labels["paired"] if found else 0
        if labels is not None and paired >= labels:
            return Trial(better=False, why=f"{paired:,} labels decided nothing: {text}")
        if minutes is not None and time.time_ns() // 1_000_000 >= named.time + minutes * _MINUTE_MS:
            return Trial(better=False, why=f"{minutes:g} minutes in shadow decided nothing: {text}")
        return None
