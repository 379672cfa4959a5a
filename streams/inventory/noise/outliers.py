"""Numbers far outside of where most are, by robust fences from the quantiles.

The fences are those of Kimber ("Exploratory data analysis for possibly censored data from skewed distributions", 1990):
each side has its own half of the interquartile range, so that a skewed field is not all outliers on its long side. They
are put twice as far out as his (Tukey's "far out"): one value in 400,000 of a normal distribution lies beyond. Where
three quarters of the numbers are positive and the upper half is more than twice as wide as the lower one, which is how
prices and quantities are distributed, the same is done with their logarithms; negative ones, which are returns then,
may be as large as positive ones.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from streams.inventory.profile.figures import Figures

#: How many half ranges a fence is away from its quartile.
_REACH = 6
#: From this ratio of the halves on, positive numbers are looked at by their logarithms.
_SKEWED = 2
#: Below so many numbers, quartiles say little.
_LEAST = 20
#: Types whose numbers name things and count nothing: none of them is too large or too small.
_NAMES = (
    "event_type session_id event_id order_id user_id device_id item_id sku gtin item_model category category_code "
    "seller_id identifier postal_code phone uuid hash label boolean date birth_date event_id order_status "
    "category_value national_id bank_card bank_account"
)
NAMES = frozenset(_NAMES.split())


@dataclass(frozen=True, slots=True)
class Outliers:
    """What lies beyond the fences of a field."""

    lower: float | None
    """Numbers below are outliers; None when there is no fence on this side."""
    upper: float | None
    share: float
    """Of the numbers, beyond either fence."""
    low: float
    """Least share, by the bound on ranks (99 %); exact fields have none to add."""
    high: float
    scale: str
    """``linear`` or ``log``."""
    says: str
    """How the fences came to be, in words."""

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def outliers(figures: Figures, semantic_type: str = "number") -> Outliers | None:
    """Return the outliers among a field's numbers.

    None when it has fewer than 20, when they are names such as the numbers of orders, or when both quartiles are the
    median: half of the values being the same, nothing says how far the others may lie.

    Args:
        figures: of the field.
        semantic_type: what it means.
    """
    if semantic_type in NAMES:
        return None
    distribution, moments = figures.distribution, figures.moments
    if distribution is None or moments.count < _LEAST or moments.minimum is None or moments.maximum is None:
        return None
    first, middle, third = (distribution.quantile(rank).value for rank in (0.25, 0.5, 0.75))
    if first == third:
        return None
    log = first > 0 and third - middle > _SKEWED * (middle - first)
    lower, upper = _fences(*(map(math.log, (first, middle, third)) if log else (first, middle, third)))
    if log:
        upper = _exp(upper)
        lower = math.exp(lower) if moments.minimum > 0 else -upper
    if not (math.isfinite(lower) and math.isfinite(upper)):
        return None
    below, inside, above = distribution.histogram(
        (-math.inf, lower, math.nextafter(upper, math.inf), math.inf)
    )
    share = (below + above) / max(below + inside + above, 1)
    # A rank at each fence may be off.
    reach = distribution.rank_error * ((moments.minimum < lower) + (moments.maximum > upper))
    scale = "log" if log else "linear"
    return Outliers(
        lower=lower,
        upper=upper,
        share=share,
        low=max(share - reach, 0.0),
        high=min(share + reach, 1.0),
        scale=scale,
        says=_says(first, middle, third, lower, upper, log=log),
    )


def _fences(first: float, middle: float, third: float) -> tuple[float, float]:
    # A side without width, as of quantities of which a quarter are 1, takes the other's.
    below, above = middle - first, third - middle
    return first - _REACH * (below or above), third + _REACH * (above or below)


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf


def _says(first: float, middle: float, third: float, lower: float, upper: float, *, log: bool) -> str:
    by = " on a logarithmic scale" if log else ""
    return (
        f"half of the numbers lie from {_shown(first)} to {_shown(third)}, around {_shown(middle)}; outliers are below "
        f"{_shown(lower)} or above {_shown(upper)}, {_REACH} times as far from the quartiles as these are from the "
        f"median{by}"
    )


def _shown(number: float) -> str:
    """Return a number as people write it: 214,670,000 and 13,541.3."""
    return f"{number:,.0f}" if 1e6 <= abs(number) < 1e15 else f"{number:,.6g}"
