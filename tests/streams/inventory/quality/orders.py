"""Orders in which rules are planted, with a known share of exceptions."""

from __future__ import annotations

import random
from typing import Any

PRODUCTS = [(f"P{number:03d}", f"product number {number}") for number in range(60)]

#: What is to be found in :func:`orders`, and nothing else.
PLANTED = {
    "total_amount = quantity x unit_price - discount_amount",
    "gross_amount = net_amount + tax_amount",
    "created_at is not after shipped_at",
    "item_id decides item_name",
    "item_name decides item_id",
    "billing_country = shipping_country",
    'refund_amount is below 0 when order_status is "returned"',
    'currency is always "GBP"',
}


def orders(count: int, seed: int = 1, noise: float = 0.01) -> list[dict[str, Any]]:
    """Return order lines; in ``noise`` of them the amount, the name, the times and the country are wrong each."""
    chance = random.Random(seed)
    return [_order(number, chance, noise) for number in range(count)]


def _order(number: int, chance: random.Random, noise: float) -> dict[str, Any]:
    item, name = chance.choice(PRODUCTS)
    quantity, price = chance.randrange(1, 30), round(chance.uniform(2, 90), 2)
    discount = round(chance.uniform(0.1, 5), 2) if chance.random() < 0.6 else 0.0
    net, tax = round(chance.uniform(5, 900), 2), round(chance.uniform(1, 90), 2)
    country = chance.choice(["Norway", "France", "Spain", "Japan"])
    created = 1_600_000_000 + chance.randrange(10_000_000)
    status = chance.choice(["paid", "shipped", "delivered", "returned"])
    order = {
        "order_id": f"o{number}",
        "item_id": item,
        "item_name": name,
        "quantity": quantity,
        "unit_price": price,
        "discount_amount": discount,
        "total_amount": round(quantity * price - discount, 2),
        "net_amount": net,
        "tax_amount": tax,
        "gross_amount": round(net + tax, 2),
        "billing_country": country,
        "shipping_country": country,
        "created_at": created,
        "shipped_at": created + chance.randrange(500_000),
        "order_status": status,
        "refund_amount": -round(chance.uniform(1, 9), 2)
        if status == "returned"
        else chance.choice([0, 3.5, 7]),
        "currency": "GBP",
    }
    if chance.random() < noise:
        order["total_amount"] += 1.25
    if chance.random() < noise:
        order["item_name"] = chance.choice(PRODUCTS)[1]
    if chance.random() < noise:
        order["shipped_at"] = created - 5
    if chance.random() < noise:
        order["shipping_country"] = "Peru"
    return order
