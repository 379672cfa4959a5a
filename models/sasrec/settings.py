"""What the sequential model can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Loss = Literal["auto", "softmax", "sampled", "gbce", "bce"]
Device = Literal["auto", "cpu", "cuda"]


class SasrecSettings(BaseModel):
    """The sequential model: its layers, what it learns from, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    size: int = Field(default=64, ge=4, le=1_024)
    """Width of its layers, and dimensions of an item."""
    layers: int = Field(default=2, ge=1, le=16)
    """Transformer layers."""
    heads: int = Field(default=2, ge=1, le=16)
    """Heads of attention of each layer; divides ``size``."""
    residual: Literal["plain", "gated"] = "plain"
    """What a layer adds to what it got: all that its parts found, or a share of it that it chooses (eSASRec, 2025)."""
    feed: Literal["gelu", "swiglu"] = "gelu"
    """The part of a layer that looks at one place alone: a GELU four times as wide, or SwiGLU (Shazeer, 2020) of as
    many weights."""
    start: Literal["neighbours", "drawn"] = "neighbours"
    """Where vectors of items begin: near those of items that they are found with, or anywhere."""
    prior: bool = True
    """Whether popularity, counted, is part of the logits."""
    prior_half_life: float = Field(default=1 / 16, ge=0, le=100)
    """Of that popularity, as a share of the time that the log spans; 0: old and new count alike."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of the activations that is dropped while it learns."""
    loss: Loss = "auto"
    """What it gets better at: telling the target from all items (``softmax``), from some that are drawn
    (``sampled``), each item apart with a correction for the drawing (``gbce``; Petrov and Macdonald, RecSys 2023), from
    one drawn item (``bce``; Kang and McAuley, 2018). ``auto``: ``softmax`` for up to twice ``negatives`` items, else
    ``sampled``."""
    negatives: int = Field(default=4_096, ge=1)
    """Items that are drawn for each batch, with ``sampled`` and ``gbce``."""
    calibration: float = Field(default=0.75, ge=0, le=1)
    """With ``gbce``: how much of the overconfidence that comes of drawing few items is taken away (the paper's t)."""
    windows: Literal["pieces", "one"] = "pieces"
    """What of a history that is longer than ``max_length`` an epoch sees: all of it, cut to pieces, or one window, half
    of the times the newest and half of the times any."""
    next_moment: float = Field(default=0.5, ge=0, le=1)
    """With ``order`` time, the share of its targets that is drawn from what the user did next at a later time;
    the others are what comes next in order."""
    batch_rows: int = Field(default=2_048, ge=1)
    """Interactions of a batch; batches are of histories of like length."""
    accumulate: int = Field(default=1, ge=1, le=1_024)
    """Batches whose gradients are added up for one step."""
    epochs: int = Field(default=40, ge=1)
    """Most times that it sees the data."""
    patience: int = Field(default=4, ge=1)
    """Ends after so many epochs that are no better in validation."""
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    """Step size of AdamW, after the warm-up."""
    schedule: Literal["level", "cosine"] = "level"
    """How the step size goes on after the warm-up: as it is, or down to nothing at the end of ``schedule_epochs``."""
    schedule_epochs: int | None = Field(default=None, ge=1)
    """With ``cosine``: when the steps would be nothing, which may be long after it ends; None: at the end of
    ``epochs``."""
    warmup_steps: int = Field(default=50, ge=0)
    """Steps in which the step size grows to what it shall be."""
    beta1: float = Field(default=0.9, ge=0, lt=1)
    """Of AdamW: memory of the gradients."""
    beta2: float = Field(default=0.999, ge=0, lt=1)
    """Of AdamW: memory of their squares."""
    weight_decay: float = Field(default=0.01, ge=0)
    """Of AdamW; biases and norms do not decay."""
    clip: float = Field(default=1.0, gt=0)
    """Longest gradient; longer ones are shortened to it."""
    ema: float = Field(default=0.98, ge=0, lt=1)
    """The weights that are validated and kept are a mean over steps, in which each step counts so much of the next;
    0: those of the last step."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Of multiplications while it learns; ``auto``: bfloat16 where there are units for such matrices (AMX, CUDA).
    Everything is ranked in float32."""
    device: Device = "cpu"
    """Where it learns; ``auto``: CUDA where there is one."""
    checkpoints: Path | None = Field(default=None, exclude=True)
    """Folder of checkpoints: a training that was killed goes on from them as if it had not been; None: none."""
    checkpoint_seconds: float = Field(default=60.0, ge=0, exclude=True)
    """Time between two checkpoints; one is also written at the end of each epoch."""
    scalars: Path | None = Field(default=None, exclude=True)
    """Folder for loss, step size and validation as TensorBoard reads them; None: none."""

    @model_validator(mode="after")
    def _check(self) -> SasrecSettings:
        if self.size % self.heads:
            raise ValueError(f"heads must divide size, {self.size}")
        return self
