"""Lines, dots and intervals on axes, as SVG; each says in words what it shows, and each mark what it stands for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pandian.html.markup import Markup, join, tag

_WIDTH, _HEIGHT = 520, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 10, 36
_ROW, _NAMES = 22, 150
#: Steps between ticks are so many times a power of ten.
_STEPS = (1, 2, 2.5, 5, 10)
#: Colours of the style, in the order in which series take them.
Colour = Literal["one", "two", "plain"]


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where an axis goes."""

    name: str
    low: float
    high: float
    logarithmic: bool = False
    """Then ``low`` is above 0."""
    show: Callable[[float], str] = "{:,.4g}".format

    def place(self, value: float) -> float:
        """Return where a value is, from 0 at the low end to 1 at the high one."""
        low, high, value = (self._scaled(each) for each in (self.low, self.high, value))
        return (value - low) / (high - low) if high > low else 0.5

    def ticks(self, count: int = 5) -> list[float]:
        """Return about so many round values within the axis."""
        if self.logarithmic:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            found = [round(step * 10.0**power, 12) for power in powers for step in (1, 2, 5)]
            return [value for value in found if self.low <= value <= self.high]
        rough = (self.high - self.low) / count
        if not rough > 0:
            return [self.low]
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(each for each in _STEPS if each * power >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one thing."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: Colour = "one"
    dots: bool = False
    """Dots, each with its value in words, instead of a line."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A value with its interval, in a row of its own; without ends it is a bar."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    colour: Colour = "one"


def chart(label: str, x: Axis, y: Axis, series: Sequence[Series]) -> Markup:
    """Return series on two axes, with a legend where there are several.

    Args:
        label: what it shows, for those who do not see it.
        x: to the right.
        y: upwards.
        series: points beyond the axes are left out.
    """
    right, low = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return _LEFT + x.place(point[0]) * (right - _LEFT), low - y.place(point[1]) * (low - _TOP)

    marks = [
        _series(one, [(point, at(point)) for point in _within(one.points, x, y)], x, y) for one in series
    ]
    return join(
        legend([(one.name, one.colour) for one in series]) if len(series) > 1 else None,
        tag("p", y.name, class_="faint"),
        _svg(
            label,
            _HEIGHT,
            *(_across(low - y.place(tick) * (low - _TOP), right, y.show(tick)) for tick in y.ticks()),
            *(
                _text(_LEFT + x.place(tick) * (right - _LEFT), low + 15, x.show(tick), "middle")
                for tick in x.ticks()
            ),
            tag("line", class_="rule", x1=_LEFT, x2=right, y1=low, y2=low),
            _text((_LEFT + right) / 2, _HEIGHT - 4, x.name, "middle"),
            *marks,
        ),
    )


def reaches(label: str, axis: Axis, rows: Sequence[Reach]) -> Markup:
    """Return rows, each a value with its interval on one axis; a line stands at 0 where the axis passes it.

    Args:
        label: what it shows, for those who do not see it.
        axis: to the right.
        rows: from above; a row with the name of the one before it stands there without a name.
    """
    right, low = _WIDTH - _RIGHT, _TOP + _ROW * len(rows)

    def at(value: float) -> float:
        return _NAMES + min(max(axis.place(value), 0.0), 1.0) * (right - _NAMES)

    ticks = [
        join(
            tag("line", class_="grid", x1=f"{at(tick):.1f}", x2=f"{at(tick):.1f}", y1=_TOP, y2=low),
            _text(at(tick), low + 15, axis.show(tick), "middle"),
        )
        for tick in axis.ticks()
    ]
    zero = None
    if axis.low < 0 < axis.high:
        zero = tag("line", class_="zero", x1=f"{at(0):.1f}", x2=f"{at(0):.1f}", y1=_TOP, y2=low)
    drawn = [
        _reach(
            one, _TOP + (place + 0.5) * _ROW, at, axis, named=not place or rows[place - 1].name != one.name
        )
        for place, one in enumerate(rows)
    ]
    return _svg(
        label, low + _BOTTOM, *ticks, zero, *drawn, _text((_NAMES + right) / 2, low + 31, axis.name, "middle")
    )


def legend(names: Sequence[tuple[str, Colour]]) -> Markup:
    """Return which colour is whose."""
    return tag("p", *(tag("span", _swatch(colour), name) for name, colour in names), class_="legend")


def around(values: Sequence[float], *, zero: bool = False) -> tuple[float, float]:
    """Return the ends of an axis that holds these values, 0 too if that is asked for; never one point."""
    held = [*values, *([0.0] if zero else [])] or [0.0]
    low, high = min(held), max(held)
    spare = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return (low if zero and low == 0 else low - spare), (high if zero and high == 0 < -low else high + spare)


def _within(points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> list[tuple[float, float]]:
    return [one for one in points if x.low <= one[0] <= x.high and y.low <= one[1] <= y.high]


def _series(
    one: Series, placed: Sequence[tuple[tuple[float, float], tuple[float, float]]], x: Axis, y: Axis
) -> Markup:
    if not one.dots:
        points = " ".join(f"{right:.1f},{down:.1f}" for _, (right, down) in placed)
        return tag("polyline", class_=f"line {one.colour}", points=points)
    return join(
        *(
            tag(
                "circle",
                tag("title", f"{one.name}: {x.name} {x.show(point[0])}, {y.name} {y.show(point[1])}"),
                class_=f"dot {one.colour}",
                cx=f"{right:.1f}",
                cy=f"{down:.1f}",
                r=3,
            )
            for point, (right, down) in placed
        )
    )


def _reach(one: Reach, down: float, at: Callable[[float], float], axis: Axis, *, named: bool) -> Markup:
    said = f"{one.name}: {axis.show(one.value)}"
    name = _text(_NAMES - 8, down + 4, one.name, "end") if named else None
    if one.low is None or one.high is None:
        start, end = sorted((at(0), at(one.value)))
        wide = f"{max(end - start, 1):.1f}"
        bar = tag(
            "rect", tag("title", said), class_="length", x=f"{start:.1f}", y=down - 6, width=wide, height=12
        )
        return join(name, bar)
    said += f", {axis.show(one.low)} to {axis.show(one.high)}"
    ends: dict[str, str | float] = {
        "x1": f"{at(one.low):.1f}",
        "x2": f"{at(one.high):.1f}",
        "y1": down,
        "y2": down,
    }
    return join(
        name,
        tag("line", tag("title", said), class_=f"reach {one.colour}", **ends),
        tag(
            "circle", tag("title", said), class_=f"dot {one.colour}", cx=f"{at(one.value):.1f}", cy=down, r=4
        ),
    )


def _across(down: float, right: float, said: str) -> Markup:
    return join(
        tag("line", class_="grid", x1=_LEFT, x2=right, y1=f"{down:.1f}", y2=f"{down:.1f}"),
        _text(_LEFT - 7, down + 4, said, "end"),
    )


def _swatch(colour: Colour) -> Markup:
    box = {"viewBox": "0 0 22 10", "aria-hidden": "true"}
    return tag("svg", tag("line", class_=f"reach {colour}", x1=0, x2=22, y1=5, y2=5), **box)


def _text(right: float, down: float, said: str, anchor: str) -> Markup:
    return tag("text", said, x=f"{right:.1f}", y=f"{down:.1f}", text_anchor=anchor)


def _svg(label: str, height: float, *children: Markup | None) -> Markup:
    box = {"viewBox": f"0 0 {_WIDTH} {height:.0f}"}
    return tag("svg", *children, class_="plot", role="img", aria_label=label, **box)
