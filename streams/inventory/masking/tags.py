"""Tags: what masking leaves in a text in place of what it found, and what a tag still says."""

from __future__ import annotations

import re

from pandian.semantics import PiiClass, semantic_types
from streams.inventory.masking.finders import FINDERS

#: The semantic types that finders name otherwise.
_NAMED = {
    "token": "password_or_token",
    "iban": "bank_account",
    "national-id": "national_id",
    "card": "bank_card",
}
#: Semantic type of what each tag, with its brackets, stands for.
TAGS: dict[str, str] = {f"[{finder.tag}]": _NAMED.get(finder.tag, finder.tag) for finder in FINDERS}
_TAG = re.compile("|".join(map(re.escape, TAGS)))


def tagged(text: str) -> PiiClass:
    """Return the most personal class of what was masked in ``text``; ``none`` when it holds no tag."""
    if "[" not in text:
        return "none"
    classes = {semantic_types()[TAGS[tag]].pii for tag in _TAG.findall(text)}
    return "sensitive" if "sensitive" in classes else "personal" if classes else "none"
