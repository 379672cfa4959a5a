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


_CHANGED = frozenset({str, int, float})


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

    def fit(self, values: Sequence[Any], plan: ColumnPlan) -> list[Any]:
        """Return the values for a column: None where there is none, :data:`MISFIT` where it does not fit.

        Values that do not fit are told by :meth:`canonical`.
        """
        typed = _TYPED[plan.type]
        reader = plan.reader
        known: dict[Any, Any] = {}
        found = []
        for value in self.canonical(values, plan):
            key = value.__class__, value
            if key not in known:
                known[key] = None if value is None else typed(value, reader)
            found.append(known[key])
        return found

    def canonical(self, values: Sequence[Any], plan: ColumnPlan) -> list[Any]:
        """Return the values cleaned and without anything personal."""
        if plan.hashed:
            return self._hashed(values, plan)
        texts = list(dict.fromkeys(value for value in values if type(value) is str))
        changed: dict[Any, Any] = dict(_cleaner(_key(plan)).clean(dict.fromkeys(texts, 1)).changed)
        self._mask(texts, changed, plan)
        numbers = {value for value in values if _is_long(value)} if plan.type != "timestamp" else set()
        changed |= {
            one: hidden for one in numbers if (hidden := self._hidden(as_text(one), plan)) is not None
        }
        if not changed:
            return list(values)
        return [changed.get(value, value) if type(value) in _CHANGED else value for value in values]

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
    return str(value) if not isinstance(value, int) or abs(value) < 10**4000 else hex(value)


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
