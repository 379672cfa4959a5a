"""What the ranker can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RankerSettings(BaseModel):
    """Ranker: how many candidates it looks at, and how it learns to order them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    candidates: int = Field(default=100, ge=10, le=2_000)
    """Items that are ordered anew for each history: those that the blend expects most."""
    hidden: int = Field(default=32, ge=4, le=512)
    """Width of both of its layers."""
    epochs: int = Field(default=15, ge=1, le=200)
    """Times that it sees the targets."""
    batch: int = Field(default=64, ge=1, le=4_096)
    """Targets of a step."""
    learning_rate: float = Field(default=3e-3, gt=0, le=1)
    """Step size of AdamW at the beginning; it falls to nothing."""
    weight_decay: float = Field(default=0.01, ge=0, le=1)
    """Of AdamW."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of the activations that is dropped while it learns."""
