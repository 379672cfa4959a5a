"""What the repeats can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RepeatsSettings(BaseModel):
    """Repeats: what a user did before, the newest and the most frequent first."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    recencies: tuple[float, ...] = Field(default=(0.8, 1.0, 0.95, 0.5), min_length=1)
    """What the item before the newest counts, and so on; the best in validation is taken. With 1, only how often an
    item was there counts."""
