"""Everything that training can be told, and reading it from TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.blend.settings import BlendSettings
from models.data.histories import Order
from models.ease.settings import EaseSettings
from models.lightgcn.settings import LightgcnSettings
from models.ranker.settings import RankerSettings
from models.repeats.settings import RepeatsSettings
from models.sasrec.settings import SasrecSettings
from models.sessions.settings import SessionsSettings
from models.towers.settings import TowersSettings
from models.transitions.settings import TransitionsSettings
from models.trending.settings import TrendingSettings
from models.tuning.settings import TuneSettings
from pandian.errors import UsageError
from pandian.validation import first_fault

#: What ``--model`` takes; ``auto`` compares all others but ``lightgcn``.
Kind = Literal[
    "auto",
    "popularity",
    "trending",
    "repeats",
    "item-to-item",
    "transitions",
    "sessions",
    "ease",
    "two-tower",
    "lightgcn",
    "sasrec",
    "blend",
    "ranker",
]

#: What ``--precision`` takes.
Wanted = Literal["float32", "float16", "int8", "auto"]


class TrainConfig(BaseModel):
    """How to train. What is not given has the default of each field."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    model: Kind = "auto"
    """The kind of model; ``auto``: the one with the best NDCG@10 in validation."""
    order: Order = "time"
    """What a model may know of when it is asked for a target: ``time``, what was earlier, as lines of one invoice are
    not known when its page is shown; ``rows``, also what stands before it at the same time."""
    train_share: float = Field(default=0.8, gt=0, lt=1)
    """Share of the rows, in order of time, that models learn from before they are compared."""
    validation_share: float = Field(default=0.1, gt=0, lt=1)
    """Share of the rows after these by which the model and its settings are chosen; the rest is the test."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Of everything that is drawn. On a CPU the same seed gives the same model, unless time ran out."""
    max_seconds: float | None = Field(default=None, gt=0)
    """Training, comparing and exporting shall take no longer; None: as long as it gets better."""
    threads: int | None = Field(default=None, ge=1, le=1024)
    """Threads of torch; None: one a core."""
    max_length: int = Field(default=100, ge=1, le=1_000)
    """Items of a history that a model looks at, the newest."""
    k: tuple[int, ...] = Field(default=(10, 20), min_length=1)
    """Lengths of the lists that metrics are of; 10 is always among them."""
    validation_targets: int = Field(default=2_000, ge=100)
    """Targets, drawn, by which settings and epochs are compared; kinds are compared by up to five times as many others,
    where there are. Fewer where ``max_seconds`` leaves no time for them."""
    test_targets: int = Field(default=50_000, ge=100)
    """Most targets of the test, drawn; fewer where ``max_seconds`` leaves no time for them."""
    precision: Wanted = "float32"
    """What the weights are kept in when the model is exported: ``float16`` and ``int8`` are smaller, and are taken only
    where NDCG@10 in the validation falls by .002 at most; ``auto``: the smallest for which it does, if it saves
    a tenth."""
    untouched_days: float | None = Field(default=None, gt=0)
    """Items that nobody has done anything with in so many days before the newest interaction are left out of what is
    exported, where NDCG@10 in the validation falls by .002 at most; None: all stay."""
    licence: str = Field(default="that of the data it was trained on", min_length=1, max_length=200)
    """Terms under which the model may be used, for its card."""
    neighbours: int = Field(default=64, ge=1, le=1_000)
    """Item-to-item: neighbours kept of each item."""
    sasrec: SasrecSettings = SasrecSettings()
    """Table of the sequential model's settings."""
    trending: TrendingSettings = TrendingSettings()
    """Table of the settings of trending."""
    repeats: RepeatsSettings = RepeatsSettings()
    """Table of the settings of repeats."""
    transitions: TransitionsSettings = TransitionsSettings()
    """Table of the settings of transitions."""
    sessions: SessionsSettings = SessionsSettings()
    """Table of the settings of session neighbours."""
    ease: EaseSettings = EaseSettings()
    """Table of the settings of EASE."""
    two_tower: TowersSettings = TowersSettings()
    """Table of the settings of two towers."""
    lightgcn: LightgcnSettings = LightgcnSettings()
    """Table of the settings of LightGCN."""
    blend: BlendSettings = BlendSettings()
    """Table of the settings of the blend."""
    ranker: RankerSettings = RankerSettings()
    """Table of the settings of the ranker."""
    tune: TuneSettings = TuneSettings()
    """Table of a search, for ``pandian tune``."""

    @model_validator(mode="after")
    def _check(self) -> TrainConfig:
        if self.train_share + self.validation_share >= 1:
            raise ValueError("train_share and validation_share must leave something for the test")
        if any(not 1 <= k <= 1_000 for k in self.k):
            raise ValueError("k must be from 1 to 1,000")
        return self

    @property
    def ks(self) -> tuple[int, ...]:
        """Return the lengths of lists, 10 among them, rising."""
        return tuple(sorted({10, *self.k}))


def load_config(path: Path | None = None, **overrides: Any) -> TrainConfig:
    """Read a TOML file of :class:`TrainConfig`'s fields; ``overrides`` that are not None win.

    Raises:
        UsageError: when the file cannot be read, or a value breaks its rule.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(str(path), f"cannot be read ({error.strerror})", "check the path") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(str(path), f"must be TOML ({error})", "correct it") from error
    given = {name: value for name, value in overrides.items() if value is not None}
    trials, search = given.pop("trials", None), values.get("tune", {})
    if trials is not None and isinstance(search, dict):
        given["tune"] = {**search, "trials": trials}
    epochs, table = given.pop("epochs", None), values.get("sasrec", {})
    if epochs is not None and isinstance(table, dict):
        given["sasrec"] = {**table, "epochs": epochs}
    try:
        return TrainConfig(**{**values, **given})
    except ValidationError as error:
        fault = first_fault(error, TrainConfig)
        rule = "is no setting of training" if fault.is_unknown else fault.rule
        fix = fault.fix("give a valid value")
        if fault.is_unknown and fault.place in SasrecSettings.model_fields:
            fix = "put it below a line [sasrec]"
        raise UsageError(fault.where or "config", rule, fix) from None
