"""What is searched of each kind of model, checked against the settings of training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from optuna.trial import Trial
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from models.config import TrainConfig
from models.tuning.settings import Searched, Value
from pandian.errors import UsageError
from pandian.validation import first_fault

Space = Mapping[str, Searched]
Values = Mapping[str, Value]


def _from(low: float, high: float, *, log: bool = False) -> Searched:
    return Searched(low=low, high=high, log=log)


def _of(*choices: Value) -> Searched:
    return Searched(choices=choices)


#: What is searched of each kind where the file says nothing; the others choose all that they have by themselves.
SPACES: Mapping[str, Space] = {
    "item-to-item": {"neighbours": _from(16, 256, log=True), "max_length": _from(5, 100, log=True)},
    "transitions": {
        "transitions.neighbours": _from(20, 400, log=True),
        "transitions.hops": _from(1, 6),
        "transitions.window": _from(1, 20, log=True),
    },
    "sessions": {
        "sessions.per_item": _from(100, 2_000, log=True),
        "sessions.neighbours": _from(50, 2_000, log=True),
        "sessions.length": _from(1, 12),
        "sessions.session_length": _from(5, 50, log=True),
    },
    "ease": {"ease.neighbours": _from(20, 400, log=True), "ease.most_items": _from(1_000, 6_000, log=True)},
    "two-tower": {
        "two_tower.size": _of(32, 64, 128),
        "two_tower.inner": _of(64, 128, 256),
        "two_tower.dropout": _from(0.0, 0.5),
        "two_tower.learning_rate": _from(5e-4, 1e-2, log=True),
    },
    "lightgcn": {
        "lightgcn.size": _of(32, 64, 128),
        "lightgcn.layers": _from(0, 4),
        "lightgcn.dropout": _from(0.0, 0.5),
        "lightgcn.learning_rate": _from(5e-4, 1e-2, log=True),
        "lightgcn.weight_decay": _from(0.01, 2.0, log=True),
    },
    "sasrec": {
        "sasrec.size": _of(32, 64, 128),
        "sasrec.layers": _from(1, 3),
        "sasrec.residual": _of("plain", "gated"),
        "sasrec.dropout": _from(0.0, 0.5),
        "sasrec.learning_rate": _from(5e-4, 1e-2, log=True),
        "sasrec.weight_decay": _from(1e-4, 0.1, log=True),
        "sasrec.next_moment": _from(0.0, 1.0),
    },
}
#: Beside those in the table of the kind.
_SHARED = ("max_length",)
_OF_KIND = {"item-to-item": ("neighbours",)}


def space_of(config: TrainConfig) -> Space:
    """Return what is searched: what the file says, or what is known of the kind.

    Raises:
        UsageError: the kind has nothing to be searched, a setting is none of it, or a value breaks its rule.
    """
    told = config.tune.space and config.model not in ("auto", "blend")
    if config.model not in SPACES and not told:
        raise UsageError(
            f"model {config.model}", "has no settings to be searched", f"name one of {', '.join(SPACES)}"
        )
    space = config.tune.space or SPACES[config.model]
    for name, searched in space.items():
        _check(name, searched, config.model)
    return space


def given(config: TrainConfig, space: Space) -> dict[str, Value] | None:
    """Return the values that a configuration has; None where one of them is not in the space."""
    values: dict[str, Any] = {name: _get(config, name) for name in space}
    return values if all(space[name].holds(value) for name, value in values.items()) else None


def suggest(trial: Trial, space: Space) -> dict[str, Value]:
    """Ask a trial for a value of each setting."""
    return {name: _suggest(trial, name, searched) for name, searched in space.items()}


def changed(config: TrainConfig, values: Values) -> TrainConfig:
    """Return a configuration with other values.

    Raises:
        ValidationError: when they do not go together.
    """
    fields = {name: getattr(config, name) for name in TrainConfig.model_fields}
    for name, value in values.items():
        table, _, key = name.rpartition(".")
        if table:
            inner = fields[table]
            known = (
                inner
                if isinstance(inner, dict)
                else {each: getattr(inner, each) for each in type(inner).model_fields}
            )
            fields[table] = {**known, key: value}
        else:
            fields[key] = value
    return TrainConfig(**fields)


def is_whole(name: str) -> bool:
    """Tell whether a setting takes whole numbers alone."""
    return int in _kinds(_field(name).annotation)


def _suggest(trial: Trial, name: str, searched: Searched) -> Value:
    if searched.choices is not None:
        return cast(Value, trial.suggest_categorical(name, searched.choices))
    assert searched.low is not None and searched.high is not None  # noqa: S101 - checked when it was read
    if is_whole(name):
        return trial.suggest_int(name, int(searched.low), int(searched.high), log=searched.log)
    return trial.suggest_float(name, float(searched.low), float(searched.high), log=searched.log)


def _check(name: str, searched: Searched, kind: str) -> None:
    where = f"tune.space.{name}"
    known = _names(kind)
    if name not in known:
        raise UsageError(where, f"is no setting of {kind} to search", f"the settings are {', '.join(known)}")
    ends = [end for end in (searched.low, searched.high) if end is not None]
    field = _field(name)
    kinds = _kinds(field.annotation)
    if ends and not {int, float} & kinds:
        raise UsageError(where, "must be choices: it is no number", 'say for example choices = ["a", "b"]')
    for value in searched.choices if searched.choices is not None else ends:
        try:
            rule: Any = Annotated[(field.annotation, field, *field.metadata)]
            TypeAdapter[Any](rule).validate_python(value)
        except ValidationError as error:
            fault = first_fault(error, TrainConfig)
            raise UsageError(f"{where}: {value}", fault.rule, "give a valid value") from None


def _names(kind: str) -> tuple[str, ...]:
    table = kind.replace("-", "_")
    field = TrainConfig.model_fields.get(table)
    inner = field.default if field is not None else None
    fields = type(inner).model_fields if isinstance(inner, BaseModel) else {}
    inside = tuple(
        f"{table}.{name}"
        for name, one in fields.items()
        if {bool, int, float, str} & _kinds(one.annotation) and not one.exclude
    )
    return (*inside, *_OF_KIND.get(kind, ()), *_SHARED)


def _field(name: str) -> FieldInfo:
    table, _, key = name.rpartition(".")
    if not table:
        return TrainConfig.model_fields[key]
    inner: type[BaseModel] = type(TrainConfig.model_fields[table].default)
    return inner.model_fields[key]


def _kinds(annotation: Any) -> set[type]:
    """Return the types of the plain values that a field takes."""
    if isinstance(annotation, type) and issubclass(annotation, bool | int | float | str | Path):
        return {annotation}
    if get_origin(annotation) in (Union, UnionType):
        return set().union(*map(_kinds, get_args(annotation)))
    return {type(value) for value in get_args(annotation) if isinstance(value, bool | int | float | str)}


def _get(config: TrainConfig, name: str) -> object:
    found: object = config
    for part in name.split("."):
        found = getattr(found, part)
    return found
