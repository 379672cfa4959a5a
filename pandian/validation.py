"""What pydantic finds wrong with what a person wrote, in our words: the place, the value, the rule and the fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

_SHOWN = 60
#: Marks that an error is about the key of a table, not its value.
_KEY = "[key]"
_QUOTED = re.compile(r"'([^']*)'")


class Fault(NamedTuple):
    """The first thing that is wrong."""

    place: str
    """Names that lead to it, joined by dots; empty for the whole."""
    value: str
    """What stands there, as TOML or a shell would show it; empty for tables, lists and keys. It may be a secret."""
    rule: str
    """What had to hold."""
    keys: tuple[str, ...]
    """Which keys there can be at the place."""
    is_unknown: bool
    """Whether the key itself is wrong, not its value."""
    asked: str
    """The key that was probably meant; empty when none is like it."""

    @property
    def where(self) -> str:
        """The place, and the value if it can be shown: ``late_after_seconds = 61``."""
        return f"{self.place} = {self.value}" if self.place and self.value else self.place

    def fix(self, otherwise: str) -> str:
        """Return what to do: take one of the keys that there are, or what a caller says of wrong values."""
        if not self.is_unknown:
            return otherwise
        meant = f"did you mean {self.asked}? " if self.asked else ""
        return f"{meant}the keys are {', '.join(self.keys)}"


def first_fault(error: ValidationError, model: type[BaseModel]) -> Fault:
    """Return the first thing that is wrong with what was to become a model.

    Args:
        error: what pydantic raised.
        model: what was to be made.
    """
    first = error.errors(include_url=False)[0]
    place = [part for part in first["loc"] if part != _KEY]
    is_key = _KEY in first["loc"]
    unknown = first["type"] == "extra_forbidden"
    keys = _keys(model, place[:-1])
    near = get_close_matches(str(place[-1]), keys, 1) if unknown and place else []
    given = first["input"]
    return Fault(
        ".".join(map(str, place)),
        "" if is_key or unknown else _shown(given),
        _rule(first["type"], first.get("ctx") or {}, first["msg"]),
        keys,
        unknown,
        near[0] if near else "",
    )


def _shown(value: Any) -> str:
    """Return a plain value as TOML has it, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, int | float | str):
        return ""
    text = str(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _rule(kind: str, context: Mapping[str, Any], message: str) -> str:
    said = _RULES.get(kind)
    if said is not None:
        return said
    made = _RULES_WITH.get(kind)
    # What is left are rules of our own (value_error), and what no model of ours has up to now.
    return made(context) if made is not None else message.removeprefix("Value error, ")


def _one_of(context: Mapping[str, Any]) -> str:
    """Return the choices of a literal; pydantic has them as ``'a', 'b' or 'c'``."""
    return f"must be one of {', '.join(_QUOTED.findall(str(context['expected'])))}"


_NUMBER = "must be a number"
_WHOLE = "must be a whole number"
_TEXT = "must be a text, in quotes"
_YES_NO = "must be true or false"
_TABLE = "must be a table"
_LIST = "must be a list"

_RULES: Mapping[str, str] = {
    "extra_forbidden": "is no key here",
    "missing": "must be given",
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": "must be a smaller number",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "path_type": "must be a path",
}

_RULES_WITH: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "literal_error": _one_of,
    "enum": _one_of,
    "greater_than_equal": lambda context: f"must be at least {context['ge']:g}",
    "greater_than": lambda context: f"must be more than {context['gt']:g}",
    "less_than_equal": lambda context: f"must be at most {context['le']:g}",
    "less_than": lambda context: f"must be less than {context['lt']:g}",
    "string_too_short": lambda context: f"must have at least {context['min_length']} characters",
    "string_too_long": lambda context: f"must have at most {context['max_length']} characters",
    "too_short": lambda context: f"must have at least {context['min_length']} entries",
    "too_long": lambda context: f"must have at most {context['max_length']} entries",
    "string_pattern_mismatch": lambda context: f"must match {context['pattern']}",
}


def _keys(model: type[BaseModel], place: list[int | str]) -> tuple[str, ...]:
    """Return the keys of the table that names lead to; none where that is no table of a model."""
    kind: Any = model
    for part in place:
        kind = _inside(kind, part)
    return tuple(kind.model_fields) if _is_model(kind) else ()


def _inside(kind: Any, part: int | str) -> Any:
    if _is_model(kind):
        known = kind.model_fields.get(str(part))
        return _plain(known.annotation) if known is not None else None
    arguments = get_args(kind)
    return _plain(arguments[-1]) if arguments else None


def _plain(kind: Any) -> Any:
    """Return what a kind is where it is given at all."""
    if get_origin(kind) in (Union, UnionType):
        return next(one for one in get_args(kind) if one is not type(None))
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
