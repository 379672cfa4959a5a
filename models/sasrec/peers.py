"""Several processes that let one network learn: each takes some rows of a batch, and all make the same step.

``torchrun`` starts them. Every process has the whole data, draws the same batches and takes every n-th row; gradients
are added up before the step. So the steps are those of one process, but for dropout and the order in which is added.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Peers:
    """The processes that learn together, and which of them it is; one alone where none were started."""

    def __init__(self) -> None:
        together = dist.is_available() and dist.is_initialized()
        self.rank: int = dist.get_rank() if together else 0
        """Number of this process, from 0."""
        self.count: int = dist.get_world_size() if together else 1
        """How many there are."""

    def own_rows(self, part: Tensor) -> Tensor:
        """Return the rows that are this process's."""
        return part[self.rank :: self.count]

    def add(self, weights: Sequence[nn.Parameter], loss: float) -> float:
        """Add up the gradients of all processes, in each of them; return the sum of their losses."""
        if self.count == 1:
            return loss
        parts = [torch.zeros_like(each) if each.grad is None else each.grad for each in weights]
        flat = torch.cat([*(part.reshape(-1) for part in parts), parts[0].new_tensor([loss])])
        dist.all_reduce(flat)
        start = 0
        for each in weights:
            each.grad = flat[start : start + each.numel()].view_as(each)
            start += each.numel()
        return float(flat[-1])

    def any(self, here: bool) -> bool:
        """Tell whether something is so in any process; all are told the same."""
        if self.count == 1:
            return here
        told = torch.tensor([float(here)])
        dist.all_reduce(told, dist.ReduceOp.MAX)
        return bool(told.item())

    def first(self, value: float) -> float:
        """Return what the first process has, in all of them."""
        if self.count == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64)
        dist.broadcast(told, 0)
        return float(told.item())


@contextmanager
def joined() -> Iterator[Peers]:
    """Join the processes that ``torchrun`` started, until the end of the block; alone where it started none."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or not dist.is_available():
        yield Peers()
        return
    dist.init_process_group("gloo")
    try:
        yield Peers()
    finally:
        dist.destroy_process_group()
