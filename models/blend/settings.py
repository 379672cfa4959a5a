"""What the blend can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator


class BlendSettings(BaseModel):
    """Blend: which models it is made of, and how their shares are put together."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    most: int = Field(default=6, ge=1, le=20)
    """Models that it is made of, at most: all of them answer each request."""
    powers: tuple[float, ...] = Field(default=(0.5, 1.0, 0.25), min_length=1)
    """Powers of the mean of shares that are tried; the likeliest in validation is taken. 1 is the arithmetic mean; the
    smaller, the more all models must expect an item."""
    worse: float = Field(default=0.001, ge=0, le=1)
    """A model is left out when that takes no more than this share of the targets' log-likelihood."""
    candidates: int = Field(default=200, ge=10, le=2_000)
    """Items that each target is told from when weights are found: those that the models together expect most."""

    @field_validator("powers")
    @classmethod
    def _positive(cls, powers: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0.01 <= power <= 1 for power in powers):
            raise ValueError("powers must be from 0.01 to 1")
        return powers
