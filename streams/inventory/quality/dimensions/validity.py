"""Of the values, those that are what their field holds.

Wrong is a value of another JSON type than most of its field; in a field of numbers, a string that is no number; in a
field of strings of which at least 99 % are numbers, the others; and a value that has not the form of the field's
semantic type, where that form is certain (see :mod:`streams.inventory.quality.forms`). A value is wrong once, whatever
is wrong with it. A record that could not be read counts as a record's worth of wrong values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.inventory.intervals import Share, wilson
from streams.inventory.quality.base import Dimension, FieldQuality, percent
from streams.inventory.quality.forms import FORMS
from streams.inventory.quality.places import Span

#: From this share of numbers on, a field of strings is one of numbers.
NUMERIC = 0.99


def measure(
    fields: Sequence[FieldQuality], records: int, quarantined: int, places: Mapping[str, Span]
) -> Dimension | None:
    """Return the dimension; None where there is no value.

    Args:
        fields: of the asset.
        records: those that were read.
        quarantined: those that could not be read.
        places: by field, the first and the latest record with a value that has not the form of its type.
    """
    values = sum(field.present for field in fields)
    unread = quarantined * values / records if values and records else float(quarantined)
    total = values + unread
    if not total:
        return None
    wrong = [_wrong(field) for field in fields]
    # From the fewest wrong values that may be to the most, each with its own interval.
    likely, fewest, most = (sum(column) for column in zip(*wrong, strict=True)) if wrong else (0.0, 0.0, 0.0)
    share = Share(
        wilson(values - likely, total).score,
        wilson(values - min(most, values), total).low,
        wilson(values - fewest, total).high,
    )
    rule = f"{percent(share.score)} of {total:,.0f} values are what their field holds"
    if quarantined:
        rule += f"; {quarantined:,} records that could not be read count as wrong"
    span = Span()
    for field, (bad, _, _) in zip(fields, wrong, strict=True):
        if bad:
            span = span.union(places.get(field.path, Span()))
    return Dimension(share, likely + unread, total, rule, span)


def measure_field(field: FieldQuality, place: Span) -> Dimension | None:
    """Return the same of one field."""
    if not field.values:
        return None
    wrong, fewest, most = _wrong(field)
    values = field.values
    share = Share(
        wilson(values - wrong, values).score,
        wilson(values - min(most, values), values).low,
        wilson(values - fewest, values).high,
    )
    form = FORMS.get(field.semantic_type) if field.malformed is not None else None
    if form is None:
        rule = (
            f"{percent(1 - share.score)} of {values:,} values of {field.path} are of another type than most"
        )
    else:
        looked = f"{field.malformed.checked:,} values checked" if field.malformed else ""
        rule = f"{percent(1 - share.score)} of the values of {field.path} are no {form.says} ({looked})"
    return Dimension(share, wrong, values, rule, place if wrong else Span())


def _wrong(field: FieldQuality) -> tuple[float, float, float]:
    """Return how many values are wrong, with the fewest and the most that may be."""
    other = float(_of_another_kind(field))
    found = field.malformed
    if found is None or not found.checked:
        return other, other, other
    if found.exact:
        both = max(other, float(found.wrong))
        return both, both, both
    share = wilson(found.wrong, found.checked)
    likely, low, high = (max(other, part * field.values) for part in share)
    return likely, low, high


def _of_another_kind(field: FieldQuality) -> int:
    values = field.present - field.spelled
    if field.types.get("number", 0) * 2 > values or (values and field.numbers >= NUMERIC * values):
        return max(values - field.numbers, 0)
    # Blanks and missing spellings are strings too, and are no values.
    strings = field.types.get("string", 0)
    others = sum(field.types.values()) - strings
    counts = {**field.types, "string": max(values - others, 0)}
    return sum(counts.values()) - max(counts.values())
