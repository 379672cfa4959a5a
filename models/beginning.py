"""Where a search of settings begins: with what the champion has chosen, so that it is never lost for want of time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from models.config import TrainConfig

S = TypeVar("S")
#: What each kind has chosen, by its name, as JSON values.
Chosen = Mapping[str, Mapping[str, Any]]


def chosen_before(card: Mapping[str, Any], config: TrainConfig) -> Chosen:
    """Return what a model chose for itself, and what those chose that it is made of.

    Left out is what was told something else then: what is asked for now counts.

    Args:
        card: of an entry, maybe somebody else's.
        config: of the training that is to begin with it.
    """
    told, tables = card.get("config"), config.model_dump(mode="json")
    if not isinstance(told, Mapping):
        return {}
    found = _by_kind(str(card.get("model")), card.get("settings"))
    return {kind: one for kind, one in found.items() if _table(told, kind) == _table(tables, kind)}


def _by_kind(model: str, settings: Any) -> dict[str, Mapping[str, Any]]:
    if not isinstance(settings, Mapping):
        return {}
    # A ranker has the settings of its blend among its own, and a blend those of its parts, by their kinds.
    blend = settings.get("blend", settings)
    parts = blend if isinstance(blend, Mapping) else {}
    return {model: settings, **{kind: one for kind, one in parts.items() if isinstance(one, Mapping)}}


def _table(config: Mapping[str, Any], kind: str) -> Any:
    return config.get(kind.replace("-", "_"))


def restored(default: S, found: Mapping[str, Any]) -> S:
    """Return settings as they stand in a card; the default ones where anything of it is missing or of another type.

    Args:
        default: a dataclass of numbers, None, and such dataclasses.
        found: JSON values by the names of its fields.
    """
    try:
        values: S = _restored(default, found)
    except (LookupError, TypeError, ValueError):
        return default
    return values


def _restored(default: Any, found: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for one in fields(default):
        before, value = getattr(default, one.name), found[one.name]
        if is_dataclass(before):
            values[one.name] = _restored(before, value)
        else:
            values[one.name] = _number(value, str(one.type))
    return replace(default, **values)


def _number(value: Any, of: str) -> float | None:
    """Return a number, or None, of the type that a field is annotated with."""
    if value is None and "None" in of:
        return None
    number = int(value) if of.startswith("int") else float(value)
    if isinstance(value, bool | str) or number != value or not math.isfinite(number):
        raise ValueError(value)
    return number
