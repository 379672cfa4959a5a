"""A mapping as a user's TOML file says it (``PANDIAN_MAPPING``), for topics where the inventory is not to decide.

::

    ["shop.orders"]              # a topic's name, or a glob
    user = "CustomerID"          # paths of fields, as the inventory names them
    item = "lines[].sku"
    time = "InvoiceDate"
    action = "what"              # the field with the event type
    default = "purchase"         # what a row is when no field says so
    words = { "T7" = "cart" }    # words of the action field that mean something of their own

    ["shop.secret"]
    ignore = true                # its rows become nothing
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pandian.actions import Action
from pandian.errors import SettingError
from pandian.tables import first_fitting, read_models
from streams.decode.paths import split_array
from streams.interactions.base import ITEM_ROLES, ROLES, FieldMapping, NoMapping, Part, Role
from streams.interactions.mapping import Document, greatest, is_masked, masked_fields

#: Roles of which only equality counts: a pseudonym plays them as well.
_IDENTIFIERS: frozenset[Role] = frozenset({"user", "item", "session"})


class TopicRule(BaseModel):
    """What the file says of one topic or glob."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    user: str | None = None
    """Field with the user's identifier."""
    item: str | None = None
    """Field with the item's identifier."""
    time: str | None = None
    """Field with the time of the event; unset: the broker's time of the record."""
    action: str | None = None
    """Field with the event type."""
    status: str | None = None
    """Field with the status of an order: a cancelled one is a refund."""
    quantity: str | None = None
    """Field with the quantity: a negative one is a refund."""
    rating: str | None = None
    """Field with the rating."""
    session: str | None = None
    """Field with the visit or order."""
    name: str | None = None
    """Field with an item's title."""
    category: str | None = None
    """Field with an item's category."""
    brand: str | None = None
    """Field with an item's brand."""
    price: str | None = None
    """Field with an item's price."""
    available: str | None = None
    """Field that says whether an item can be had."""
    default: Action = "view"
    """What a row is when no field says so."""
    words: dict[str, Action] = Field(default_factory=dict)
    """Words of the action field that mean something else than usual."""
    target: Literal["interactions", "items"] | None = None
    """What its rows become; unset: interactions where there is a user, else items."""
    ignore: bool = False
    """Its rows become nothing."""


class Overrides:
    """The rules of a file, in its order: the first that fits a topic counts."""

    def __init__(self, rules: Mapping[str, TopicRule] | None = None) -> None:
        self._rules = dict(rules or {})

    def of(
        self, topic: str, asset: Document | None = None, key: str | None = None
    ) -> FieldMapping | NoMapping | None:
        """Return what the file says of a topic; None when it says nothing.

        Args:
            topic: its name.
            asset: its document in the inventory, which knows the positions of CSV columns, which fields there are,
                and which are personal: those are no more than identifiers, as pseudonyms, whatever the file says.
            key: fingerprint of the key that makes pseudonyms; without one, personal fields play no role at all.
        """
        rule = first_fitting(self._rules, topic)
        return None if rule is None else _mapping(rule, asset or {}, key)


def read_overrides(path: Path | None) -> Overrides:
    """Read the file; no file, no rules.

    Raises:
        SettingError: naming the file, the key, the rule and the fix.
    """
    if path is None:
        return Overrides()
    rules = read_models(path, TopicRule, _wrong, "docs/interactions.md")
    for glob, rule in rules.items():
        _check(path, glob, rule)
    return Overrides(rules)


def _check(path: Path, glob: str, rule: TopicRule) -> None:
    """Raise unless a rule says what is needed, and names fields that can be read."""
    if not rule.ignore and not rule.item:
        raise _wrong(
            path, f'["{glob}"] must say which field is the item', 'add item = "field", or ignore = true'
        )
    if rule.target == "interactions" and not rule.user:
        raise _wrong(path, f'["{glob}"] must say which field is the user', 'add user = "field"')
    _check_paths(path, glob, {role: found for role in ROLES if (found := getattr(rule, role))})


def _check_paths(path: Path, glob: str, fields: Mapping[Role, str]) -> None:
    """Raise unless the fields can be read: each of the record itself, or of one array."""
    arrays: set[str] = set()
    for role, field in fields.items():
        where = f'["{glob}"] {role}: {field}'
        try:
            split = split_array(field)
            nested = split is not None and split_array(split[1]) is not None
        except ValueError:
            fix = "write it as the inventory shows it, such as lines[].sku"
            raise _wrong(path, f"{where} is no path of a field", fix) from None
        if nested:
            raise _wrong(path, f"{where} is in an array of an array", "name a field of the outer one")
        arrays |= {split[0]} if split else set()
    if len(arrays) > 1:
        named = " and ".join(f"{array}[]" for array in sorted(arrays))
        raise _wrong(path, f'["{glob}"] names fields of {named}', "name fields of one array only")


def _mapping(rule: TopicRule, asset: Document, key: str | None) -> FieldMapping | NoMapping:
    if rule.ignore:
        return NoMapping("the mapping file says to ignore it")
    target = rule.target or ("interactions" if rule.user else "items")
    columns = {name: column for column, name in (asset.get("columns") or {}).items()}
    roles = ("item", "time", *ITEM_ROLES) if target == "items" else tuple(set(ROLES) - set(ITEM_ROLES))
    parts: dict[Role, Part] = {
        role: Part(path, "the mapping file says so", columns.get(path))
        for role in ROLES
        if role in roles and (path := getattr(rule, role))
    }
    if asset and key is not None:
        parts = _hashed(parts, asset, key)
    refused = _refused(parts, asset) if asset else None
    if refused:
        return NoMapping(refused)
    words = {word.lower(): action for word, action in rule.words.items()}
    rated = next((one for one in asset.get("fields", ()) if one["field"] == rule.rating), None)
    best = greatest(rated) if rated else None
    return FieldMapping(target, parts, rule.default, words, best_rating=best, origin="file")


def _hashed(parts: Mapping[Role, Part], asset: Document, key: str) -> dict[Role, Part]:
    """Return the fields in their roles: identifiers that are personal as pseudonyms."""
    masked = masked_fields(asset)
    return {
        role: replace(part, hashed=key) if role in _IDENTIFIERS and part.field in masked else part
        for role, part in parts.items()
    }


def _refused(parts: Mapping[Role, Part], asset: Document) -> str | None:
    """Return why the fields cannot play these roles; None when they can."""
    seen = {one["field"]: one for one in asset["fields"]}
    for role, part in parts.items():
        if part.field not in seen and role in ("user", "item"):
            return f"the mapping file says that {part.field} is the {role}, but no such field has been seen"
        if part.hashed is None and part.field in seen and is_masked(seen[part.field]):
            fix = ", and PANDIAN_HASH_KEY is not set" if role in _IDENTIFIERS else ""
            return f"the mapping file says that {part.field} is the {role}, but it is personal{fix}"
    return None


def _wrong(path: Path, rule: str, fix: str) -> SettingError:
    return SettingError(f"PANDIAN_MAPPING={path}", rule, fix)
