"""From what the inventory knows of an asset to how its rows are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pandian import topics
from pandian.times import EPOCH, reader_name
from streams.archiving.base import AssetPlan, ColumnPlan, ColumnType
from streams.decode.paths import names, split_array
from streams.interactions.mapping import is_masked, time_of
from streams.inventory.cleaning import plan as cleaning_plan

Document = Mapping[str, Any]

#: Personal types that data is joined by: with a key they are written as hashes. Others are left out: what has few
#: values, such as a year of birth, is told from its hash by how often it occurs.
JOINED = frozenset(
    {
        "bank_account",
        "bank_card",
        "driver_license",
        "email",
        "national_id",
        "passport_number",
        "phone",
        "social_handle",
        "vehicle_plate",
    }
)
#: Types of a meaning, which a column keeps whatever its values look like; others are text.
_BY_MEANING: Mapping[str, ColumnType] = {
    **dict.fromkeys(("price", "amount", "discount", "quantity", "rating", "score", "position"), "double"),
    "boolean": "bool",
    "timestamp": "timestamp",
    "date": "date",
}  # fmt: skip
#: Meanings that say nothing of the type: the JSON types of the values do.
_BY_VALUES = frozenset({"unknown", "label", "weight", "length", "duration"})
#: Doubles are exact up to here.
_EXACT = 2**53
_ALWAYS = 0.98


def plan_of(asset: Document, before: AssetPlan | None = None, *, hashes: bool = False) -> AssetPlan:
    """Return how the rows of an asset are written.

    Args:
        asset: its document in the inventory.
        before: how they were written up to now: a field whose meaning stays is cleaned as it was.
        hashes: whether there is a key to hash by.

    Guarantees: a field that the inventory masks is hashed or left out.
    """
    positions = {name: position for position, name in (asset.get("columns") or {}).items()}
    columns: dict[str, ColumnPlan] = {}
    hidden = set()
    for field in asset["fields"]:
        path = field["field"]
        if is_masked(field):
            found = _hashed(field) if hashes and field["semantic_type"] in JOINED else None
            if found is None:
                hidden.add(path)
        else:
            found = _plain(field, before.columns.get(path) if before else None)
        if found is not None:
            columns[path] = replace(found, position=positions.get(path))
    time, reader = time_of(asset) or (None, None)
    shares = _shares(asset)
    return AssetPlan(
        asset["asset"],
        columns,
        frozenset(hidden),
        time,
        reader,
        frozenset(name for name, share in shares.items() if share >= _ALWAYS),
        frozenset(shares),
    )


def without_hidden(plan: AssetPlan, now: AssetPlan | None) -> AssetPlan:
    """Return a plan without what turned out to be personal since it was made."""
    if now is None:
        return plan
    columns = {
        path: one if one.hashed or path in now.plain else now.columns.get(path, one)
        for path, one in plan.columns.items()
        if path not in now.hidden
    }
    time = plan.time if plan.time in columns and not columns[plan.time].hashed else None
    return replace(plan, columns=columns, hidden=plan.hidden | now.hidden, time=time)


def interactions_plan() -> AssetPlan:
    """Return how the records of ``pandian.interactions`` are written, which are canonical already."""
    columns = [
        ColumnPlan("user_id", "text", "user_id"),
        ColumnPlan("item_id", "text", "item_id"),
        ColumnPlan("action", "text", "event_type"),
        ColumnPlan("time", "timestamp", "timestamp", reader=EPOCH),
        ColumnPlan("weight", "double", "score"),
        ColumnPlan("session_id", "text", "session_id"),
        ColumnPlan("source.topic", "text"),
        ColumnPlan("source.topic_id", "text"),
        ColumnPlan("source.partition", "int64"),
        ColumnPlan("source.offset", "int64"),
        ColumnPlan("source.index", "int64"),
    ]
    verbatim = [replace(one, rules=[{"verbatim": ""}, []]) for one in columns]
    return AssetPlan(
        topics.INTERACTIONS, {one.path: one for one in verbatim}, time="time", reader=EPOCH
    )  # fmt: skip


def _hashed(field: Document) -> ColumnPlan:
    semantic_type = field["semantic_type"]
    rules = cleaning_plan(semantic_type, []).state()
    return ColumnPlan(field["field"], "text", semantic_type, rules, hashed=True)


def _plain(field: Document, before: ColumnPlan | None) -> ColumnPlan | None:
    """Return how a field's values are written; None when it has none but containers and nulls."""
    if not field["types"].keys() & {"string", "number", "boolean"}:
        return None
    semantic_type = field["semantic_type"]
    if before is not None and before.semantic_type == semantic_type and not before.hashed:
        return replace(before, type=_type(field))
    samples = _samples(field)
    rules = cleaning_plan(semantic_type, [value for value in samples if isinstance(value, str)]).state()
    reader = reader_name(samples, f"{field['field']} time") if semantic_type == "timestamp" else None
    return ColumnPlan(field["field"], _type(field), semantic_type, rules, reader=reader)


def _samples(field: Document) -> list[Any]:
    found = [one["value"] for one in field["top"]]
    return found + [value for value in (field["min"], field["max"]) if value is not None]


def _type(field: Document) -> ColumnType:
    semantic_type = field["semantic_type"]
    if semantic_type == "number":
        return _of_numbers(field)
    if semantic_type not in _BY_VALUES:
        return _BY_MEANING.get(semantic_type, "text")
    kinds = field["types"].keys() - {"object", "array"}
    if kinds == {"boolean"}:
        return "bool"
    return _of_numbers(field) if kinds == {"number"} else "text"


def _of_numbers(field: Document) -> ColumnType:
    """Return the type of numbers of no particular meaning: whole ones as large as this are identifiers."""
    bounds = [field["min"], field["max"]]
    whole = all(isinstance(bound, int) for bound in bounds)
    return "int64" if whole and max(map(abs, bounds)) >= _EXACT else "double"


def _shares(asset: Document) -> dict[str, float]:
    """Return the share of the records that has each top-level field."""
    shares: dict[str, float] = {}
    for field in asset["fields"]:
        path = field["field"]
        if not path:
            continue
        split = split_array(path)
        top = names(split[0] if split else path)[:1]
        if split and not split[0]:
            continue
        there = (
            field["count"] + field["nulls"] + sum(field["types"].get(kind, 0) for kind in ("object", "array"))
        )
        whole = max(field["count"] + field["missing"], 1)
        share = 1.0 if split else min(1.0, there / whole)
        shares[top[0]] = max(shares.get(top[0], 0.0), share)
    return shares
