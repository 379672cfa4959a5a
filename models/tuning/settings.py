"""How a search is told, and of which values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

#: Of a value that is searched.
Value = bool | int | float | str


class Searched(BaseModel):
    """The values of one setting: from one to another, or some."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    low: int | float | None = None
    """The lowest value."""
    high: int | float | None = None
    """The highest value."""
    log: bool = False
    """Whether values are drawn by their order of magnitude."""
    choices: tuple[Value, ...] | None = Field(default=None, min_length=1)
    """The values, instead of a lowest and a highest one."""

    @model_validator(mode="after")
    def _check(self) -> Searched:
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log:
                raise ValueError("choices stand alone, without low, high and log")
            return self
        if self.low is None or self.high is None:
            raise ValueError("low and high must be given, or choices")
        if self.low > self.high:
            raise ValueError("low must not be above high")
        if self.log and self.low <= 0:
            raise ValueError("low must be above 0 with log")
        return self

    def holds(self, value: object) -> bool:
        """Tell whether a value is among these."""
        if self.choices is not None:
            return any(value == one and type(value) is type(one) for one in self.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return self.low is not None and self.high is not None and self.low <= value <= self.high


class TuneSettings(BaseModel):
    """A search: how long, and of what."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    trials: int = Field(default=30, ge=1, le=10_000)
    """Settings that are tried in all, those of the file first."""
    trial_seconds: float | None = Field(default=None, gt=0)
    """Learning of each trial ends after so long, so that what takes long must be worth it; None: as long as it gets
    better."""
    space: Mapping[str, Searched] = Field(default={})
    """What is searched, by setting, such as ``sasrec.size``: ``low`` and ``high``, with ``log`` by order of magnitude,
    or ``choices``; empty: what Pandian knows of the kind."""

    @field_validator("space", mode="before")
    @classmethod
    def _flat(cls, space: Any) -> Any:
        # Without quotes, sasrec.size is a table in a table.
        return dict(_leaves("", space)) if isinstance(space, dict) else space


def _leaves(prefix: str, table: dict[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for name, value in table.items():
        if isinstance(value, dict) and value and all(isinstance(inner, dict) for inner in value.values()):
            found += _leaves(f"{prefix}{name}.", value)
        else:
            found.append((f"{prefix}{name}", value))
    return found
