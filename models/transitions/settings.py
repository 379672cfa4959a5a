"""What the transitions can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TransitionsSettings(BaseModel):
    """Transitions. How they are weighed is chosen in validation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    neighbours: int = Field(default=100, ge=1, le=2_000)
    """Items kept that are reached from an item."""
    hops: int = Field(default=4, ge=1, le=8)
    """Steps of a walk: with 2, what follows a follower is a candidate too, and so on."""
    window: int = Field(default=5, ge=1, le=100)
    """Rows of a user that are a transition, at most so far from each other."""
