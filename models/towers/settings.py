"""What two towers can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from models.sasrec.settings import SasrecSettings


class TowersSettings(BaseModel):
    """Two towers: their layers, and how they learn."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    size: int = Field(default=64, ge=4, le=1_024)
    """Dimensions of an item and of a history."""
    inner: int = Field(default=128, ge=4, le=4_096)
    """Width of the hidden layer of each tower."""
    recencies: tuple[float, ...] = Field(default=(0.3, 0.8, 1.0), min_length=1, max_length=8)
    """A history is read as means over its items, one for each of these: what the item before the newest counts, and so
    on; with 1 all count alike."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of the activations that is dropped while it learns."""
    negatives: int = Field(default=4_096, ge=1)
    """Items that are drawn for each batch to tell the target from; up to twice as many items are all taken."""
    batch_rows: int = Field(default=2_048, ge=1)
    """Interactions of a batch."""
    epochs: int = Field(default=40, ge=1)
    """Most times that it sees the data."""
    patience: int = Field(default=4, ge=1)
    """Ends after so many epochs that are no better in validation."""
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    """Step size of AdamW, after the warm-up."""
    warmup_steps: int = Field(default=50, ge=0)
    """Steps in which the step size grows to what it shall be."""

    @field_validator("recencies")
    @classmethod
    def _check(cls, recencies: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0 < recency <= 1 for recency in recencies):
            raise ValueError("recencies must be above 0 and at most 1")
        return recencies

    def steps(self) -> SasrecSettings:
        """Return how steps are made; they are those of the sequential model."""
        return SasrecSettings(
            size=self.size,
            heads=1,
            dropout=self.dropout,
            negatives=self.negatives,
            batch_rows=self.batch_rows,
            epochs=self.epochs,
            patience=self.patience,
            learning_rate=self.learning_rate,
            warmup_steps=self.warmup_steps,
        )
