"""What LightGCN can be told."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from models.sasrec.settings import SasrecSettings


class LightgcnSettings(BaseModel):
    """LightGCN: how far vectors spread over the graph, what counts how much, and how it learns."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    size: int = Field(default=64, ge=4, le=1_024)
    """Dimensions of an item and of a history."""
    layers: int = Field(default=1, ge=0, le=8)
    """How many times vectors spread from items over their users to items, which is two of the paper's layers; 0: not at
    all."""
    recency: float = Field(default=0.5, gt=0, lt=1)
    """What the item before the newest counts, and so on, where learning starts; it is learned."""
    floor: float = Field(default=0.1, gt=0, lt=1)
    """What the oldest item of a long history counts, where learning starts; it is learned."""
    prior_half_life: float = Field(default=1 / 16, ge=0, le=100)
    """Of the popularity that is part of the logits, as a share of the time that the log spans; 0: old and new count
    alike."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of the numbers of the items of histories that is dropped while it learns."""
    negatives: int = Field(default=4_096, ge=1)
    """Items that are drawn for each batch to tell the target from; up to twice as many items are all taken."""
    batch_rows: int = Field(default=2_048, ge=1)
    """Interactions of a batch, an eighth of all at most: vectors spread over the users who are not in it."""
    epochs: int = Field(default=40, ge=1)
    """Most times that it sees the data."""
    patience: int = Field(default=4, ge=1)
    """Ends after so many epochs that are no better in validation."""
    learning_rate: float = Field(default=5e-3, gt=0, le=1)
    """Step size of AdamW, after the warm-up."""
    warmup_steps: int = Field(default=50, ge=0)
    """Steps in which the step size grows to what it shall be."""
    weight_decay: float = Field(default=0.5, ge=0)
    """Of AdamW; the popularity of items and the weights of a history do not decay."""
    checkpoints: Path | None = Field(default=None, exclude=True)
    """Folder of checkpoints: a training that was killed goes on from them as if it had not been; None: none."""
    checkpoint_seconds: float = Field(default=60.0, ge=0, exclude=True)
    """Time between two checkpoints; one is also written at the end of each epoch."""

    def steps(self) -> SasrecSettings:
        """Return how steps are made; they are those of the sequential model."""
        return SasrecSettings(
            size=self.size,
            heads=1,
            prior_half_life=self.prior_half_life,
            dropout=self.dropout,
            negatives=self.negatives,
            batch_rows=self.batch_rows,
            epochs=self.epochs,
            patience=self.patience,
            learning_rate=self.learning_rate,
            warmup_steps=self.warmup_steps,
            weight_decay=self.weight_decay,
            checkpoints=self.checkpoints,
            checkpoint_seconds=self.checkpoint_seconds,
        )
