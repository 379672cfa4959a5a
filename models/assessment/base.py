"""A figure with its interval; all that is found of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation import Floats, Seen


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval; ends that are None are not known, as of fewer than two users."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The targets of some users, or of some items."""

    name: str
    targets: int
    users: int
    """To whom these targets belong."""
    metrics: Mapping[str, Figure]
    """NDCG, hit rate, recall and MRR; empty without a target."""


@dataclass(frozen=True)
class Assessment:
    """All that was found of one model."""

    model: str
    version: str
    seen: Seen
    """Whether items of the history stay candidates."""
    catalogue: int
    """How many items it knows."""
    metrics: Mapping[str, Figure]
    """NDCG, hit rate, recall and MRR at each k."""
    beyond: Mapping[str, Figure]
    """Coverage, novelty, popularity and its lift, Gini and the shares of groups of items, at each k."""
    by_history: tuple[Group, ...]
    """By how long the history is that the target is asked from."""
    by_item: tuple[Group, ...]
    """By how popular the target is."""
    gains: Mapping[str, Floats]
    """The metrics of each target [targets]."""
    ranks: npt.NDArray[np.int64]
    """Place of each target, from 0 [targets]."""
    shown: Mapping[int, npt.NDArray[np.int64]]
    """How many of the lists of each length hold each item of the catalogue [catalogue]."""
