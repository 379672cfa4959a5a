"""Rules that are in the records are found, with their exceptions; others are not."""

from __future__ import annotations

import random

import pytest

from tests.streams.inventory.quality.helpers import found_in, said
from tests.streams.inventory.quality.orders import PLANTED, orders


def test_all_planted_rules_are_found_and_no_other() -> None:
    assert said(found_in(orders(9_000))) == PLANTED


def test_shares_are_those_of_the_noise_and_exceptions_are_placed() -> None:
    rows = orders(9_000, noise=0.02)
    found = {rule.says: rule for rule in found_in(rows).rules}
    amount = found["total_amount = quantity x unit_price - discount_amount"]
    assert amount.share.low <= 0.98 <= amount.share.high
    wrong = [
        number
        for number, row in enumerate(rows)
        if abs(row["total_amount"] - row["quantity"] * row["unit_price"] + row["discount_amount"]) > 0.01
    ]
    assert amount.broken.first is not None and amount.broken.latest is not None
    assert {amount.broken.first.offset, amount.broken.latest.offset} <= set(wrong)
    times = found["created_at is not after shipped_at"]
    assert times.broken.first is not None
    assert rows[times.broken.first.offset]["shipped_at"] < rows[times.broken.first.offset]["created_at"]


def test_a_rule_that_half_of_the_records_break_is_none() -> None:
    assert not any("total_amount" in rule for rule in said(found_in(orders(6_000, noise=0.5))))


@pytest.mark.parametrize(
    ("says", "make"),
    [
        ("amount = price x (1 - discount)", lambda p, r: round(p * (1 - r), 2)),
        ("amount = price x (1 + discount / 100)", lambda p, r: round(p * (1 + 100 * r / 100), 2)),
    ],
)
def test_shares_and_percentages(says: str, make: object) -> None:
    chance = random.Random(3)
    rows = []
    for _ in range(2_000):
        price, rate = round(chance.uniform(5, 500), 2), chance.choice([0, 0.05, 0.1, 0.2, 0.35])
        factor = 100 if "/ 100" in says else 1
        rows.append({"price": price, "discount": round(rate * factor, 2), "amount": make(price, rate)})  # type: ignore[operator] # parametrised
    assert said(found_in(rows)) == {says}


def test_codes_whose_first_letter_decides_the_sign() -> None:
    chance = random.Random(4)
    rows = []
    for number in range(6_000):
        back = chance.random() < 0.05
        invoice = f"C{500_000 + number}" if back else str(500_000 + number)
        quantity = chance.randrange(1, 20)
        rows.append({"invoice_no": invoice, "quantity": -quantity if back else quantity})
    assert 'quantity is below 0 when invoice_no begins with "C"' in said(found_in(rows))


def test_a_field_that_is_there_when_another_says_so() -> None:
    chance = random.Random(5)
    rows = []
    for _ in range(12_000):
        kind = chance.choice(["store", "web", "app"])
        row = {"sales_channel": kind}
        if kind == "store":
            row["till"] = f"till {chance.randrange(9)}"
        rows.append(row)
    assert {
        'till is there when sales_channel is "store"',
        'till is missing when sales_channel is "web"',
        'till is missing when sales_channel is "app"',
    } <= said(found_in(rows))


def test_a_customer_with_several_orders_decides_none_of_them() -> None:
    """The lines of an order follow each other: that they agree says little."""
    chance = random.Random(6)
    rows = []
    for order in range(1_500):
        customer = f"u{chance.randrange(80)}"
        rows += [{"user_id": customer, "order_id": f"o{order}"}] * chance.randrange(1, 12)
    rules = said(found_in(rows))
    assert "user_id decides order_id" not in rules


def test_a_chain_is_told_step_by_step() -> None:
    chance = random.Random(7)
    rows = []
    for _ in range(6_000):
        item = chance.randrange(120)
        rows.append({"sku": f"s{item}", "category": f"c{item % 12}", "department": f"d{item % 4}"})
    assert said(found_in(rows)) == {"sku decides category", "category decides department"}


def test_a_rule_that_appears_late_is_found() -> None:
    chance = random.Random(8)
    rows = []
    for number in range(90_000):
        quantity, price = chance.randrange(2, 30), round(chance.uniform(2, 90), 2)
        amount = round(quantity * price, 2) if number > 2_000 else round(chance.uniform(1, 900), 2)
        rows.append({"count": quantity, "price": price, "amount": amount})
    assert said(found_in(rows)) == {"amount = count x price"}


def test_columns_of_zeros_and_ones_are_no_sums() -> None:
    chance = random.Random(9)
    rows = [
        {"a": chance.randrange(2), "b": chance.randrange(2), "c": 0, "d": 1, "e": chance.randrange(2)}
        for _ in range(3_000)
    ]
    assert not any("=" in rule for rule in said(found_in(rows)))


def test_of_two_addresses_that_are_equal_each_decides_its_own() -> None:
    chance = random.Random(5)
    places = [(f"{10_000 + number}", f"City {number % 37}") for number in range(60)]
    rows = []
    for _ in range(6_000):
        code, city = chance.choice(places)
        rows.append({"Billing Zip": code, "Billing City": city, "Shipping Zip": code, "Shipping City": city})
    assert said(found_in(rows)) == {
        "Billing Zip = Shipping Zip",
        "Billing City = Shipping City",
        "Billing Zip decides Billing City",
        "Shipping Zip decides Shipping City",
    }


def test_sums_with_decimal_commas_are_sums() -> None:
    chance = random.Random(7)
    rows = []
    for _ in range(3_000):
        count, price = chance.randrange(2, 9), chance.randrange(400, 150_000)
        rows.append(
            {"Menge": str(count), "Einzelpreis": euros(price), "Gesamtbetrag": f"{euros(count * price)} €"}
        )
    assert "Gesamtbetrag = Einzelpreis x Menge" in said(found_in(rows))


def euros(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))
