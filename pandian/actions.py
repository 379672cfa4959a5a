"""What people do with items: one small vocabulary for the many words that events use."""

from __future__ import annotations

from typing import Literal, get_args

Action = Literal[
    "view", "click", "favourite", "cart", "purchase", "rate", "search", "remove", "refund", "other"
]

#: All actions.
ACTIONS: tuple[Action, ...] = get_args(Action)

#: Actions that speak for interest in an item: they make a sequence, and label an impression as acted on.
POSITIVE: frozenset[Action] = frozenset({"view", "click", "favourite", "cart", "purchase", "rate"})

#: How much one action says about interest, beside a purchase.
WEIGHTS: dict[Action, float] = {
    "view": 0.2,
    "click": 0.2,
    "favourite": 0.4,
    "cart": 0.5,
    "purchase": 1.0,
    "rate": 1.0,
    "search": 0.0,
    "remove": 0.0,
    "refund": 0.0,
    "other": 0.1,
}

#: The positive actions, the one that says most first: of all that was done after an impression, its label tells this.
STRONGEST: tuple[Action, ...] = tuple(
    sorted((action for action in ACTIONS if action in POSITIVE), key=lambda action: -WEIGHTS[action])
)
