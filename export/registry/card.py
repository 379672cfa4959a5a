"""The card of an entry: what it must say so that a worker can serve the model and measure it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from export.registry.exceptions import EntryError
from export.registry.manifest import check_format, check_model, check_version

#: Scores are counted into one bucket more than there are edges.
EDGES = 1023
#: What a recommendation does with items of the user's own history.
SEEN = ("keep", "drop")
#: What the weights are kept in; a card that does not say so is of the first.
PRECISIONS = ("float32", "float16", "int8")


def read_card(path: Path | str, data: bytes) -> dict[str, Any]:
    """Return a card that says what serving needs.

    Raises:
        EntryError: naming the key, what was found and the rule.
    """
    try:
        card = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise EntryError(f"{path}: {len(data):,} bytes", "must be JSON", "export the model again") from error
    if not isinstance(card, dict):
        raise EntryError(f"{path}: {type(card).__name__}", "must be a JSON object", "export the model again")
    check_card(path, card)
    return card


def check_card(path: Path | str, card: Mapping[str, Any]) -> None:
    """Check what serving and measuring rely on; the other keys are for people and may be anything.

    Raises:
        EntryError: naming the key, what was found and the rule.
    """
    check_format(path, card)
    check_model(str(path), card.get("model"))
    check_version(str(path), card.get("version"))
    rules = (
        ("created", created_at(card) is not None, "must be a time, such as 2026-01-31T09:00:00Z"),
        ("seen", card.get("seen") in SEEN, "must be keep or drop"),
        ("max_length", _whole(card.get("max_length")), "must be a whole number from 1 to 10,000"),
        ("metrics", isinstance(card.get("metrics"), dict), "must be an object"),
        ("calibration", _calibration(card.get("calibration")), "must be a slope above 0 and an offset"),
        (
            "precision",
            card.get("precision", PRECISIONS[0]) in PRECISIONS,
            f"must be one of {', '.join(PRECISIONS)}",
        ),
        ("score_edges", _edges(card.get("score_edges")), f"must be {EDGES:,} numbers, each above the last"),
    )
    for key, right, rule in rules:
        if not right:
            raise EntryError(f"{path}: {key} {_shown(card.get(key))}", rule, "export the model again")


def created_at(card: Mapping[str, Any]) -> datetime | None:
    """Return when a model was made; None when the card does not say so in ISO 8601. UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(card.get("created", ""))
    except (TypeError, ValueError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _whole(value: object) -> bool:
    return type(value) is int and 1 <= value <= 10_000


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _calibration(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    slope, offset = value.get("slope"), value.get("offset")
    return _finite(slope) and _finite(offset) and float(slope or 0) > 0


def _edges(value: object) -> bool:
    if not isinstance(value, list) or len(value) != EDGES or not all(map(_finite, value)):
        return False
    return all(low < high for low, high in pairwise(value))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
