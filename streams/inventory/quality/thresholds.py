"""What somebody asks of an asset's quality, as a TOML file says it (``PANDIAN_QUALITY``).

::

    ["shop.orders"]                  # an asset's name, or a glob; the first that fits counts
    completeness = 0.98              # least share; the lower bound has to reach it
    validity = 0.99
    uniqueness = 0.999
    consistency = 0.95
    timeliness = 0.9
    late_after_seconds = 3600        # a record that arrives later than this after its event is late
    grades = { A = 0.98, B = 0.95 }  # least lower bound of the score for a letter; others as usual

    ["shop.orders".fields.CustomerID]
    completeness = 0.7               # of one field
    validity = 1.0
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pandian.errors import SettingError
from pandian.tables import first_fitting, read_models
from streams.inventory.quality.delays import STEPS

Letter = Literal["A", "B", "C", "D", "E"]
LeastShare = Annotated[float, Field(ge=0, le=1)]

#: Least lower bound of the score for each letter; below all of them it is an F.
GRADES: Mapping[Letter, float] = {"A": 0.95, "B": 0.90, "C": 0.80, "D": 0.70, "E": 0.50}


class FieldThresholds(BaseModel):
    """What is asked of one field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    completeness: LeastShare | None = None
    validity: LeastShare | None = None


class AssetThresholds(BaseModel):
    """What is asked of an asset; None: nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    completeness: LeastShare | None = None
    validity: LeastShare | None = None
    uniqueness: LeastShare | None = None
    consistency: LeastShare | None = None
    timeliness: LeastShare | None = None
    late_after_seconds: int | None = None
    grades: dict[Letter, LeastShare] = Field(default_factory=dict)
    fields: dict[str, FieldThresholds] = Field(default_factory=dict)

    @field_validator("late_after_seconds")
    @classmethod
    def _check_step(cls, value: int | None) -> int | None:
        if value is not None and value not in STEPS:
            raise ValueError(f"{value} is none of the steps that are counted: {', '.join(map(str, STEPS))}")
        return value

    @model_validator(mode="after")
    def _check_order(self) -> AssetThresholds:
        bounds = list(self.letters.values())
        if bounds != sorted(bounds, reverse=True):
            shown = ", ".join(f"{letter} {bound:g}" for letter, bound in self.letters.items())
            raise ValueError(f"a better grade must not ask for less: {shown}")
        return self

    @property
    def letters(self) -> dict[Letter, float]:
        """Least lower bound of the score for each letter, the best first."""
        return {letter: self.grades.get(letter, bound) for letter, bound in GRADES.items()}


NOTHING_ASKED = AssetThresholds()


class Thresholds:
    """The thresholds of a file, in its order: the first that fits an asset counts."""

    def __init__(self, assets: Mapping[str, AssetThresholds] | None = None) -> None:
        self._assets = dict(assets or {})

    def of(self, asset: str) -> AssetThresholds:
        """Return what is asked of an asset."""
        return first_fitting(self._assets, asset) or NOTHING_ASKED


def read_thresholds(path: Path | None) -> Thresholds:
    """Read the file; no file, no thresholds.

    Raises:
        SettingError: naming the file, the key, the rule and the fix.
    """
    if path is None:
        return Thresholds()
    return Thresholds(read_models(path, AssetThresholds, _wrong, "docs/grades.md"))


def _wrong(path: Path, rule: str, fix: str) -> SettingError:
    return SettingError(f"PANDIAN_QUALITY={path}", rule, fix)
