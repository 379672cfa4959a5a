"""Why an item is recommended, in one sentence for people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pandian.actions import Action
from streams.features.base import Event
from streams.features.catalogue import Catalogue
from streams.features.live import LiveState

_BECAUSE: dict[Action, str] = {
    "view": "because you looked at {}",
    "click": "because you clicked on {}",
    "favourite": "because you saved {}",
    "cart": "because you put {} into the cart",
    "purchase": "because you bought {}",
    "rate": "because you rated {}",
}
_BEFORE: dict[Action, str] = {
    "view": "you looked at it before",
    "click": "you clicked on it before",
    "favourite": "you saved it before",
    "cart": "you put it into the cart before",
    "purchase": "you bought it before",
    "rate": "you rated it before",
}
#: So many items at the top are popular.
_POPULAR = 100
POPULAR, FITS = "popular now", "fits what you did last"


class Reasons:
    """Finds reasons in what is known live, whichever model has ranked."""

    def __init__(self, live: LiveState, catalogue: Catalogue) -> None:
        self._live = live
        self._catalogue = catalogue

    def of(self, items: Sequence[str], history: Sequence[Event]) -> list[str]:
        """Return a reason for each item: what in the history it goes together with most, or what else holds."""
        last = {event.item_id: event.action for event in history}
        numbers = self._live.vocabulary.numbers
        wanted = np.array([numbers.get(item, -1) for item in items], np.int64)
        baseline = self._live.baseline
        nearest = baseline.nearest(wanted, [numbers[item] for item in last if item in numbers])
        popular = set(baseline.popular(_POPULAR).tolist())
        found = []
        for item, number, near in zip(items, wanted.tolist(), nearest, strict=True):
            if item in last:
                found.append(_BEFORE[last[item]])
            elif near is not None:
                name = self._live.vocabulary.items[near]
                found.append(_BECAUSE[last[name]].format(self._catalogue.name(name)))
            else:
                found.append(POPULAR if number in popular or not history else FITS)
        return found
