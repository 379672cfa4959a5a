"""The classifications that fields are tagged with: what they mean, and how personal they are.

``PII.Sensitive`` and ``PersonalData.Personal`` are OpenMetadata's own: its policies and its masking go by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalogs.document import Field
from catalogs.openmetadata.names import entity_name, qualified
from catalogs.words import markdown, spaced
from pandian.semantics import semantic_types

MEANING, PERSON = "PandianMeaning", "PandianPerson"

_PERSON = {
    "pseudonym": "Stands for a person whom only your own data can name.",
    "personal": "Says who somebody is, or something about them; its values are masked.",
    "sensitive": "Can do harm in the wrong hands; its values are masked.",
}
_BUILT_IN = {"sensitive": "PII.Sensitive", "personal": "PersonalData.Personal"}


def labels(field: Field) -> list[dict[str, str]]:
    """Return the tags of a field."""
    names = [] if field.semantic_type == "unknown" else [qualified(MEANING, entity_name(field.semantic_type))]
    if field.pii.cls in _PERSON:
        names.append(f"{PERSON}.{field.pii.cls}")
    if field.pii.cls in _BUILT_IN:
        names.append(_BUILT_IN[field.pii.cls])
    return [
        {"tagFQN": name, "source": "Classification", "labelType": "Automated", "state": "Suggested"}
        for name in names
    ]


def classifications(fields: Iterable[Field]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the classifications to create, and the tags in them that some fields bear."""
    fields = list(fields)
    meanings = sorted({field.semantic_type for field in fields} - {"unknown"})
    classes = sorted({field.pii.cls for field in fields} & _PERSON.keys())
    groups = [
        {"name": MEANING, "description": "What a field means.", "mutuallyExclusive": True},
        {"name": PERSON, "description": "How personal a field is.", "mutuallyExclusive": True},
    ]
    tags = [
        {"classification": MEANING, "name": entity_name(name), "description": _meaning(name)}
        for name in meanings
    ]
    tags += [{"classification": PERSON, "name": name, "description": _PERSON[name]} for name in classes]
    return groups, tags


def _meaning(name: str) -> str:
    known = semantic_types().get(name)
    return markdown((known.meaning if known else "") or spaced(name))
