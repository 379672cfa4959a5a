"""When a challenger is better, said beforehand: the rule, and what the labels say by it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from monitoring.experiments.areas import Areas, areas
from monitoring.experiments.base import Interval
from monitoring.experiments.clicks import lift, rate
from monitoring.experiments.labels import LabelTable
from monitoring.experiments.teams import win_rate

BETTER, WORSE, UNDECIDED = "better", "worse", "undecided"
AUC, CLICKS, WINS = "auc", "clicks", "win_rate"
#: Further labels beyond so many are no forecast any more.
_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Rule:
    """What a challenger must reach."""

    labels: int = 5_000
    """Least labels: that both scored (AUC), of the smaller arm (clicks), or decided pages (interleaving)."""
    alpha: float = 0.05
    """Chance that a challenger which is not better by more than the gain is ever called better, or one which is not
    worse worse."""
    gain: float = 0.0
    """Least gain: of the AUC, or of the win rate, as a difference; of clicks as a share (.02: 2 % more)."""


class Measured(NamedTuple):
    """What the labels say of one measure."""

    name: str
    labels: int
    gain: Interval
    """Of the challenger over the champion; 0: none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the rule."""

    outcome: str
    """``better``, ``worse`` or ``undecided``."""
    by: str
    """The measure that decides: wins where pages are interleaved, clicks where users are split, else the AUC."""
    text: str
    """In a sentence, with the figures: it is kept with a promotion."""
    needed: int | None
    """Labels of this measure that are still needed, if what was seen so far goes on; None: none, or nobody knows."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Compared:
    """All figures of a comparison, and the verdict."""

    champion: str
    challenger: str
    labels: dict[str, int]
    auc: Areas
    clicks: tuple[Interval, Interval, Interval]
    """Per item shown of the champion, of the challenger, and the lift."""
    wins: Interval
    rule: Rule
    verdict: Verdict

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "champion": self.champion,
            "challenger": self.challenger,
            "labels": self.labels,
            AUC: _documents(self.auc, "gain"),
            CLICKS: _documents(self.clicks, "lift"),
            WINS: self.wins.document(),
            "rule": asdict(self.rule),
            "verdict": self.verdict.document(),
        }


def compare(champion: str, challenger: str, table: LabelTable, rule: Rule) -> Compared:
    """Compare two models by their labels.

    Args:
        champion: model and version.
        challenger: model and version.
        table: labels of this pair.
        rule: what counts as better.
    """
    scored, pages = table.scored(), table.pages()
    arms = table.arm(-1), table.arm(1)
    found = areas(scored, rule.alpha)
    clicks = rate(arms[0], rule.alpha), rate(arms[1], rule.alpha), lift(*arms, rule.alpha)
    wins = win_rate(pages, rule.alpha)
    shown = [int(arm.shown.sum()) for arm in arms]
    labels = {
        "paired": len(scored.labels),
        "champion": shown[0],
        "challenger": shown[1],
        "pages": len(pages.won),
    }
    measured = [
        Measured(WINS, len(pages.won), _moved(wins, 0.5)),
        Measured(CLICKS, min(shown), clicks[2]),
        Measured(AUC, len(scored.labels), found.gain),
    ]
    verdict = judge([one for one in measured if one.labels] or measured[-1:], rule, champion, challenger)
    return Compared(champion, challenger, labels, found, clicks, wins, rule, verdict)


def judge(measured: list[Measured], rule: Rule, champion: str, challenger: str) -> Verdict:
    """Return what follows: the first measure decides, the others can only hold it up.

    One measure decides, so the chance of a wrong verdict is that of its interval, ``rule.alpha``.
    """
    first, *others = measured
    low, high = first.gain.low, first.gain.high
    said = f"{told(first, rule)} on {first.labels:,} {_UNITS[first.name]}"
    if low is None or high is None or first.labels < rule.labels:
        why = first.gain.reason or f"{said}; {rule.labels:,} are needed before anything is decided"
        needed = max(rule.labels - first.labels, 0) or None
        return Verdict(UNDECIDED, first.name, f"too few labels: {why}", needed)
    against = next((one for one in others if one.gain.high is not None and one.gain.high < 0), None)
    if high < 0:
        return Verdict(WORSE, first.name, f"{challenger} is worse than {champion}: {said}", None)
    if low > rule.gain and against:
        why = f"{challenger} is better by {said}, but worse by {told(against, rule)}"
        return Verdict(UNDECIDED, first.name, why, None)
    if low > rule.gain:
        return Verdict(BETTER, first.name, f"{challenger} is better than {champion}: {said}", None)
    more = f" by more than {_size(first.name, rule.gain)}" if rule.gain else ""
    why = f"{challenger} is not surely better{more} than {champion}: {said}"
    return Verdict(UNDECIDED, first.name, why, _needed(first, rule))


def told(one: Measured, rule: Rule) -> str:
    """Return a gain with its interval, in words."""
    value, low, high = one.gain.value, one.gain.low, one.gain.high
    if value is None or low is None or high is None:
        return f"{_NAMES[one.name]} not known yet"
    level = f"{1 - rule.alpha:.4g}".removeprefix("0")
    ends = f"{_size(one.name, low)} to {_size(one.name, high)}"
    return f"{_NAMES[one.name]} {_size(one.name, value)} ({ends}, at all times with probability {level})"


def _needed(one: Measured, rule: Rule) -> int | None:
    """Return how many more labels it takes until the interval leaves the gain out, if the figure stays what it is.

    The width goes with the root of the labels; its logarithm is left out, so it is a rough figure.
    """
    value, low = one.gain.value, one.gain.low
    if value is None or low is None or value <= rule.gain:
        return None
    more = one.labels * (((value - low) / (value - rule.gain)) ** 2 - 1)
    return math.ceil(more) if more < _FAR else None


def _moved(found: Interval, by: float) -> Interval:
    if found.value is None or found.low is None or found.high is None:
        return found
    return Interval(found.value - by, found.low - by, found.high - by)


def _size(name: str, value: float) -> str:
    return f"{value:+.1%}" if name != AUC else f"{value:+.4f}"


def _documents(found: tuple[Interval, Interval, Interval], last: str) -> dict[str, Any]:
    return {name: one.document() for name, one in zip(("champion", "challenger", last), found, strict=True)}


_NAMES = {AUC: "AUC", CLICKS: "clicks per item shown", WINS: "win rate beyond one half"}
_UNITS = {
    AUC: "labels that both scored",
    CLICKS: "labels of the smaller side",
    WINS: "decided interleaved pages",
}
