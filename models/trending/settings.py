"""What trending can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TrendingSettings(BaseModel):
    """Trending: what is popular lately, the more so the less it was before."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    half_lives_hours: tuple[float, ...] = Field(default=(24.0, 6.0, 72.0, 1.0, 168.0), min_length=1)
    """An interaction counts half of one that is so many hours later; the best in validation is taken."""
    rises: tuple[float, ...] = Field(default=(0.0, 0.25, 0.5), min_length=1)
    """How much more an item counts whose share is rising: power of its share lately over its share ever; the best in
    validation is taken."""
