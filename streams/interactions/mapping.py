"""Which field is user, item, time and action: decided from what the inventory found out about an asset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pandian.action_words import action_of
from pandian.actions import POSITIVE, Action
from pandian.semantics import MASKED_CLASSES
from pandian.times import reader_name
from streams.decode.paths import split_array
from streams.interactions.base import FieldMapping, NoMapping, Part, Role

Document = Mapping[str, Any]

#: Least confidence in a field's meaning to rely on it.
_RELIES = 0.45
#: Share of records in which a field has a value, for it to go before a lesser one that always has.
_MOSTLY = 0.5
#: Kinds of which no row is an interaction, with what they are instead.
_NO_INTERACTIONS = {
    "users": "its rows are about people",
    "searches": "its rows are searches, which name no item",
    "payments": "its rows are payments, which name no item",
    "inventory": "its rows are stock",
    "impressions": "its rows are what was shown, not what people did",
}
#: What a row is where no field says so.
_ACTION_OF_KIND: Mapping[str, Action] = {"orders": "purchase", "reviews": "rate"}

#: Semantic types that can play a role, the best first.
_TYPES: Mapping[Role, tuple[str, ...]] = {
    "user": ("user_id", "device_id", "session_id"),
    "item": ("item_id", "sku", "gtin"),
    "time": ("timestamp", "date"),
    "action": ("event_type",),
    "status": ("order_status",),
    "quantity": ("quantity",),
    "rating": ("rating",),
    "session": ("session_id", "order_id"),
    "name": ("item_name",),
    "category": ("category", "category_code"),
    "brand": ("brand",),
    "price": ("price",),
    "available": ("availability",),
}
_OF_INTERACTIONS: tuple[Role, ...] = (
    "user",
    "item",
    "time",
    "action",
    "status",
    "quantity",
    "rating",
    "session",
)
_OF_ITEMS: tuple[Role, ...] = ("item", "time", "name", "category", "brand", "price", "available")
#: Personal types that tell one user from another: with a key, a field of them can be the user, as a pseudonym. A name
#: is borne by many.
_HASHED_USERS = ("email", "phone", "social_handle")
#: Types that say who it was, and that are no business of a recommender.
_PERSONS = ("email", "phone", "person_name", "national_id")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[\u4e00-\u9fff]+")
#: Of several times, the one of the event rather than one of what came after it.
_EVENT_TIME = (
    "event",
    "order",
    "invoice",
    "created",
    "occurred",
    "purchase",
    "click",
    "time",
    "timestamp",
    "ts",
    "下单",
    "时间",
)
_LATER_TIME = (
    "update",
    "modif",
    "ship",
    "deliver",
    "paid",
    "expire",
    "end",
    "first",
    "last",
    "birth",
    "process",
    "ingest",
    "load",
)


class _Field(NamedTuple):
    """What is looked at of a field."""

    path: str
    type: str
    confidence: float
    present: float
    document: Document
    hashed: bool = False
    """Whether it is personal, and can be the user as a pseudonym."""


def mapping_of(asset: Document, key: str | None = None) -> FieldMapping | NoMapping:
    """Return how the rows of an asset are read, or why they become nothing.

    Args:
        asset: its document in the inventory.
        key: fingerprint of the key that makes pseudonyms; None when there is none.

    Guarantees: a field that the inventory masks plays no role, but with a key that of a user, as a pseudonym; the same
    document gives the same mapping.
    """
    kind = str(asset["kind"])
    if kind in _NO_INTERACTIONS:
        return NoMapping(_NO_INTERACTIONS[kind])
    fields = [_field(one) for one in asset["fields"]]
    usable = [one for one in fields if one.confidence >= _RELIES and not is_masked(one.document)]
    columns = {name: column for column, name in (asset.get("columns") or {}).items()}
    if kind == "items":
        return _items(usable, columns)
    found = _interactions(
        usable + _hashable(fields, key), columns, _usual_action(kind, str(asset["asset"]), usable), key
    )
    personal = [one.path for one in fields if one.type in _PERSONS]
    if isinstance(found, NoMapping) and personal and key is None:
        return NoMapping(f"{found.why}; {personal[0]} is personal, and is not used without PANDIAN_HASH_KEY")
    return found


def time_of(asset: Document) -> tuple[str, str | None] | None:
    """Return the field that says when what a row tells of happened, and how it is read; None when no field does."""
    fields = [_field(one) for one in asset["fields"]]
    usable = [
        one
        for one in fields
        if one.confidence >= _RELIES and not is_masked(one.document) and split_array(one.path) is None
    ]
    part = _parts(usable, ("time",), {}).get("time")
    return None if part is None else (part.field, _reader(usable, part))


def _hashable(fields: Sequence[_Field], key: str | None) -> list[_Field]:
    """Return the personal fields that can be the user when there is a key."""
    if key is None:
        return []
    return [
        one._replace(hashed=True)
        for one in fields
        if one.confidence >= _RELIES and one.type in _HASHED_USERS and is_masked(one.document)
    ]


def _usual_action(kind: str, name: str, fields: Sequence[_Field]) -> Action:
    """Return what a row is where no field says so: by the kind, else by the last word of the asset's name."""
    if kind in _ACTION_OF_KIND:
        return _ACTION_OF_KIND[kind]
    if any(one.type == "rating" for one in fields):
        return "rate"
    word = (_WORDS.findall(name) or [""])[-1].lower()
    meant = [action_of(one) for one in (word, word.removesuffix("s"))]
    return next((action for action in meant if action in POSITIVE), "view")


def _interactions(
    fields: Sequence[_Field], columns: Mapping[str, str], action: Action, key: str | None
) -> FieldMapping | NoMapping:
    parts = _parts(fields, _OF_INTERACTIONS, columns, key)
    for role, words in (("user", "who did it: no user, device or session"), ("item", "what with: no item")):
        if role not in parts:
            return NoMapping(f"no field says {words} was recognised")
    if "session" in parts and parts["session"].field == parts["user"].field:
        del parts["session"]
    rating = _document(fields, parts.get("rating"))
    return FieldMapping(
        "interactions",
        parts,
        action,
        reader=_reader(fields, parts.get("time")),
        best_rating=greatest(rating) if rating else None,
    )


def _items(fields: Sequence[_Field], columns: Mapping[str, str]) -> FieldMapping | NoMapping:
    # A day in a catalogue says when an item came out, not when the row was written.
    parts = _parts([one for one in fields if one.type != "date"], _OF_ITEMS, columns)
    if "item" not in parts:
        return NoMapping("no field was recognised that says which item a row is about")
    return FieldMapping("items", parts, reader=_reader(fields, parts.get("time")))


def _parts(
    fields: Sequence[_Field], roles: Iterable[Role], columns: Mapping[str, str], key: str | None = None
) -> dict[Role, Part]:
    found: dict[Role, Part] = {}
    taken: set[str] = set()
    for role in roles:
        best = _best(fields, role, taken, found)
        if best is not None:
            why = f"{best.type}, {best.confidence:.0%}: {best.document['evidence']}"
            found[role] = Part(best.path, why, columns.get(best.path), key if best.hashed else None)
            taken.add(best.path)
    return found


def _best(fields: Sequence[_Field], role: Role, taken: set[str], found: Mapping[Role, Part]) -> _Field | None:
    types = _TYPES[role]
    if role == "user":
        # A visit is less than a person, a device as good as one; and what need not be hashed is clearer.
        types = (*types[:-1], *_HASHED_USERS, types[-1])
    ranked = sorted(
        (one for one in fields if one.type in types and _may(one, role, taken, found)),
        key=lambda one: (
            one.present < _MOSTLY,
            types.index(one.type),
            -_named(one.path, role),
            -round(one.confidence, 1),
            -one.present,
        ),
    )
    return ranked[0] if ranked else None


def _may(field: _Field, role: Role, taken: set[str], found: Mapping[Role, Part]) -> bool:
    """Tell whether a field can play a role beside those that are cast: one array is opened, no array in an array."""
    if field.path in taken and role != "session":
        return False
    split = split_array(field.path)
    if split is None:
        return True
    array, inside = split
    return role != "user" and split_array(inside) is None and _arrays(found.values()) <= {array}


def _arrays(parts: Iterable[Part]) -> set[str]:
    """Return the arrays that these fields are in."""
    return {split[0] for part in parts if (split := split_array(part.field))}


def _named(path: str, role: Role) -> int:
    """Return how much the name of a field speaks for a role, beyond its type."""
    if role != "time":
        return 0
    name = path.lower()
    return sum(word in name for word in _EVENT_TIME) - 3 * any(word in name for word in _LATER_TIME)


def _reader(fields: Sequence[_Field], part: Part | None) -> str | None:
    document = _document(fields, part)
    if document is None or part is None:
        return None
    samples = [one["value"] for one in document["top"]]
    samples += [value for value in (document["min"], document["max"]) if value is not None]
    return reader_name(samples, f"{part.field} time")


def _document(fields: Sequence[_Field], part: Part | None) -> Document | None:
    return next((one.document for one in fields if part and one.path == part.field), None)


def _field(document: Document) -> _Field:
    whole = document["count"] + document["missing"]
    present = (document["count"] - document["missing_spelled"]) / whole if whole else 0.0
    return _Field(
        document["field"], document["semantic_type"], document["confidence"], round(present, 2), document
    )


def greatest(document: Document) -> float | None:
    """Return the greatest value of a field of numbers, when that is more than nothing."""
    most = document.get("max")
    return float(most) if isinstance(most, int | float) and most > 0 else None


def is_masked(document: Document) -> bool:
    """Tell whether the inventory shows no values of a field."""
    return bool(document["masked"]) or document["pii"]["class"] in MASKED_CLASSES


def masked_fields(asset: Document) -> frozenset[str]:
    """Return the paths of the fields of which the inventory shows no values."""
    return frozenset(one["field"] for one in asset["fields"] if is_masked(one))
