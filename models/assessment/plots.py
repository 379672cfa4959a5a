"""What was found of one or two models, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.assessment.base import Assessment, Group
from models.assessment.facts import Facts
from models.comparison import Comparison
from pandian.html.markup import Markup, join
from pandian.html.plots import Axis, Colour, Reach, Series, around, chart, legend, reaches

#: Colours of the first model and of the other.
COLOURS: tuple[Colour, Colour] = ("one", "two")
_KS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
#: Points of a Lorenz curve.
_POINTS = 100


def _share(value: float) -> str:
    return f"{value:.3g}"


def _signed(value: float) -> str:
    return f"{value:+.3g}" if value else "0"


def _percent(value: float) -> str:
    return f"{100 * value:.3g} %"


def found_by(models: Sequence[Assessment]) -> Markup:
    """Draw the share of targets that are among the first items, by how many are looked at."""
    most = max(2, min(max(one.catalogue for one in models), _KS[-1]))
    lines = []
    for one, colour in zip(models, COLOURS, strict=False):
        points = [(float(k), float((one.ranks < k).mean())) for k in _KS if k <= most]
        lines.append(Series(_name(one, models), points, colour))
    high = max(max((share for _, share in line.points), default=0.0) for line in lines) or 1.0
    return chart(
        "share of targets that are among the first items of the list",
        Axis("length of the list", 1, most, logarithmic=True),
        Axis("hit rate", 0, min(1.0, 1.08 * high), show=_percent),
        lines,
    )


def by_groups(models: Sequence[Assessment], metric: str, groups: Sequence[Sequence[Group]]) -> Markup:
    """Draw a metric with its intervals by group; ``groups`` are those of each model."""
    rows = [
        Reach(f"{group.name} ({group.targets:,})", figure.value, figure.low, figure.high, colour)
        for together in zip(*groups, strict=True)
        for group, colour in zip(together, COLOURS, strict=False)
        if (figure := group.metrics.get(metric)) is not None
    ]
    ends = [end for row in rows for end in (0.0, row.value, row.high or 0.0)]
    whose = [(_name(one, models), colour) for one, colour in zip(models, COLOURS, strict=False)]
    label = f"{metric} by group, {' and '.join(name for name, _ in whose)}"
    return join(
        legend(whose) if len(whose) > 1 else None,
        reaches(label, Axis(metric, *around(ends, zero=True), show=_share), rows),
    )


def differences(found: Mapping[str, Comparison]) -> Markup:
    """Draw the differences of two models, each with its interval."""
    rows = [
        Reach(name, one.difference, one.low, one.high, "two")
        for name, one in found.items()
        if not name.startswith("recall@")
    ]
    ends = around([end for one in found.values() for end in (one.low, one.high)], zero=True)
    return reaches("differences of the metrics", Axis("difference", *ends, show=_signed), rows)


def lorenz(models: Sequence[Assessment], facts: Facts, k: int) -> Markup:
    """Draw which share of the lists the less popular items have, against which share of the interactions."""
    lines = [Series("interactions of the files", _lorenz(facts.counts[facts.counts > 0]), "plain")]
    for one, colour in zip(models, COLOURS, strict=False):
        lines.append(Series(f"lists of {_name(one, models)}", _lorenz(one.shown[k]), colour))
    return chart(
        f"share of lists of {k} that the items have which are least in them",
        Axis("share of the items, the rarest first", 0, 1, show=_percent),
        Axis("their share of all that is shown", 0, 1, show=_percent),
        lines,
    )


def _lorenz(counts: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> list[tuple[float, float]]:
    if not len(counts) or not counts.sum():
        return [(0.0, 0.0), (1.0, 0.0)]
    sums = np.concatenate([[0.0], np.cumsum(np.sort(counts))])
    places = np.unique(np.linspace(0, len(counts), _POINTS).round().astype(int))
    shares = np.minimum(1.0, sums[places] / sums[-1])
    return [(float(place) / len(counts), float(share)) for place, share in zip(places, shares, strict=True)]


def _name(one: Assessment, models: Sequence[Assessment]) -> str:
    alike = len({each.model for each in models}) < len(models)
    return f"{one.model}@{one.version}" if alike else one.model
