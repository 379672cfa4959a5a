"""Plots: marks stand where their values are, and ticks are round."""

from __future__ import annotations

import re

import pytest

from pandian.html.plots import Axis, Reach, Series, around, chart, reaches


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-0.03, 0.05, [-0.02, 0, 0.02, 0.04]),
        (3, 3, [3]),
        (0, 12_000, [0, 2_500, 5_000, 7_500, 10_000]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert Axis("x", low, high).ticks() == pytest.approx(ticks)


def test_ticks_of_logarithms():
    axis = Axis("k", 1, 100, logarithmic=True)
    assert axis.ticks() == [1, 2, 5, 10, 20, 50, 100]
    assert axis.place(10) == pytest.approx(0.5)


def test_points_beyond_the_axes_are_left_out_and_others_stand_where_they_are():
    drawn = chart("x<y", Axis("x", 0, 10), Axis("y", 0, 1), [Series("a", [(0, 0), (10, 1), (11, 1)])])
    (points,) = re.findall(r'points="([^"]*)"', drawn)
    (left, low), (right, high) = [map(float, point.split(",")) for point in points.split()]
    assert left < right
    assert low > high
    assert "x&lt;y" in drawn
    assert "legend" not in drawn


def test_dots_say_their_values():
    axis = Axis("x", 0, 10)
    drawn = chart("two", axis, Axis("y", 0, 1), [Series("a", [(5, 0.25)], dots=True), Series("b", [(0, 0)])])
    assert "a: x 5, y 0.25" in drawn
    assert "legend" in drawn


def test_intervals_are_as_long_as_they_are_wide():
    axis = Axis("difference", -1, 1)
    drawn = reaches("gains", axis, [Reach("a", 0, -0.5, 0.5), Reach("b", 0.5), Reach("b", 2, 1.5, 3)])
    (start, end), (beyond, edge) = [
        (float(low), float(high))
        for low, high in re.findall(r'class="reach one" x1="([^"]*)" x2="([^"]*)"', drawn)
    ]
    assert end - start == pytest.approx((506 - 150) / 2, abs=0.2)
    assert beyond == edge
    assert "zero" in drawn
    assert drawn.count(">b</text>") == 1


def test_axes_hold_their_values():
    assert around([1.0, 3.0]) == pytest.approx((0.88, 3.12))
    assert around([1.0, 3.0], zero=True) == pytest.approx((0, 3.18))
    low, high = around([])
    assert low < high
