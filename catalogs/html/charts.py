"""Small pictures as SVG; each says in words what it shows, and each bar what it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from catalogs.document import Field, Histogram, Interval, Point, Top
from catalogs.html.figures import figure, shown, whole
from catalogs.words import between, percent
from pandian.html.markup import Markup, join, tag

WIDTH, HEIGHT = 240, 56
#: Most values that are drawn.
RANKS = 12
#: Relative difference from which on two widths are different.
_EVEN = 1e-3


def distribution(field: Field) -> Markup | None:
    """Return a histogram of numbers, ranks of other values; None where nothing is known."""
    if field.histogram is not None and field.histogram.drawable:
        return _histogram(field.histogram)
    return _ranked(field.top[:RANKS], field.count) if field.top else None


def _histogram(histogram: Histogram) -> Markup:
    """Draw bins of one width by their counts, a wide tail at either end paler; others by their density.

    So a wide bin never looks like many records only because it is wide.
    """
    edges, counts = histogram.edges, histogram.counts
    widths = [end - start for start, end in pairwise(edges)]
    inner = widths[1:-1]
    even = min(widths) <= 0 or (
        bool(inner) and all(abs(width - inner[0]) <= _EVEN * abs(inner[0]) for width in inner)
    )
    heights = list(counts) if even else [count / width for count, width in zip(counts, widths, strict=True)]
    most = max(heights)
    span = edges[-1] - edges[0]
    bars, at = [], 0.0
    for place, (count, height) in enumerate(zip(counts, heights, strict=True)):
        wide = WIDTH / len(counts) if even else widths[place] / span * WIDTH
        tail = even and place in (0, len(counts) - 1) and len(counts) > 2
        said = f"{figure(edges[place])} to {figure(edges[place + 1])}: {whole(count)}"
        bars.append(_bar(at, wide - 0.8, height / most, said, "tail" if tail else "bin"))
        at += wide
    label = f"histogram of {len(counts)} bins from {figure(edges[0])} to {figure(edges[-1])}"
    return _chart(label, *bars)


def _ranked(top: Sequence[Top], count: int) -> Markup:
    most = max(*(one.count for one in top), 1)
    step = WIDTH / RANKS
    bars = [
        _bar(place * step, step - 3, one.count / most, f"{shown(one.value)}: {whole(one.count)}", "rank")
        for place, one in enumerate(top)
    ]
    share = min(sum(one.count for one in top) / count, 1) if count else 0
    return _chart(f"the {len(top)} most frequent values, together {percent(share)} of all", *bars)


def _bar(at: float, wide: float, share: float, said: str, kind: str) -> Markup:
    # What is there at all is at least a hairline.
    height = max(share * (HEIGHT - 2), 1) if share > 0 else 0
    place = {"x": f"{at:.1f}", "y": f"{HEIGHT - height:.1f}"}
    return tag(
        "rect",
        tag("title", said),
        class_=kind,
        width=f"{max(wide, 0.5):.1f}",
        height=f"{height:.1f}",
        **place,
    )


def _chart(label: str, *children: Markup) -> Markup:
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "preserveAspectRatio": "none"}
    return tag("svg", *children, class_="chart", role="img", aria_label=label, **box)


def share(part: float, label: str, kind: str = "") -> Markup:
    """Return a share as a thin bar."""
    width = 0 if part <= 0 else max(min(part, 1) * 100, 1.5)
    return tag(
        "svg",
        tag("rect", class_="track", width="100%", height="100%", rx=2),
        tag("rect", class_="fill", width=f"{width:.1f}%", height="100%", rx=2),
        class_=f"share {kind}".strip(),
        role="img",
        aria_label=f"{label}: {percent(part)}",
    )


def whisker(score: Interval, label: str) -> Markup:
    """Return a score with its interval on a line from 0 to 1."""
    ends = [min(max(end, 0.0), 1.0) * 100 for end in (score.score, score.low, score.high)]
    at, low, high = ends
    return tag(
        "svg",
        tag("rect", class_="track", y=4, width="100%", height=4, rx=2),
        tag("rect", class_="fill", y=4, width=f"{at:.2f}%", height=4, rx=2),
        tag("rect", class_="bound", x=f"{low:.2f}%", width=f"{max(high - low, 1.2):.2f}%", height=12, rx=1.5),
        class_="whisker",
        role="img",
        aria_label=f"{label}: {percent(score.score)}, {between(score.low, score.high)}",
    )


def trail(points: Sequence[Point]) -> Markup | None:
    """Return how the records of an asset grew over time; None for fewer than two points."""
    if len(points) < 2:
        return None
    try:
        times = [datetime.fromisoformat(point.time).timestamp() for point in points]
    except ValueError:
        return None
    span, most = max(times[-1] - times[0], 1e-9), max(*(point.records for point in points), 1)
    line = [
        f"{(time - times[0]) / span * WIDTH:.1f},{HEIGHT - point.records / most * (HEIGHT - 2):.1f}"
        for time, point in zip(times, points, strict=True)
    ]
    drawn = join(
        tag("polygon", class_="area", points=" ".join([f"0,{HEIGHT}", *line, f"{WIDTH},{HEIGHT}"])),
        tag("polyline", class_="trail", points=" ".join(line)),
    )
    return _chart(f"from {whole(points[0].records)} to {whole(points[-1].records)} records", drawn)
