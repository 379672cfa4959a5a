"""Values of a field as they are archived: canonical, without anything personal, and of the column's type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pandian.hashing import KeyedHash
from streams.archiving.base import ColumnPlan, ColumnType
from streams.interactions.times import epoch_ms
from streams.inventory.base import Masker
from streams.inventory.cleaning import Cleaner, FieldPlan
from streams.inventory.profile.admission import writable

#: Stands for a value that the column's type cannot hold.
MISFIT: Any = object()
ARROW: Mapping[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "double": pa.float64(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("ms", "UTC"),
    "date": pa.date32(),
}
_INT64 = 2**63
_EXACT = 2**53
#: Whole numbers below this have too few digits for an identity or card number.
_LONG_NUMBER = 10**11
_NUMBER = re.compile(r"[+-]?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
#: Meanings of which digits that pass for a card number are what they say: one order number in ten passes.
_IDENTIFIERS = frozenset(
    {
        "device_id", "event_id", "gtin", "hash", "identifier", "item_id", "order_id", "seller_id", "session_id",
        "sku", "user_id", "uuid",
    }
)  # fmt: skip


_NUMBERS = frozenset({int, float})
_CHANGED = _NUMBERS | {str}
#: Texts of one column of which it is remembered what became of them, how long they may be, and columns.
_MOST_TEXTS, _SHORT, _MOST_PLANS = 8_192, 64, 64
#: Longer ones Python does not write in decimal.
_MOST_BITS = 13_000


class Values:
    """Makes scalars fit to be archived.

    Args:
        masker: knows what is certainly personal.
        hashing: makes keyed hashes; None without a key.

    Guarantees: what becomes of a value depends on the value and the plan alone.
    """

    def __init__(self, masker: Masker, hashing: KeyedHash | None = None) -> None:
        self._masker = masker
        self._hashing = hashing
        self._known: dict[Any, dict[str, Any]] = {}

    def fit(self, values: Sequence[Any], plan: ColumnPlan) -> list[Any]:
        """Return the values for a column: None where there is none, :data:`MISFIT` where it does not fit.

        Values that do not fit are told by :meth:`canonical`.
        """
        if plan.type == "timestamp" and not plan.hashed:
            return self._moments(values, plan)
        canonical = self.canonical(values, plan)
        if plan.type == "text":
            return [one if one is None or type(one) is str else as_text(one) for one in canonical]
        if plan.type == "double" and _are_doubles(canonical):
            return canonical
        return _typed(canonical, plan)

    def _moments(self, values: Sequence[Any], plan: ColumnPlan) -> list[Any]:
        """Return times; what can be read as it stands is not cleaned, unless only the plan knows day from month."""
        known: dict[Any, Any] = {}
        if not (plan.rules or [{}])[0].get("date"):
            known = {(type(one), one): epoch_ms(one, plan.reader) for one in set(values) if one is not None}
        rest = [one for one in values if one is not None and known.get((type(one), one)) is None]
        if rest:
            cleaned = _typed(self.canonical(rest, plan), plan)
            known |= {(type(one), one): moment for one, moment in zip(rest, cleaned, strict=True)}
        return [None if one is None else known[type(one), one] for one in values]

    def canonical(self, values: Sequence[Any], plan: ColumnPlan) -> list[Any]:
        """Return the values cleaned and without anything personal."""
        if plan.hashed:
            return self._hashed(values, plan)
        changed = self._of_texts(dict.fromkeys(value for value in values if type(value) is str), plan)
        if plan.type != "timestamp":
            numbers = [value for value in values if type(value) in _NUMBERS]
            # Not the extremes: no comparison with NaN tells anything.
            if not all(-_LONG_NUMBER < value < _LONG_NUMBER for value in numbers):
                long = filter(_is_long, set(numbers))
                changed |= {
                    one: mask for one in long if (mask := self._hidden(as_text(one), plan)) is not None
                }
        if not changed:
            return list(values)
        return [changed.get(value, value) if type(value) in _CHANGED else value for value in values]

    def _of_texts(self, texts: Iterable[str], plan: ColumnPlan) -> dict[Any, Any]:
        """Return those texts that change, with what they become; what became of the last ones is remembered."""
        key = _key(plan), plan.semantic_type
        known = self._known.setdefault(key, {})
        if len(self._known) > _MOST_PLANS:
            del self._known[next(iter(self._known))]
        new = [text for text in texts if text not in known]
        changed: dict[Any, Any] = dict(_cleaner(key[0]).clean(dict.fromkeys(new, 1)).changed)
        self._mask(new, changed, plan)
        if len(known) + len(new) > _MOST_TEXTS:
            known.clear()
        known.update({text: changed.get(text, text) for text in new[:_MOST_TEXTS] if len(text) <= _SHORT})
        return changed | {text: known[text] for text in texts if text in known and known[text] is not text}

    def _mask(self, texts: Iterable[str], changed: dict[Any, Any], plan: ColumnPlan) -> None:
        """Mask what is certainly personal, and make it writable, after cleaning: an escape may have hidden it."""
        now = {text: changed.get(text, text) for text in texts}
        shown = {text: as_text(one) for text, one in now.items() if type(one) is str or _is_long(one)}
        suspicious = bool(shown) and self._masker.suspicious(list(shown.values()))
        for text, one in shown.items():
            if suspicious and (hidden := self._hidden(one, plan)) is not None:
                changed[text] = hidden
            elif type(now[text]) is str and one is not text:
                changed[text] = one

    def _hidden(self, text: str, plan: ColumnPlan) -> str | None:
        """Return what a text is masked as; None when there is nothing to mask."""
        masked = self._masker.text(text)
        if masked == text or (masked == "[card]" and text.isdigit() and plan.semantic_type in _IDENTIFIERS):
            return None
        return masked

    def _hashed(self, values: Sequence[Any], plan: ColumnPlan) -> list[Any]:
        hashing = self._hashing
        if hashing is None:
            return [None] * len(values)
        texts = [None if value is None else as_text(value) for value in values]
        canonical = _cleaner(_key(plan)).clean(dict.fromkeys(filter(None, texts), 1)).changed
        found = [canonical.get(text, text) for text in texts]
        return [None if one is None or one == "" else hashing(as_text(one)) for one in found]


def _is_long(value: Any) -> bool:
    """Tell whether a value is a number of so many digits that it may say who somebody is."""
    return type(value) in (int, float) and math.isfinite(value) and not -_LONG_NUMBER < value < _LONG_NUMBER


def as_text(value: Any) -> str:
    """Return a scalar as text: whole numbers without a fraction, true and false in JSON's words."""
    if type(value) is str:
        return writable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return hex(value) if isinstance(value, int) and value.bit_length() > _MOST_BITS else str(value)


def _are_doubles(values: Sequence[Any]) -> bool:
    """Tell whether all values are numbers that doubles hold exactly, or None."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {int}:
        return all(one is None or -_EXACT < one < _EXACT for one in values)
    return kinds == {float}


def _typed(canonical: Sequence[Any], plan: ColumnPlan) -> list[Any]:
    typed, reader = _TYPED[plan.type], plan.reader
    known: dict[Any, Any] = {}
    found = []
    for value in canonical:
        key = value.__class__, value
        if key not in known:
            known[key] = None if value is None else typed(value, reader)
        found.append(known[key])
    return found


def _text(value: Any, _: str | None) -> Any:
    return as_text(value)


def _double(value: Any, _: str | None) -> Any:
    if isinstance(value, bool):
        return MISFIT
    if type(value) is str:
        return float(value) if len(value) < 600 and _NUMBER.fullmatch(value) else MISFIT
    if isinstance(value, int) and abs(value) >= _EXACT:
        return MISFIT
    return float(value)


def _int64(value: Any, _: str | None) -> Any:
    if isinstance(value, bool):
        return MISFIT
    if type(value) is str and len(value) < 20 and value.removeprefix("-").isdecimal() and value.isascii():
        value = int(value)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and -_INT64 <= value < _INT64 else MISFIT


def _bool(value: Any, _: str | None) -> Any:
    return value if isinstance(value, bool) else MISFIT


def _timestamp(value: Any, reader: str | None) -> Any:
    found = epoch_ms(value, reader)
    return MISFIT if found is None else found


def _date(value: Any, _: str | None) -> Any:
    if type(value) is str and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return MISFIT
    return MISFIT


_TYPED: Mapping[ColumnType, Callable[[Any, str | None], Any]] = {
    "text": _text,
    "double": _double,
    "int64": _int64,
    "bool": _bool,
    "timestamp": _timestamp,
    "date": _date,
}

_Key = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]


def _key(plan: ColumnPlan) -> _Key:
    settings, notes = plan.rules or ({}, [])
    return tuple(sorted(settings.items())), tuple(notes)


@lru_cache(maxsize=4096)
def _cleaner(key: _Key) -> Cleaner:
    """The one seam to cleaning: the rules that a plan's state stands for."""
    return FieldPlan(dict(key[0]), key[1]).cleaner()
