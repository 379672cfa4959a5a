"""What may be in an answer: in stock, of the category, within the range, not yet bought."""

from __future__ import annotations

import pytest

from pandian.events import Item

WARES = (
    Item("hat", category="hats", price=10.0),
    Item("cap", category="hats", price=20),
    Item("gone", category="hats", price=10, available=False),
    Item("mug", category="kitchen", price=5),
    Item("gift", category="hats"),
)


@pytest.fixture
def shop(served):
    served.sell(*WARES)
    served.know(*[(f"u{number}", item.item_id) for number in range(3) for item in WARES])
    served.know(("me", "cap", "purchase"), ("me", "mug", "view"))
    return served


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, {"hat", "mug", "gift", "cap"}),
        ({"category": "hats"}, {"hat", "gift", "cap"}),
        ({"category": "shoes"}, set()),
        ({"price_from": 10}, {"hat", "cap"}),
        ({"price_to": 10}, {"hat", "mug"}),
        ({"price_from": 10, "price_to": 10.0}, {"hat"}),
        ({"price_from": 0}, {"hat", "mug", "cap"}),
        ({"category": "hats", "price_to": 15}, {"hat"}),
        ({"bought": False}, {"hat", "mug", "gift"}),
        ({"bought": True}, {"hat", "mug", "gift", "cap"}),
    ],
)
async def test_only_what_passes(shop, next_entry, filters, found) -> None:
    answer = await shop.ask("stranger", 10, filters={**filters, "bought": filters.get("bought", True)})
    # Nothing is known of a stranger, so nothing was bought.
    assert {item.item_id for item in answer.items} == found | (
        {"cap"} if filters == {"bought": False} else set()
    )


async def test_nothing_that_was_bought(shop) -> None:
    shop.know(("me", "hat", "view"))
    answer = await shop.ask("me", 10, session=("mug",))
    assert {item.item_id for item in answer.items} == {"gift"}
    shop.know(*[("me", "gift", "view")] * 3)
    assert not (await shop.ask("me", 10)).items


async def test_the_model_proposes_again_what_was_seen_but_not_what_was_bought(served, next_entry) -> None:
    await served.promote(next_entry)
    served.know(("me", "item-1", "view"), ("me", "item-2", "purchase"), ("me", "item-1", "view"))
    found = [
        {item.item_id for item in (await served.ask("me", 200, filters=filters)).items}
        for filters in ({}, {"bought": False})
    ]
    assert found[0] - found[1] == {"item-2"}
