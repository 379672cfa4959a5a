"""Kernel-weighted least squares on hashed texts, on statistics and on what the rules found, as one linear map.

Statistics enter by random Fourier features of a Gaussian kernel (Rahimi and Recht, 2007, "Random Features for
Large-Scale Kernel Machines"). There are far fewer columns than features, so the ridge regression is solved in its dual
form (Saunders et al., 1998) and written back as weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models.types.examples import Examples, Floats
from pandian.types.ngrams import BUCKETS

#: Random Fourier features.
WAVES = 1024
#: Width of the Gaussian kernel on standardised statistics, and how much they and the constant weigh in the kernel.
_GAMMA = 0.5
_DENSE = 1.5
_CONSTANT = 0.1
#: Least standard deviation of a statistic, and how many of them it may be from its mean.
_FLAT = 1e-3
CLIP = np.float32(4.0)
#: What the cosines are multiplied by.
HEIGHT = np.float32(np.sqrt(2 * _DENSE / WAVES))


@dataclass(frozen=True, slots=True)
class Ridge:
    """A linear map from features to a score for each type."""

    rarity: Floats
    """Weight of each bucket: ``[3 * BUCKETS]``."""
    mean: Floats
    scale: Floats
    """What standardises the statistics: ``[statistics]``."""
    waves: Floats
    """``[statistics, WAVES]``"""
    phase: Floats
    """``[WAVES]``"""
    hashed: Floats
    """``[3 * BUCKETS, types]``"""
    dense: Floats
    """``[WAVES, types]``"""
    forms: Floats
    """``[forms, types]``"""
    bias: Floats
    """``[types]``"""

    def scores(self, examples: Examples) -> Floats:
        """Return a score for each type: ``[rows, types]``, about 1 for the right type and 0 for the others."""
        texts = _weighted(examples.hashed, self.rarity) @ self.hashed
        return np.asarray(
            texts + self.waved(examples.dense) @ self.dense + examples.forms @ self.forms + self.bias,
            np.float32,
        )

    def waved(self, dense: Floats) -> Floats:
        """Return the random Fourier features of statistics."""
        return _waved((dense - self.mean) * self.scale, self.waves, self.phase)


def fit(
    examples: Examples, truth: NDArray[np.int64], types: int, *, penalty: float = 0.15, seed: int = 0
) -> Ridge:
    """Learn from examples.

    Args:
        examples: rows to learn from.
        truth: the type of each row.
        types: how many types there are.
        penalty: of squared weights.
        seed: of the random features.
    """
    chance = np.random.default_rng(seed)
    known = np.asarray((examples.hashed > 0).sum(axis=0)).ravel()
    rarity = np.where(known, np.log((1 + len(truth)) / (1 + known)) + 1, 0).astype(np.float32)
    mean, width = examples.dense.mean(axis=0), examples.dense.std(axis=0)
    size = examples.dense.shape[1]
    scale = (1 / (width + _FLAT) / np.sqrt(size)).astype(np.float32)
    waves = chance.normal(0, np.sqrt(2 * _GAMMA), (size, WAVES)).astype(np.float32)
    phase = chance.uniform(0, 2 * np.pi, WAVES).astype(np.float32)
    texts = _weighted(examples.hashed, rarity)
    waved = _waved((examples.dense - mean) * scale, waves, phase)
    kernel = (
        np.asarray((texts @ texts.T).todense())
        + waved @ waved.T
        + examples.forms @ examples.forms.T
        + _CONSTANT
    )
    aim = np.zeros((len(truth), types), dtype=np.float64)
    aim[np.arange(len(truth)), truth] = 1
    dual = np.linalg.solve(kernel.astype(np.float64) + np.diag(penalty / examples.weight), aim).astype(
        np.float32
    )
    return Ridge(
        rarity, mean, scale, waves, phase,
        np.asarray(texts.T @ dual), waved.T @ dual, examples.forms.T @ dual, _CONSTANT * dual.sum(axis=0),
    )  # fmt: skip


def _weighted(hashed: sparse.csr_matrix, rarity: Floats) -> sparse.csr_matrix:
    """Weigh buckets by their rarity; each block of each row has length 1 after that."""
    blocks = []
    for start in range(0, hashed.shape[1], BUCKETS):
        block = hashed[:, start : start + BUCKETS].multiply(rarity[start : start + BUCKETS]).tocsr()
        length = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
        blocks.append(sparse.diags(1 / np.maximum(length, 1e-9)) @ block)
    return sparse.hstack(blocks, format="csr").astype(np.float32)


def _waved(standard: Floats, waves: Floats, phase: Floats) -> Floats:
    limit = CLIP / np.sqrt(standard.shape[1])
    inside = np.clip(standard, -limit, limit)
    return np.asarray(HEIGHT * np.cos(inside @ waves + phase), dtype=np.float32)
