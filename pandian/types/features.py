"""All that the model sees of one draw of a field's values."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pandian.types import gazetteer, ngrams, statistics

#: Different values of one draw: the model is trained on as few, since small tables have no more.
DRAW = 6
#: Draws of one field; their probabilities are averaged.
DRAWS = 2
#: Characters of a value that are looked at.
CLIP = 200

#: Different values of a field as text, with how often each was seen.
Draw = Sequence[tuple[str, int]]

#: What rules find in each of several draws of one field, by the name of the form: shares between 0 and 1. Forms that no
#: value has are left out.
Forms = Callable[[Sequence[Draw]], Sequence[Mapping[str, float]]]


@dataclass(frozen=True, slots=True)
class Features:
    """The inputs of the model, a row a draw."""

    hashed: NDArray[np.float32]
    """``[draws, 3 * ngrams.BUCKETS]``"""
    dense: NDArray[np.float32]
    """``[draws, statistics.SIZE + gazetteer.SIZE]``"""
    forms: NDArray[np.float32]
    """``[draws, len(names)]``: what the rules found, in the order of the model's form names."""


def draws(samples: Draw, size: int = DRAW, most: int = DRAWS) -> list[list[tuple[str, int]]]:
    """Return up to ``most`` draws of different values, each spread evenly over the samples; none for no samples."""
    number = min(most, -(-len(samples) // size))
    return [_evenly(samples[start::number], size) for start in range(number)]


def _evenly(samples: Draw, size: int) -> list[tuple[str, int]]:
    if len(samples) <= size:
        return list(samples)
    return [samples[place * len(samples) // size] for place in range(size)]


def features(batch: Sequence[Draw], found: Sequence[Mapping[str, float]], names: Sequence[str]) -> Features:
    """Describe draws of at least one value each, all together.

    Args:
        batch: at least one draw; different values, with how often each was seen.
        found: what the rules found in each draw.
        names: the forms that the model knows, in its order.
    """
    texts = [[_clipped(text) for text, _ in draw] for draw in batch]
    repeats = [sum(count for _, count in draw) / len(draw) for draw in batch]
    known = {name: place for place, name in enumerate(names)}
    forms = np.zeros((len(batch), len(names)), dtype=np.float32)
    for row, shares in zip(forms, found, strict=True):
        for name, share in shares.items():
            if name in known:
                row[known[name]] = share
    return Features(
        ngrams.hashed(texts),
        np.concatenate([statistics.statistics(texts, repeats), gazetteer.found(texts)], axis=1),
        forms,
    )


def _clipped(text: str) -> str:
    return html.unescape(text[:CLIP]) if "&" in text else text[:CLIP]
