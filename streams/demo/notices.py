"""Says on the screen what is injected before it is, and that the inventory has noticed it when it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from streams.demo.injected import INJECTIONS, are_noticed
from streams.demo.noticed import in_words, told_of
from streams.demo.people import INVENTED
from streams.demo.progress import Progress

TOO_SHORT = (
    "no schema change and no drift are injected: with so small a --limit the replay is too short for them to be told"
    " from chance"
)


class Notices:
    """What was said of it so far; nothing is said twice.

    Args:
        lines: How many order lines there are to replay.
        say: Shows a line that stays.
    """

    def __init__(self, lines: int, say: Callable[[str], None]) -> None:
        self._say = say
        self._announced: dict[str, float] = {}
        self._noticed: set[str] = set()
        self.injecting = are_noticed(lines)
        """Whether anything is injected: fewer lines are too short for it."""

    def open(self) -> None:
        """Say what is made up."""
        self._say(f"{INVENTED}; they are masked before anything is kept of them")

    def begin(self) -> None:
        """Say before the second act what it does not have."""
        if not self.injecting:
            self._say(TOO_SHORT)

    def look(self, progress: Progress, document: Mapping[str, Any], seconds: float) -> None:
        """Say what is new.

        Args:
            progress: Of the replay; it names what is injected before the first such record is sent.
            document: The inventory of the shop's topics.
            seconds: Since the demo started.
        """
        for one in INJECTIONS:
            if one.name not in progress.injected:
                continue
            if one.name not in self._announced:
                self._announced[one.name] = seconds
                self._say(f"{seconds:5.1f} s  injected by this demo into {one.topic}: {one.words}")
            found = None if one.name in self._noticed else told_of(one, document)
            if found:
                self._noticed.add(one.name)
                after = seconds - self._announced[one.name]
                self._say(
                    f"{seconds:5.1f} s  noticed by the inventory, {after:.1f} s after: {in_words(one, found)}"
                )
