"""From the vectors of names to the vectors that a model has of its items.

Names say what an item is, and a model's vectors say with what it goes; of an item that nobody has touched there is the
name alone. A ridge regression learns from the items that have both (Gantner and others, 2010: Learning
attribute-to-feature mappings for cold-start recommendations, https://doi.org/10.1109/ICDM.2010.129).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.text.exceptions import TextError

Vectors = npt.NDArray[np.float32]

#: Strength of the ridge, in items; and how much a near item of the history counts more than several that are less near.
RIDGE = 3.0
SHARPNESS = 6.0
#: What an item of the history counts of what the one after it counts.
DECAY = 0.95
#: Items of a history that new ones are compared with, the newest: what was long before says little.
LONGEST = 10


@dataclass(frozen=True, slots=True)
class TextMapping:
    """Maps vectors of names to vectors of items."""

    mean: Vectors
    """Of the names that it was learned from [text dimensions]: what all have in common says nothing."""
    weights: Vectors
    """[text dimensions, item dimensions]."""

    @classmethod
    def fit(
        cls, texts: Vectors, vectors: Vectors, counts: npt.NDArray[np.int64], ridge: float = RIDGE
    ) -> TextMapping:
        """Return what maps the names of known items to the model's vectors of them.

        Args:
            texts: of the names [items, text dimensions]; items whose name says nothing (zeros) are left out.
            vectors: of the items [items, item dimensions]; their lengths do not count.
            counts: interactions of each item [items]: the more, the surer is its vector.
            ridge: draws the weights towards zero, as much as so many items do the other way.

        Raises:
            ValueError: when nothing is left, or the shapes differ.
        """
        named = texts.any(axis=1) & vectors.any(axis=1) & (counts > 0)
        if not (len(texts) == len(vectors) == len(counts)) or not named.any():
            raise ValueError(f"{len(texts)} names, {len(vectors)} vectors, {int(named.sum())} of use")
        mean = texts[named].astype(np.float64).mean(axis=0)
        inputs, outputs = texts[named] - mean, unit(vectors[named])
        weights = np.sqrt(counts[named])[:, None]
        gram = inputs.T @ (inputs * weights) + ridge * np.eye(inputs.shape[1])
        found = np.linalg.solve(gram, inputs.T @ (outputs * weights))
        return cls(mean.astype(np.float32), found.astype(np.float32))

    def __call__(self, texts: Vectors) -> Vectors:
        """Return vectors of length 1 [names, item dimensions]; of a name that says nothing, zeros."""
        mapped = unit((texts - self.mean) @ self.weights)
        mapped[~texts.any(axis=1)] = 0
        return mapped

    def encode(self) -> bytes:
        """Return it as a file."""
        file = io.BytesIO()
        np.savez(file, mean=self.mean, weights=self.weights)
        return file.getvalue()

    @classmethod
    def decode(cls, data: bytes) -> TextMapping:
        """Return what a file holds.

        Raises:
            TextError: when it is none that :meth:`encode` wrote.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                mean, weights = arrays["mean"], arrays["weights"]
        except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise _wrong(data) from error
        fits = mean.ndim == 1 and weights.ndim == 2 and len(mean) == len(weights)
        if not fits or {mean.dtype, weights.dtype} != {np.dtype(np.float32)}:
            raise _wrong(data)
        if not (np.isfinite(mean).all() and np.isfinite(weights).all()):
            raise _wrong(data)
        return cls(mean, weights)


def nearness(new: Vectors, history: Vectors) -> npt.NDArray[np.float64]:
    """Return how near items are to a history, for comparing them with each other [items].

    Args:
        new: vectors of length 1 [items, dimensions].
        history: vectors of length 1, oldest first [items of the history, dimensions]; zeros count for nothing.
    """
    return summed(history[history.any(axis=1)] @ new.T)


def summed(cosines: Vectors) -> npt.NDArray[np.float64]:
    """Return the same of cosines [items of the history, items]."""
    ages = DECAY ** np.arange(len(cosines) - 1, -1, -1.0)
    found: npt.NDArray[np.float64] = ages @ np.expm1(SHARPNESS * cosines.astype(np.float64))
    return found


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return vectors of length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


def _wrong(data: bytes) -> TextError:
    return TextError(
        f"a mapping of names: {len(data):,} bytes", "must be what was exported", "export the model again"
    )
