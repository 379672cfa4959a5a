"""Draws ``docs/images/panels.svg``: panels of the dashboards, with what a Prometheus that scraped a worker knows.

The queries are those of the panels in ``monitoring/grafana/dashboards/``. With a Prometheus that scrapes port 6066 each
second under the job name ``pandian``, run ``pandian demo --wrong-import``, and then
``.venv/bin/python tools/panels_figure.py --from SECONDS --to SECONDS`` (Unix times; ``--prometheus URL`` where it is
not on this machine).
"""

from __future__ import annotations

import argparse
import json
import math
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DASHBOARDS = ROOT / "monitoring" / "grafana" / "dashboards"
FIGURE = ROOT / "docs" / "images" / "panels.svg"
#: Points of a line: as many as its width has room for.
POINTS = 150
WIDTH, LEFT, TOP, ACROSS, DOWN, NEXT_X, NEXT_Y = 900, 52, 62, 370, 130, 448, 238
COLOURS = ("#1f6fb2", "#d9822b", "#2f8f5b", "#a23b72", "#8a8f98")
#: Of the labels of models, the one version that has most.
_LABELLED = "topk(1, sum by (version) (pandian_labels_total))"


class Panel(NamedTuple):
    """What is drawn of a dashboard."""

    file: str
    title: str
    kind: str = "lines"
    """``lines``; ``band``: the first and last line are the ends of a band; ``bars``: when each was above 0."""
    ends: tuple[float, float] | None = None
    """Of the axis; None: from 0 to the largest value."""
    factor: float = 1.0
    unit: str = ""


PANELS = (
    Panel("pandian.json", "Records by outcome", unit="a second"),
    Panel("pandian.json", "Quality, by asset", ends=(0.9, 1.0)),
    Panel("pandian.json", "Time of an answer", factor=1_000, unit="ms"),
    Panel("pandian-model.json", "AUC with its bound", kind="band", ends=(0.5, 0.75)),
    Panel("pandian-model.json", "Evidence of a fall", ends=(0, 2), unit="alarm at 1; drawn up to 2"),
    Panel("pandian-model.json", "Alerts, by kind", kind="bars"),
)

#: A line by its name: (seconds since the beginning, value), in order of time.
Lines = Mapping[str, Sequence[tuple[float, float]]]


class Prometheus:
    """Asks a Prometheus about a span of time."""

    def __init__(self, url: str, start: float, end: float) -> None:
        self._url = url
        self.start, self.end = start, end
        self.step = max(1, math.ceil((end - start) / POINTS))

    def ask(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """Return the series of an answer."""
        url = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - whoever runs this says what to ask
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found

    def version(self) -> str:
        """Return the version of a model that has most labels, or nothing."""
        found = self.ask("query", query=_LABELLED, time=self.end)
        return str(found[0]["metric"]["version"]) if found else ""

    def lines(self, query: str, legend: str) -> dict[str, list[tuple[float, float]]]:
        """Return the lines of a panel's query, by their legends."""
        found = self.ask("query_range", query=query, start=self.start, end=self.end, step=self.step)
        return {
            named(legend, one["metric"]): [
                (time - self.start, float(value)) for time, value in one["values"] if value != "NaN"
            ]
            for one in found
        }


def named(legend: str, labels: Mapping[str, str]) -> str:
    """Return a legend such as ``{{topic}}`` with the labels of a series."""
    return re.sub(r"\{\{(\w+)\}\}", lambda label: labels.get(label[1], ""), legend)


def targets(panel: Panel) -> list[tuple[str, str]]:
    """Return what a panel asks: queries with their legends.

    Raises:
        ValueError: when the dashboard has no such panel.
    """
    document = json.loads((DASHBOARDS / panel.file).read_text(encoding="utf-8"))
    for one in document["panels"]:
        if one["title"] == panel.title:
            return [(target["expr"], target["legendFormat"]) for target in one["targets"]]
    raise ValueError(f"{panel.file} has no panel {panel.title!r}: name one that it has")


def lines_of(panel: Panel, prometheus: Prometheus, version: str) -> Lines:
    """Return what a panel shows; lines that are 0 throughout are left out."""
    window = f"{max(4, prometheus.step)}s"
    found: dict[str, Sequence[tuple[float, float]]] = {}
    for query, legend in targets(panel):
        asked = query.replace("$__rate_interval", window).replace("$version", version)
        found |= prometheus.lines(asked, legend)
    return {
        name: [(x, y * panel.factor) for x, y in line]
        for name, line in found.items()
        if any(y for _, y in line)
    }


def round_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 0.1
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))


class Frame:
    """Where a panel is, and what its axes reach to."""

    def __init__(self, number: int, seconds: float, ends: tuple[float, float]) -> None:
        self.x, self.y = LEFT + number % 2 * NEXT_X, TOP + number // 2 * NEXT_Y
        self._seconds = seconds
        self._ends = ends

    def across(self, seconds: float) -> float:
        """Return where a time is."""
        return self.x + ACROSS * seconds / self._seconds

    def up(self, value: float) -> float:
        """Return where a value is, at the end of the axis what is beyond it."""
        low, high = self._ends
        return self.y + DOWN * (1 - min(max((value - low) / (high - low), 0), 1))

    def at(self, point: tuple[float, float]) -> str:
        """Return where a point is, as paths have it."""
        return f"{self.across(point[0]):.1f},{self.up(point[1]):.1f}"

    def minutes(self) -> Iterator[str]:
        """Yield the marks of the time axis."""
        each = round_up(self._seconds / 60 / 5)
        for number in range(int(self._seconds / 60 / each) + 1):
            x = self.across(number * each * 60)
            yield f'<text x="{x:.1f}" y="{self.y + DOWN + 16}" text-anchor="middle">{number * each:g} min</text>'

    def grid(self) -> Iterator[str]:
        """Yield the marks of the other axis."""
        low, high = self._ends
        for part in (0, 0.5, 1):
            value = low + part * (high - low)
            y = self.up(value)
            yield f'<path d="M{self.x} {y:.1f}h{ACROSS}" class="grid"/>'
            yield f'<text x="{self.x - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,.5g}</text>'


def title(frame: Frame, panel: Panel, names: Sequence[str]) -> Iterator[str]:
    """Yield title and legend."""
    unit = f" ({panel.unit})" if panel.unit else ""
    yield f'<text x="{frame.x}" y="{frame.y - 32}" class="title">{escape(panel.title + unit)}</text>'
    x = frame.x
    for name, colour in zip(names, COLOURS, strict=False):
        yield f'<text x="{x}" y="{frame.y - 13}" style="fill:{colour}">— {escape(name)}</text>'
        x += 32 + round(6.4 * len(name))


def strokes(frame: Frame, line: Sequence[tuple[float, float]], colour: str, gap: float) -> Iterator[str]:
    """Yield a line, which is broken where nothing is known for longer than ``gap`` seconds."""
    path = [f"M{frame.at(point)}" for point in line[:1]]
    for before, point in pairwise(line):
        path.append(f"{'L' if point[0] - before[0] <= gap else 'M'}{frame.at(point)}")
    yield f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.6"/>'


def drawn_lines(frame: Frame, panel: Panel, lines: Lines, gap: float) -> Iterator[str]:
    """Yield lines, and the band between the first and the last where there is one."""
    if panel.kind == "band":
        high, _, low = lines.values()
        points = " ".join(map(frame.at, [*high, *reversed(low)]))
        yield f'<polygon points="{points}" fill="{COLOURS[0]}" opacity="0.18"/>'
        lines = {"AUC": list(lines.values())[1]}
    for line, colour in zip(lines.values(), COLOURS, strict=False):
        yield from strokes(frame, line, colour, gap)


def drawn_bars(frame: Frame, lines: Lines, step: float) -> Iterator[str]:
    """Yield a row for each line, filled while it is above 0."""
    for number, ((name, line), colour) in enumerate(zip(lines.items(), COLOURS, strict=False)):
        y = frame.y + 6 + number * 26
        yield f'<text x="{frame.x}" y="{y - 4}" style="fill:{colour}">{escape(name)}</text>'
        yield from bars(frame, [x for x, value in line if value > 0], y + 5, colour, step)


def bars(frame: Frame, times: Sequence[float], y: float, colour: str, step: float) -> Iterator[str]:
    """Yield a bar over each stretch of times; a scrape that was missed is none's end."""
    begun = None
    for x, after in pairwise([*times, math.inf]):
        begun = x if begun is None else begun
        if after - x > 3 * step:
            width = frame.across(x + step) - frame.across(begun)
            yield f'<path d="M{frame.across(begun):.1f} {y}h{width:.1f}" stroke="{colour}" stroke-width="9"/>'
            begun = None


def one_panel(number: int, panel: Panel, lines: Lines, prometheus: Prometheus) -> Iterator[str]:
    """Yield a panel."""
    largest = max((y for line in lines.values() for _, y in line), default=1.0)
    frame = Frame(number, prometheus.end - prometheus.start, panel.ends or (0.0, round_up(largest)))
    yield from frame.minutes()
    if panel.kind == "bars":
        yield from title(frame, panel, ())
        yield from drawn_bars(frame, lines, prometheus.step)
        return
    yield from title(frame, panel, ["AUC, and its 95 % interval"] if panel.kind == "band" else list(lines))
    yield from frame.grid()
    yield from drawn_lines(frame, panel, lines, 3 * prometheus.step)


def drawn(prometheus: Prometheus) -> str:
    """Return the picture."""
    version = prometheus.version()
    height = TOP + NEXT_Y * (len(PANELS) // 2 - 1) + DOWN + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif"'
        ' font-size="12">',
        "<style>.title{font-size:14px;font-weight:bold}.grid{stroke:#dfe3e8}text{fill:#30343b}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for number, panel in enumerate(PANELS):
        parts += one_panel(number, panel, lines_of(panel, prometheus, version), prometheus)
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--prometheus", default="http://127.0.0.1:9090", metavar="URL")
    options.add_argument("--from", dest="start", type=float, required=True, metavar="SECONDS")
    options.add_argument("--to", dest="end", type=float, required=True, metavar="SECONDS")
    given = options.parse_args()
    FIGURE.write_text(drawn(Prometheus(given.prometheus, given.start, given.end)), encoding="utf-8")
