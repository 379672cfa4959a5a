"""Says in the log which impressions get no label, and why: whoever writes them elsewhere looks there first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from pandian import topics
from streams.feedback import incoming
from streams.feedback.incoming import LATE, MISPLACED, REPEAT
from streams.stages.joining import NO_EDGES

#: What the codes mean, in a few words; docs/feedback.md has them in whole.
_WORDS: Mapping[str, str] = {
    incoming.BAD_JSON: "no JSON object",
    incoming.BAD_ID: "impression_id, user_id or item_id is missing, empty or too long",
    incoming.BAD_SCORE: "score is no number from 0 to 1",
    incoming.BAD_MODEL: "model or version is no text of up to 128 characters",
    incoming.BAD_TIME: "time is no whole number of milliseconds",
    incoming.FUTURE: "time is more than a day ahead",
    LATE: "the actions of its time are forgotten; time is in milliseconds",
    REPEAT: "impression_id was there before",
    MISPLACED: "the record's key is not the user",
    NO_EDGES: "the registry has lost the card of the version",
}
#: Between two lines; what comes meanwhile is told together.
_EVERY_SECONDS = 60.0


class Unlabelled:
    """Counts impressions without a label until it is time to tell of them.

    Args:
        say: writes a line to the log.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._untold: Counter[str] = Counter()
        self._not_before = float("-inf")

    def add(self, reasons: Mapping[str, int]) -> None:
        """Take how many more there are, by the code of why."""
        self._untold.update(reasons)

    def tell(self, now: float) -> None:
        """Tell of those that were not told, in one line, unless the last line was a moment ago.

        Args:
            now: monotonic, in seconds.
        """
        if not self._untold or now < self._not_before:
            return
        self._not_before = now + _EVERY_SECONDS
        most_first = sorted(self._untold.items(), key=lambda one: (-one[1], one[0]))
        said = "; ".join(f"{count:,} {code} ({_WORDS[code]})" for code, count in most_first)
        self._say(
            f"records of {topics.IMPRESSIONS} get no label: {said}."
            " docs/feedback.md says what an impression has to be"
        )
        self._untold.clear()
