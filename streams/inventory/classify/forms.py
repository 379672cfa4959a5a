"""What the rules find in values alone, as figures that the model of types learns from and is asked with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from pandian.types.features import Draw
from streams.inventory.base import FieldEvidence
from streams.inventory.classify.base import Rule
from streams.inventory.classify.facts import FieldFacts
from streams.inventory.classify.rules import all_rules
from streams.inventory.classify.scoring import Match


@cache
def _formed() -> tuple[tuple[str, Rule], ...]:
    """Return the rules that have a form, by the name of the form; one that is added later changes no other's name."""
    return tuple((f"{rule.type}: {rule.says}", rule) for rule in all_rules() if rule.form)


def form_names() -> list[str]:
    """Return the name of every form that rules know today, sorted."""
    return sorted({name for name, _ in _formed()})


def forms(draws: Sequence[Draw]) -> Sequence[Mapping[str, float]]:
    """Return, for each draw of one field, the share of its values that have each form, where that is not 0.

    Implements :data:`pandian.types.features.Forms`. The rules look at all draws once, about 0.5 ms.
    """
    samples = [sample for draw in draws for sample in draw]
    count = sum(seen for _, seen in samples)
    facts = FieldFacts(FieldEvidence("", {"string": count}, samples, count, float(len(samples))))
    shares: list[dict[str, float]] = [defaultdict(float) for _ in draws]
    if facts.size != len(samples):  # a value was blank, or masking left a tag: places do not tell draws apart
        draws = [samples] * len(draws)
    ends = (
        np.cumsum([len(draw) for draw in draws])
        if facts.size == len(samples)
        else np.full(len(draws), facts.size)
    )
    starts = [0, *ends[:-1]] if facts.size == len(samples) else [0] * len(draws)
    for name, rule in _formed():
        mask = Match(rule, facts).form
        if mask is facts.nothing:
            continue
        for share, start, end in zip(shares, starts, ends, strict=True):
            share[name] = max(share[name], float(mask[start:end].mean()) if end > start else 0.0)
    return [{name: value for name, value in share.items() if value} for share in shares]
