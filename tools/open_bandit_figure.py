"""Draws ``docs/images/open-bandit.svg`` and prints the table of ``docs/feedback.md``: figures of real logged feedback.

Left: AUC with its interval, in whole and by segment, plain and corrected by the propensities. Right: the reliability
curve. Run it after a change of ``monitoring/watching``, with ``PANDIAN_TEST_DATA`` naming the folder that has
``open-bandit``: ``.venv/bin/python -m tools.open_bandit_figure`` (seconds).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import open_bandit
from pandian.intervals import wilson
from tests.support.data import data_folder
from tools.experiment_figure import BLUE, GREY, ORANGE, WIDTH

FIGURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "open-bandit.svg"
HEIGHT, TOP, DOWN = 360, 50, 230
LEFT, ACROSS, RIGHT, BESIDE = 150, 300, 550, 320
#: Ends of the axes: AUC on the left, probabilities on the right.
LOW, HIGH, MOST = 0.2, 0.8, 0.02

Part = tuple[str, Mapping[str, Any]]


def parts() -> list[Part]:
    """Return name and figures of the whole and of each segment."""
    folder = data_folder()
    if folder is None:
        sys.exit("PANDIAN_TEST_DATA must name the folder that has open-bandit")
    log = open_bandit.rows(folder)
    scores = open_bandit.scores(log)
    watch = open_bandit.watched(open_bandit.labelled(log, scores), open_bandit.edges_of(scores))
    found = watch.documents()[open_bandit.NAME]
    named = {"group": "campaign {}", "user": "{} users", "source": "{}"}
    segments = [(named[one["segment"]].format(one["value"]), one["window"]) for one in found["segments"]]
    return [("all", found["window"]), *segments]


def table(found: Sequence[Part]) -> Iterator[str]:
    """Yield the lines of the table: plain figures, and behind an arrow the corrected ones."""
    yield "| labels of | labels, as many as | clicked | AUC | log loss | calibration |"
    yield "|---|---|---|---|---|---|"
    for name, one in found:
        more = one["corrected"]
        cells = [
            f"{one['labels']:,}, {more['effective']:,.0f}",
            f"{one['click_rate']:.2%} → {more['click_rate']:.2%} "
            f"({more['click_rate_low']:.2%} to {more['click_rate_high']:.2%})",
            " → ".join(f"{_span(auc)}" for auc in (one["auc"], more["auc"])),
            f"{one['log_loss']:.4f} → {more['log_loss']:.4f}",
            f"{one['calibration']:.2f} → {more['calibration']:.2f}",
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def _span(auc: Mapping[str, float]) -> str:
    return f"{auc['value']:.3f} ({auc['low']:.2f} to {auc['high']:.2f})"


def areas(found: Sequence[Part]) -> Iterator[str]:
    """Yield the left panel."""
    yield f'<text x="{LEFT}" y="{TOP - 24}" class="title">AUC with its interval</text>'
    for mark in (0.2, 0.35, 0.5, 0.65, 0.8):
        x = _x(mark)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + DOWN}" class="grid"/>'
        yield f'<text x="{x:.1f}" y="{TOP + DOWN + 18}" text-anchor="middle">{mark:g}</text>'
    step = DOWN / len(found)
    for number, (name, one) in enumerate(found):
        middle = TOP + step * (number + 0.5)
        yield f'<text x="{LEFT - 10}" y="{middle + 4:.1f}" text-anchor="end">{name}</text>'
        for auc, shift, colour in ((one["auc"], -4, BLUE), (one["corrected"]["auc"], 4, ORANGE)):
            y, value = middle + shift, _x(auc["value"])
            ends = f'x1="{_x(auc["low"]):.1f}" x2="{_x(auc["high"]):.1f}"'
            yield f'<line {ends} y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>'
            yield f'<circle cx="{value:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


def _x(auc: float) -> float:
    return LEFT + ACROSS * (min(max(auc, LOW), HIGH) - LOW) / (HIGH - LOW)


def curve(points: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the right panel."""
    yield f'<text x="{RIGHT}" y="{TOP - 24}" class="title">Clicked, by what the model said</text>'
    for mark in (0.0, 0.005, 0.01, 0.015, 0.02):
        x, y, text = RIGHT + BESIDE * mark / MOST, TOP + DOWN * (1 - mark / MOST), f"{mark:.1%}"
        yield f'<line x1="{RIGHT}" y1="{y:.1f}" x2="{RIGHT + BESIDE}" y2="{y:.1f}" class="grid"/>'
        yield f'<text x="{RIGHT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
        yield f'<text x="{x:.1f}" y="{TOP + DOWN + 18}" text-anchor="middle">{text}</text>'
    yield (
        f'<line x1="{RIGHT}" y1="{TOP + DOWN}" x2="{RIGHT + BESIDE}" y2="{TOP}" stroke="{GREY}" '
        'stroke-dasharray="2 4"/>'
    )
    for point in points:
        share = wilson(round(point["rate"] * point["labels"]), point["labels"])
        x = RIGHT + BESIDE * min(point["score"], MOST) / MOST
        low, value, high = (
            TOP + DOWN * (1 - min(one, MOST) / MOST) for one in (share.low, share.score, share.high)
        )
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{BLUE}"/>'
        yield f'<circle cx="{x:.1f}" cy="{value:.1f}" r="3" fill="{BLUE}"/>'


def drawn(found: Sequence[Part]) -> str:
    """Return the picture."""
    below, legend = TOP + DOWN + 40, HEIGHT - 12
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
            ' font-size="12">',
            "<style>.title{font-size:14px;font-weight:bold}.grid{stroke:#dfe3e8}text{fill:#30343b}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *areas(found),
            *curve(found[0][1]["curve"]),
            f'<text x="{LEFT + ACROSS / 2}" y="{below}" text-anchor="middle">0.5 is guessing</text>',
            f'<text x="{RIGHT + BESIDE / 2}" y="{below}" text-anchor="middle">probability of a click</text>',
            f'<text x="{LEFT}" y="{legend}" style="fill:{BLUE}">— as logged</text>',
            f'<text x="{LEFT + 90}" y="{legend}" style="fill:{ORANGE}">— if all items had equal chances</text>',
            f'<text x="{RIGHT}" y="{legend}" style="fill:{GREY}">· · what is right; lines: 95 % by Wilson</text>',
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    shown = parts()
    print("\n".join(table(shown)))
    FIGURE.write_text(drawn(shown), encoding="utf-8")
