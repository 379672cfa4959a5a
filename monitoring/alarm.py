"""When a model's AUC counts as fallen: a plain comparison of two intervals."""

from __future__ import annotations

from monitoring.auc import Auc

#: Fewer labels, or fewer of a kind, are not judged.
MIN_LABELS = 1_000
MIN_OF_A_KIND = 30


def is_enough(auc: Auc) -> bool:
    """Tell whether there are enough labels to judge by: 1,000, and 30 of each kind."""
    labels = auc.positive + auc.negative
    return labels >= MIN_LABELS and min(auc.positive, auc.negative) >= MIN_OF_A_KIND


def has_fallen(reference: Auc, recent: Auc, *, firing: bool) -> bool:
    """Tell whether the AUC of the newest labels is below that of the first ones.

    It has fallen when the whole 95 % interval of the newest lies below that of the first, bucket bounds included, and
    is back only when the newest value itself is within or above the first ones' interval: between the two, what was
    said last is said on.

    Args:
        reference: of the version's first labels.
        recent: of its newest labels.
        firing: whether it was said to have fallen.
    """
    if not (is_enough(reference) and is_enough(recent)):
        return firing
    assert reference.low is not None  # noqa: S101 - there are labels of both kinds
    assert recent.value is not None  # noqa: S101
    assert recent.high is not None  # noqa: S101
    return recent.value < reference.low if firing else recent.high < reference.low


def evidence(reference: Auc, recent: Auc) -> str:
    """Return the figures in one sentence."""
    return (
        f"AUC of the newest {recent.positive + recent.negative:,} labels: {_figures(recent)};"
        f" of the first {reference.positive + reference.negative:,} labels of this version: {_figures(reference)}"
    )


def _figures(auc: Auc) -> str:
    return f"{auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})"
