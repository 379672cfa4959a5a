"""What cleaning changes in a field, from what its profile holds of the values."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from streams.inventory.base import Classification
from streams.inventory.cleaning.plan import FieldPlan, plan
from streams.inventory.profile.clip import MAX_TEXT
from streams.inventory.profile.evidence import MAX_SAMPLES
from streams.inventory.profile.field import FieldProfile

#: More than a profile keeps.
_ALL = 1 << 20
#: Examples of each rule that are shown.
_EXAMPLES = 3


def plans_of(
    fields: Mapping[str, FieldProfile], meaning: Mapping[str, Classification], names: Mapping[str, str]
) -> dict[str, FieldPlan]:
    """Return the plan of each field that was classified, by its path.

    Args:
        fields: an asset's fields by path as decoded.
        meaning: what they mean, by the name that people know.
        names: that name of each path; a path that is not there is its own name.
    """
    plans = {}
    for path, field in fields.items():
        found = meaning.get(names.get(path, path))
        if found is not None:
            samples = (
                [] if field.masked_as is not None else [text for text, _ in field.samples(MAX_SAMPLES)[0]]
            )
            plans[path] = plan(found.semantic_type, samples)
    return plans


def summary(field: FieldProfile, plan_: FieldPlan) -> dict[str, Any]:
    """Return how many values each rule changes, with examples before and after.

    ``low`` and ``high`` bound the count: they are equal while the profile holds every value. Of a masked field nothing
    is told: its values are shapes.
    """
    if field.masked_as is not None:
        return {"rules": {}, "notes": list(plan_.notes)}
    kept = _texts(field)
    others = max(field.strings - field.blanks - sum(kept.values()), 0)
    cleaned = plan_.cleaner(typed=False).clean(kept)
    rules: dict[str, Any] = {}
    changed = sorted(cleaned.rules, key=lambda text: (-kept[text], text))
    for name, count in sorted(cleaned.counts.items(), key=lambda item: (-item[1], item[0])):
        before = list(islice((text for text in changed if name in cleaned.rules[text]), _EXAMPLES))
        rules[name] = {
            "count": count,
            "low": count,
            "high": count + others,
            "examples": [{"before": text, "after": cleaned.changed[text]} for text in before],
        }
    return {"rules": rules, "notes": list(plan_.notes)}


def _texts(field: FieldProfile) -> Mapping[str, int]:
    """Return the strings that are counted one by one, long ones as they are shown."""
    if not field.numbers and not field.booleans:
        kept, _ = field.kept()
        if len(max(kept, key=len, default="")) <= MAX_TEXT:
            return kept
    return {top.value: top.count for top in field.top(_ALL) if isinstance(top.value, str)}
