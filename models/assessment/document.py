"""What was found of models, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from models.assessment.base import Assessment, Figure, Group
from models.assessment.facts import ITEM_GROUPS, Facts, gini
from models.comparison import Comparison


def model_document(found: Assessment) -> dict[str, Any]:
    """Return what was found of a model; its metrics are plain numbers, ``intervals`` has their ends."""
    return {
        "model": found.model,
        "version": found.version,
        "seen": found.seen,
        "catalogue": found.catalogue,
        "metrics": {name: figure.value for name, figure in found.metrics.items()},
        "intervals": intervals(found.metrics),
        "beyond": {name: asdict(figure) for name, figure in found.beyond.items()},
        "groups": {
            "history": {group.name: _group(group) for group in found.by_history},
            "items": {group.name: _group(group) for group in found.by_item},
        },
    }


def intervals(figures: Mapping[str, Figure]) -> dict[str, dict[str, float | None]]:
    """Return the ends of the 95 % interval of each figure."""
    return {name: {"low": figure.low, "high": figure.high} for name, figure in figures.items()}


def data_document(facts: Facts) -> dict[str, Any]:
    """Return what the files say: what the lists of models are to be compared with."""
    known = facts.counts > 0
    return {
        "interactions": facts.interactions,
        "items": int(known.sum()),
        "popularity": float(facts.taste.mean()),
        "gini": gini(facts.counts[known]),
        "groups": {name: int((facts.groups == number).sum()) for number, name in enumerate(ITEM_GROUPS)},
    }


def comparison_document(found: Mapping[str, Comparison]) -> dict[str, Any]:
    """Return the differences, each with its interval and test; ``better`` is which one surely is, or null."""
    return {
        name: {
            "difference": one.difference,
            "low": one.low,
            "high": one.high,
            "p": one.p,
            "better": "other" if one.better else "model" if one.worse else None,
        }
        for name, one in found.items()
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "targets": group.targets,
        "users": group.users,
        "metrics": {name: asdict(figure) for name, figure in group.metrics.items()},
    }
