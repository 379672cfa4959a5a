"""Of the records checked, those that keep the rules which the asset's own records show.

The mean over the rules. Fields with the same value throughout say nothing about records and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from streams.inventory.intervals import Share
from streams.inventory.quality.base import Dimension, percent
from streams.inventory.quality.findings import FoundRule
from streams.inventory.quality.places import Span
from streams.inventory.quality.rules import constant


def measure(rules: Sequence[FoundRule]) -> Dimension | None:
    """Return the dimension; None where no rule was found."""
    telling = [rule for rule in rules if rule.family != constant.name]
    if not telling:
        return None
    share = Share(*(fmean(column) for column in zip(*(rule.share for rule in telling), strict=True)))
    checked = sum(rule.checked for rule in telling)
    number = f"{len(telling)} rules" if len(telling) > 1 else "1 rule"
    rule = f"{number} found, kept in {percent(share.score)} of the records checked"
    span = Span()
    for one in telling:
        span = span.union(one.broken)
    return Dimension(share, checked - sum(one.kept for one in telling), checked, rule, span)
