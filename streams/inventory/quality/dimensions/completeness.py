"""Of the places where a field could have a value, those that have one.

Absent, null and blank count against it, and so do spellings such as ``N/A``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.inventory.intervals import wilson
from streams.inventory.quality.base import Dimension, FieldQuality, percent
from streams.inventory.quality.places import Span


def measure(fields: Sequence[FieldQuality], gaps: Mapping[str, Span]) -> Dimension | None:
    """Return the dimension; None where there is no place for a value.

    Args:
        fields: of the asset.
        gaps: by field, the first and the latest record without a value.
    """
    places = sum(field.base for field in fields)
    if not places:
        return None
    filled = sum(min(field.values, field.base) for field in fields)
    share = wilson(filled, places)
    rule = f"{percent(share.score)} of {places:,} places for a value have one"
    return Dimension(share, places - filled, places, rule, _span(fields, gaps))


def measure_field(field: FieldQuality, gap: Span) -> Dimension | None:
    """Return the same of one field."""
    if not field.base:
        return None
    filled = min(field.values, field.base)
    share = wilson(filled, field.base)
    rule = f"{field.path} has a value in {percent(share.score)} of {field.base:,} places"
    return Dimension(share, field.base - filled, field.base, rule, gap if filled < field.base else Span())


def _span(fields: Sequence[FieldQuality], gaps: Mapping[str, Span]) -> Span:
    found = Span()
    for field in fields:
        if field.values < field.base:
            found = found.union(gaps.get(field.path, Span()))
    return found
