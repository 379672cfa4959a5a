"""What an answer may hold: items that can be had, of a category, within a price range, not yet bought."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.features.base import Event
from streams.features.catalogue import Catalogue
from streams.features.table import Numbered

CATEGORY, PRICE_FROM, PRICE_TO, BOUGHT = "category", "price_from", "price_to", "bought"
NAMES = (CATEGORY, PRICE_FROM, PRICE_TO, BOUGHT)
#: The rule of each, for people.
RULES: Mapping[str, str] = {
    CATEGORY: "text, as pandian.items spells it",
    PRICE_FROM: "a number, 0 or more, and no more than price_to",
    PRICE_TO: "a number, 0 or more, and no less than price_from",
    BOUGHT: "false, to leave out what was bought, or true",
}


def wrong(filters: Mapping[str, Any]) -> str | None:
    """Return the name of a filter that is not as :data:`RULES` says; None: all are."""
    for name, value in filters.items():
        if name == CATEGORY:
            right = isinstance(value, str)
        elif name == BOUGHT:
            right = type(value) is bool
        else:
            right = type(value) in (int, float) and math.isfinite(value) and value >= 0
        if not right:
            return name
    low, high = filters.get(PRICE_FROM, 0.0), filters.get(PRICE_TO, math.inf)
    return PRICE_FROM if low > high else None


def allowed_by(filters: Mapping[str, Any], catalogue: Catalogue, history: Iterable[Event] = ()) -> Passing:
    """Return which items may be in an answer.

    What ``pandian.items`` says cannot be had never may. An item whose category or price is not known passes no filter
    of them.

    Args:
        filters: without a wrong one.
        catalogue: what is known of items.
        history: of the user who asks.
    """
    if filters.get(BOUGHT) is not False:
        return Passing(filters, catalogue, frozenset())
    return Passing(filters, catalogue, {event.item_id for event in history if event.action == "purchase"})


class Passing:
    """What passes some filters: see :class:`streams.recommend.base.Allowed`.

    Args:
        filters: without a wrong one.
        catalogue: what is known of items.
        without: items that do not pass whatever is known of them.
    """

    def __init__(self, filters: Mapping[str, Any], catalogue: Catalogue, without: Set[str]) -> None:
        self._catalogue, self._known = catalogue, catalogue.get
        self._without = without
        self._category: str | None = filters.get(CATEGORY)
        self._priced = filters.get(PRICE_FROM) is not None or filters.get(PRICE_TO) is not None
        self._least: float = filters.get(PRICE_FROM) or 0.0
        most = filters.get(PRICE_TO)
        self._most: float = math.inf if most is None else most

    def __call__(self, item_id: str) -> bool:
        """Tell whether an item passes."""
        item, category = self._known(item_id), self._category
        if (
            item.available is False
            or item_id in self._without
            or (category is not None and item.category != category)
        ):
            return False
        return not self._priced or (item.price is not None and self._least <= item.price <= self._most)

    async def mask(self, items: Numbered) -> npt.NDArray[np.bool_]:
        """Return which items pass, and with them those whose category has the same hash [items]."""
        table = await self._catalogue.table(items)
        passes = table.available.copy()
        if self._category is not None:
            passes &= table.categories == hash(self._category)
        if self._priced:
            # Rounded to floats, a price within the range stays within the range, rounded the same way.
            passes &= (table.prices >= float(self._least)) & (table.prices <= float(self._most))
        passes[[items.numbers[one] for one in self._without if one in items.numbers]] = False
        return passes
