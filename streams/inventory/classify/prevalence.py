"""Personal data inside free text: in how many sampled values it is found, and what that makes of the field."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pandian.semantics import PiiClass
from streams.inventory.base import Pii
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.masking import ShapeMasker
from streams.inventory.masking.tags import TAGS, tagged

#: Types whose values people write themselves: one find is enough to treat the field as personal.
FREE_TEXT = frozenset({"text", "review_text", "item_description", "search_query", "attributes", "unknown"})
#: Fields of any other type become personal from this share of values; below it, masking the finds is enough.
_SHARE = 0.2

#: Shapes that only valid values leave.
_WHOLE = {
    "email": re.compile(r"\*{3}@\*{3}(?:\.[a-z]{2,8})?"),
    "phone": re.compile(r"\+?\*{6,15}"),
    "ip_address": re.compile(r"\*\.\*\.\*\.\*|IPv6"),
    "national_id": re.compile(r"\*{18}"),
    "bank_card": re.compile(r"[* -]{13,23}"),
}

_MASKER = ShapeMasker()


def prevalence(facts: FieldFacts, semantic_type: str) -> Pii | None:
    """Look into the values of a field whose type is not masked; None when nothing personal makes it so."""
    if facts.looks != "text":
        return None
    suspicious = _MASKER.suspicious(facts.values)
    if not suspicious and not any("[" in text for text in facts.values):
        return None
    found = [tagged(text) for text in facts.values]
    if suspicious:
        found = [_most(*both) for both in zip(found, map(_MASKER.found, facts.values), strict=True)]
    hits = len(found) - found.count("none")
    if not hits or (semantic_type not in FREE_TEXT and hits < _SHARE * facts.size):
        return None
    return Pii("sensitive" if "sensitive" in found else "personal", hits, facts.size)


def _most(one: PiiClass, other: PiiClass) -> PiiClass:
    return "sensitive" if "sensitive" in (one, other) else other if one == "none" else one


def mask_hits(samples: Sequence[tuple[str, int]], semantic_type: str) -> tuple[int, int]:
    """Count masked values that have the shape of valid ones of ``semantic_type``: hits and values looked at.

    Shapes are few, so values are counted, not shapes. 0 of 0 for types whose shapes do not tell.
    """
    whole = _WHOLE.get(semantic_type)
    if whole is None:
        return 0, 0
    tags = {tag for tag, name in TAGS.items() if name == semantic_type}
    hits = sum(count for text, count in samples if text in tags or whole.fullmatch(text))
    return hits, sum(count for _, count in samples)
