"""Integrated gradients: how much each feature moves a logit on the straight way from an average item to this one.

Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks, ICML 2017. Of each step of the way, what its
middle's gradient misses of the true difference is shared out as the gradient shares it; so contributions add up
exactly to the logit less that of the average item.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from export.explain.base import Explained, Floats, Scorer

_STEPS = 32
#: Items whose ways are walked at once.
_AT_ONCE = 64


class Way(NamedTuple):
    """From where to where."""

    start: Floats
    """Features of an average item [features]."""
    end: Floats
    """Features of some items [items, features]."""
    floor: float
    """The mean of the last item that is ordered anew, as a logit; nothing where nothing is."""


def contributions(model: Explained, way: Way) -> Floats:
    """Return what each feature gives to the logit [items, features].

    Of features beyond those of the sources when ``way`` has only these: the scorer has no say then.
    """
    found = np.zeros_like(way.end)
    for begin in range(0, len(way.end), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        found[part] = _walked(model, way._replace(end=way.end[part]))
    return found


def logits(model: Explained, points: Floats, floor: float) -> Floats:
    """Return the logit of some features [..., features] -> [...]."""
    mean = _mean(model, points)[0]
    if model.scorer is None or points.shape[-1] == len(model.weights):
        return mean
    ramp = np.clip((mean - floor) / model.scorer.reach, 0, 1)
    found: Floats = mean + ramp * _scored(model.scorer, points)[0]
    return found


def _walked(model: Explained, way: Way) -> Floats:
    ends = np.linspace(0, 1, _STEPS + 1)
    step = (way.end - way.start) / _STEPS
    corners, middles = (
        way.start + shares[:, None, None] * (way.end - way.start)
        for shares in (ends, ends[1:] - 0.5 / _STEPS)
    )
    moved = _gradient(model, middles, way.floor) * step
    missed = np.diff(logits(model, corners, way.floor), axis=0) - moved.sum(-1)
    weight = np.abs(moved)
    total = weight.sum(-1, keepdims=True)
    share = np.where(total > 0, weight / np.where(total > 0, total, 1), 1 / weight.shape[-1])
    found: Floats = (moved + missed[..., None] * share).sum(0)
    return found


def _mean(model: Explained, points: Floats) -> tuple[Floats, Floats]:
    """Return the mean as a logit [...], and what part of it each source gives, 1 together [..., sources]."""
    terms = np.array(model.weights) * np.exp(model.power * points[..., : len(model.weights)])
    total = terms.sum(-1)
    return np.log(total) * (model.sharpness / model.power), terms / total[..., None]


def _gradient(model: Explained, points: Floats, floor: float) -> Floats:
    mean, parts = _mean(model, points)
    found = np.zeros_like(points)
    found[..., : len(model.weights)] = model.sharpness * parts
    if model.scorer is None or points.shape[-1] == len(model.weights):
        return found
    above = (mean - floor) / model.scorer.reach
    added, slope = _scored(model.scorer, points)
    # Where the ramp rises, the mean counts also by what more of the scorer it lets through.
    rises = np.where((above > 0) & (above < 1), added / model.scorer.reach, 0.0)
    result: Floats = found * (1 + rises)[..., None] + np.clip(above, 0, 1)[..., None] * slope
    return result


def _scored(scorer: Scorer, points: Floats) -> tuple[Floats, Floats]:
    """Return what the scorer gives [...], and its gradient [..., features]."""
    inside = ((points - scorer.centre) / scorer.spread) @ scorer.first[0].T + scorer.first[1]
    first, first_slope = _silu(inside)
    second, second_slope = _silu(first @ scorer.second[0].T + scorer.second[1])
    back = ((scorer.last * second_slope) @ scorer.second[0]) * first_slope
    return second @ scorer.last, (back @ scorer.first[0]) / scorer.spread


def _silu(values: Floats) -> tuple[Floats, Floats]:
    """Return ``x * sigmoid(x)`` and its slope."""
    sigmoid = 1 / (1 + np.exp(-np.clip(values, -500, 500)))
    return values * sigmoid, sigmoid * (1 + values * (1 - sigmoid))
