"""Draws ``docs/images/experiment.svg``: what always valid intervals are for, by simulation.

Left: one challenger whose AUC is truly higher, looked at after every portion of labels. Right: of experiments with two
equal models, the share in which somebody who looks that often has called one of them better. Run it after a change of
``monitoring/experiments``: ``.venv/bin/python tools/experiment_figure.py`` (half a minute).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitoring.experiments.areas import SCALE, Scored, areas
from monitoring.experiments.boundary import reach
from monitoring.experiments.groups import GROUPS

FIGURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "experiment.svg"
ALPHA = 0.05
LOOKS, LABELS, RUNS = 40, 400, 300
WIDTH, HEIGHT, LEFT, TOP, ACROSS, DOWN = 900, 330, 62, 48, 350, 215
BLUE, ORANGE, GREY = "#1f6fb2", "#d9822b", "#8a8f98"

Ends = npt.NDArray[np.float64]


def looks(seed: int, noise: tuple[float, float], number: int) -> Ends:
    """Return value and reach of the gain in AUC at each look [looks, (value, always valid, plain)]."""
    random = np.random.default_rng(seed)
    size = LABELS * number
    users = random.integers(0, 5_000, size)
    truth = random.standard_normal(size)
    odds = truth + 0.5 * random.standard_normal(5_000)[users] - 1.5
    happened = random.random(size) < 1 / (1 + np.exp(-odds))
    scores = [truth + sigma * random.standard_normal(size) for sigma in noise]
    whole = Scored(users % GROUPS, happened, *scores)
    deviations = np.geomspace(1e-4, 0.2, 3_000)
    reaches = [reach(one**2, ALPHA, SCALE) for one in deviations.tolist()]
    found = []
    for look in range(1, number + 1):
        gain = areas(Scored(*(one[: LABELS * look] for one in whole)), ALPHA).gain
        wide = (gain.high or 0.0) - (gain.value or 0.0)
        found.append((gain.value or 0.0, wide, 1.96 * np.interp(wide, reaches, deviations)))
    return np.array(found)


def called(runs: Sequence[Ends], column: int) -> npt.NDArray[np.float64]:
    """Return at each look the share of runs whose interval has left 0 out by then."""
    out = np.array([np.abs(run[:, 0]) > run[:, column] for run in runs])
    return np.logical_or.accumulate(out, axis=1).mean(0)


def panel(left: int, title: str, marks: Sequence[tuple[float, str]], last: int) -> Iterator[str]:
    """Yield frame, title, and marks of the axes (height from 0 at the bottom to 1, text)."""
    yield f'<text x="{left}" y="{TOP - 22}" class="title">{title}</text>'
    for height, text in marks:
        y = TOP + DOWN * (1 - height)
        yield f'<line x1="{left}" y1="{y:.1f}" x2="{left + ACROSS}" y2="{y:.1f}" class="grid"/>'
        yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
    for part in (0, 0.25, 0.5, 0.75, 1):
        x, text = left + ACROSS * part, f"{part * last:,.0f}"
        yield f'<text x="{x:.1f}" y="{TOP + DOWN + 18}" text-anchor="middle">{text}</text>'
    yield f'<text x="{left + ACROSS / 2}" y="{TOP + DOWN + 38}" text-anchor="middle">labels</text>'


def line(left: int, heights: Iterator[float] | npt.NDArray[np.float64], colour: str, more: str = "") -> str:
    """Return a line of heights from 0 to 1, evenly spaced, from the first look on."""
    points = [
        f"{left + ACROSS * (look + 1) / LOOKS:.1f},{TOP + DOWN * (1 - min(max(float(height), 0), 1)):.1f}"
        for look, height in enumerate(heights)
    ]
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2" {more}/>'


def drawn() -> str:
    """Return the picture."""
    better = looks(4, (1.0, 0.7), LOOKS)
    low, high = -0.05, 0.10
    scaled = [
        (better[:, 0] + sign * better[:, column] - low) / (high - low)
        for column in (1, 2)
        for sign in (-1, 1)
    ]
    equal = [looks(1_000 + seed, (1.0, 1.0), LOOKS) for seed in range(RUNS)]
    wrong = {column: called(equal, column) for column in (1, 2)}
    print(f"called wrongly by the end: always valid {wrong[1][-1]:.1%}, plain {wrong[2][-1]:.1%}")
    first = [(-0.05, "−.05"), (0.0, "0"), (0.05, "+.05"), (0.1, "+.10")]
    top = 0.5
    right = LEFT + ACROSS + 115
    shares = [(share / top, f"{share:.0%}") for share in (0, 0.1, 0.2, 0.3, 0.4, 0.5)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="12">',
        "<style>.title{font-size:14px;font-weight:bold}.grid{stroke:#dfe3e8}text{fill:#30343b}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *panel(
            LEFT,
            "A better challenger: gain in AUC",
            [((value - low) / (high - low), text) for value, text in first],
            LOOKS * LABELS,
        ),
        *(line(LEFT, one, BLUE) for one in scaled[:2]),
        *(line(LEFT, one, ORANGE, 'stroke-dasharray="4 3"') for one in scaled[2:]),
        line(LEFT, (better[:, 0] - low) / (high - low), GREY),
        *panel(right, "Two equal models: called different by then", shares, LOOKS * LABELS),
        line(right, wrong[1] / top, BLUE),
        line(right, wrong[2] / top, ORANGE, 'stroke-dasharray="4 3"'),
        line(right, np.full(LOOKS, ALPHA / top), GREY, 'stroke-dasharray="1 4"'),
        f'<text x="{LEFT}" y="{HEIGHT - 12}" fill="{BLUE}" style="fill:{BLUE}">— 95 % at all looks at once</text>',
        f'<text x="{LEFT + 205}" y="{HEIGHT - 12}" style="fill:{ORANGE}">- - 95 % at one look</text>',
        f'<text x="{LEFT + 355}" y="{HEIGHT - 12}" style="fill:{GREY}">— estimate (left), · · 5 % (right)</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    FIGURE.write_text(drawn(), encoding="utf-8")
