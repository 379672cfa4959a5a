"""What is remembered, as bytes and back: by the types of what it consists of, so that nothing added is left out.

Values are a digest of these types, and JSON lists in their order, compressed. What other types were written by is
not read: whoever has it begins anew, and misreads nothing.
"""

from __future__ import annotations

import sys
import types
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
import orjson

from monitoring.causes.lineage import Mapped
from monitoring.causes.observation import Observation

_DIGEST = 8
T = TypeVar("T")


class KeptError(ValueError):
    """Bytes that are something else, or of another version; it says which in words."""


class _Plan(NamedTuple):
    """How values of a type become JSON values and back."""

    shape: str
    """Another one for other types."""
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


class Kept(Generic[T]):
    """Values of one type as bytes.

    Args:
        kind: the type: of numbers, texts, mappings, tuples, arrays of doubles and dataclasses of these.
    """

    def __init__(self, kind: Any) -> None:
        self._plan = _plan(kind)
        self._digest = blake2b(self._plan.shape.encode(), digest_size=_DIGEST).digest()

    def encode(self, value: T) -> bytes:
        """Return a value as bytes."""
        return self._digest + zlib.compress(orjson.dumps(self._plan.encode(value)), 1)

    def decode(self, data: bytes) -> T:
        """Return what :meth:`encode` was given.

        Raises:
            KeptError: it is something else.
        """
        if data[:_DIGEST] != self._digest:
            raise KeptError("it was written by another version")
        try:
            return cast("T", self._plan.decode(orjson.loads(zlib.decompress(data[_DIGEST:]))))
        except (zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
            raise KeptError(f"{type(error).__name__}: {error}") from error


def _plan(kind: Any) -> _Plan:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(next(one for one in arguments if one is not type(None)))
    if origin is Mapping:
        return _mapping(*map(_plan, arguments))
    if origin is tuple:
        return _tuple([_plan(one) for one in arguments])
    if is_dataclass(kind):
        return _record(cast("type", kind))
    return _ARRAY if origin is np.ndarray else _plain(kind)


_ARRAY = _Plan("doubles", np.ndarray.tolist, lambda found: np.array(found, np.float64))


def _plain(kind: Any) -> _Plan:
    if get_origin(kind) is Literal:
        return _Plan(repr(kind), _same, _same)
    # The same texts are kept at all times: once in memory.
    return _Plan(kind.__name__, _same, sys.intern if kind is str else _number)


def _number(value: Any) -> int | float:
    if type(value) not in (int, float):
        raise TypeError(f"{type(value).__name__} is no number")
    return cast("int | float", value)


def _same(value: Any) -> Any:
    return value


def _optional(inner: Any) -> _Plan:
    plan = _plan(inner)
    return _Plan(
        f"{plan.shape}?",
        lambda value: None if value is None else plan.encode(value),
        lambda found: None if found is None else plan.decode(found),
    )


def _mapping(key: _Plan, value: _Plan) -> _Plan:
    return _Plan(
        f"{{{key.shape}: {value.shape}}}",
        lambda known: [[key.encode(name), value.encode(one)] for name, one in known.items()],
        lambda found: {key.decode(name): value.decode(one) for name, one in found},
    )


def _tuple(parts: list[_Plan]) -> _Plan:
    return _Plan(
        f"({', '.join(one.shape for one in parts)})",
        lambda value: [plan.encode(one) for plan, one in zip(parts, value, strict=True)],
        lambda found: tuple(plan.decode(one) for plan, one in zip(parts, found, strict=True)),
    )


def _record(kind: type) -> _Plan:
    hints = get_type_hints(kind)
    names = [one.name for one in fields(kind)]
    inner = _tuple([_plan(hints[name]) for name in names])
    return _Plan(
        f"{kind.__name__}{names}{inner.shape}",
        lambda value: inner.encode([getattr(value, name) for name in names]),
        lambda found: kind(*inner.decode(found)),
    )


#: Observations of an asset, each by itself.
OBSERVATION: Kept[Observation] = Kept(Observation)
#: How the rows of assets were read from a time on, epoch milliseconds.
MAPPED: Kept[tuple[int, Mapping[str, Mapped]]] = Kept(tuple[int, Mapping[str, Mapped]])
