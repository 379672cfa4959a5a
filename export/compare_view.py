"""A comparison for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from export.comparing import Outcome
from monitoring.experiments.base import Interval
from monitoring.experiments.rule import BETTER, WORSE
from pandian.moments import moment
from pandian.output import printable

_EMPTY = "–"
_STYLES = {BETTER: "bold green", WORSE: "bold red"}


def compare_view(found: Outcome) -> RenderableType:
    """Return the figures of both, what one gains over the other, and the verdict."""
    compared = found.compared
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("champion")
    table.add_column("challenger")
    table.add_column("gain")
    table.add_column("labels", justify="right")
    labels = compared.labels
    auc, clicks = compared.auc, compared.clicks
    table.add_row("AUC", _plain(auc.before), _plain(auc.after), _signed(auc.gain), f"{labels['paired']:,}")
    table.add_row(
        "clicks per item shown",
        *map(_percent, clicks[:2]),
        _percent(clicks[2], sign="+"),
        f"{labels['champion']:,} / {labels['challenger']:,}",
    )
    table.add_row("interleaved pages won", "", _percent(compared.wins), "", f"{labels['pages']:,}")
    return Group(
        Text(printable(f"{compared.champion} (champion) against {compared.challenger}"), "bold"),
        *(Text(line, "dim") for line in _facts(found)),
        Text(),
        table,
        Text(),
        *(Text(printable(line), style) for line, style in _verdict(found)),
    )


def _facts(found: Outcome) -> Iterator[str]:
    if found.pair.since:
        since = moment(found.pair.since)
        share = found.pair.share
        yield f"since {since}" + (f", shown to {share:.4g} of users" if share else ", not shown to anybody")
    yield f"intervals hold at all times at once, each with probability {1 - found.compared.rule.alpha:.4g}"


def _verdict(found: Outcome) -> Iterator[tuple[str, str]]:
    verdict = found.compared.verdict
    yield f"{verdict.text[:1].upper()}{verdict.text[1:]}.", _STYLES.get(verdict.outcome, "bold")
    if verdict.needed:
        yield f"About {verdict.needed:,} more are needed if things stay as they are.", ""
    if found.promotion:
        yield f"{found.compared.challenger} is the champion now.", "bold"
    elif found.why:
        more = "" if found.why == verdict.text else f": {found.why}"
        yield f"Not promoted{more}.", ""


def _plain(found: Interval) -> str:
    return _ends(found, lambda value: f"{value:.4f}")


def _signed(found: Interval) -> str:
    return _ends(found, lambda value: f"{value:+.4f}")


def _percent(found: Interval, sign: str = "") -> str:
    return _ends(found, lambda value: f"{value:{sign}.2%}")


def _ends(found: Interval, form: Callable[[float], str]) -> str:
    if found.value is None:
        return _EMPTY
    value = form(found.value)
    if found.low is None or found.high is None:
        return value
    return f"{value} ({form(found.low)} to {form(found.high)})"
