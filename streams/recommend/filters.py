"""What an answer may hold: items that can be had, of a category, within a price range, not yet bought."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from streams.features.base import Event
from streams.features.catalogue import Catalogue
from streams.recommend.base import Allowed

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


def allowed_by(filters: Mapping[str, Any], catalogue: Catalogue, history: Iterable[Event] = ()) -> Allowed:
    """Return which items may be in an answer.

    What ``pandian.items`` says cannot be had never may. An item whose category or price is not known passes no filter
    of them.

    Args:
        filters: without a wrong one.
        catalogue: what is known of items.
        history: of the user who asks.
    """
    known, category = catalogue.get, filters.get(CATEGORY)
    low, high = filters.get(PRICE_FROM), filters.get(PRICE_TO)
    priced = low is not None or high is not None
    least, most = low or 0.0, math.inf if high is None else high
    bought = (
        {event.item_id for event in history if event.action == "purchase"}
        if filters.get(BOUGHT) is False
        else frozenset[str]()
    )

    def allowed(item_id: str) -> bool:
        item = known(item_id)
        if (
            item.available is False
            or item_id in bought
            or (category is not None and item.category != category)
        ):
            return False
        return not priced or (item.price is not None and least <= item.price <= most)

    return allowed
