"""Two models on the same targets."""

from __future__ import annotations

from models.assessment.base import Assessment
from models.comparison import Comparison, compare_all
from models.data.log import Codes


def compare_assessed(one: Assessment, other: Assessment, users: Codes) -> dict[str, Comparison]:
    """Return the difference in each metric, that of the other less that of the first, tested in pairs.

    Args:
        one: the champion, so to speak.
        other: of the same targets.
        users: whose target each is [targets].
    """
    return compare_all({name: (values, other.gains[name]) for name, values in one.gains.items()}, users)


def verdict(one: Assessment, other: Assessment, found: Comparison, metric: str) -> str:
    """Return in a sentence which is better in a metric, if that is sure."""
    names = [f"{each.model}@{each.version}" for each in (one, other)]
    ends = (
        f"difference {found.difference:+.4f} (95 %: {found.low:+.4f} to {found.high:+.4f}, p {found.p:.2g})"
    )
    if not (found.better or found.worse):
        return f"neither is surely better in {metric}: {ends}"
    better, than = (names[1], names[0]) if found.better else (names[0], names[1])
    return f"{better} is better than {than} in {metric}: {ends}"
