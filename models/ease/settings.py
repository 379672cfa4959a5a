"""What EASE can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EaseSettings(BaseModel):
    """EASE: which items learn, and how strongly their weights are held small."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    penalties: tuple[float, ...] = Field(default=(200.0, 50.0, 1000.0, 10.0), min_length=1)
    """How strongly weights are held small: the paper's lambda; the best in validation is taken."""
    most_items: int = Field(default=4_000, ge=1, le=50_000)
    """The most popular items learn, at most so many: memory grows with their square (.4 GB for 4,000), time with the
    third power (some seconds for 4,000)."""
    neighbours: int = Field(default=100, ge=1, le=1_000)
    """Weights kept of each item, the highest."""
