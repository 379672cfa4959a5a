"""What the demo prints in the end of what the inventory noticed: every figure of the document, in any width."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from streams.commands.demo_noticed import tell_noticed

_INTERVAL = {"estimate": 3_100.0, "low": 3_050.0, "high": 3_150.0}
APPEARED = {
    "change": "appeared", "field": "GiftWrap", "offset": 95_391, "time": "2011-05-16T08:00:00.000Z",
    "share": 1.0, "log10_chance": -15_614.6, "before": None, "after": None, "producer": None,
}  # fmt: skip
DRIFTED = {
    "field": "UnitPrice", "aspect": "values", "evidence": 12.3, "threshold": 7.5,
    "since": {"offset": 104_000, "time": "2011-06-01T08:00:00.000Z"},
    "noticed": {"offset": 120_000, "time": "2011-06-08T08:00:00.000Z"},
    "effect": {"size": 0.9292, "low": 0.5379, "high": 1.0},
    "before": "above 9.95 2.7 %", "after": "above 9.95 49.9 %",
}  # fmt: skip
REFERENCE = {
    "from": {"asset": "shop.orders", "field": "StockCode"},
    "to": {"asset": "shop.items", "field": "sku"},
    "share": {"estimate": 0.987, "low": 0.983, "high": 0.991},
    "orphans": {"records": 1_234},
}


def inventory(**more: Any) -> dict[str, Any]:
    email = {
        "field": "email", "semantic_type": "email", "pii": {"class": "personal"}, "masked": True,
        "distinct": _INTERVAL,
    }  # fmt: skip
    country = email | {"field": "country", "semantic_type": "country", "masked": False}
    orders = {
        "asset": "shop.orders", "fields": [], "schema_changes": [APPEARED], "drift": [DRIFTED],
        "relations": [REFERENCE],
    }  # fmt: skip
    customers = {"asset": "shop.customers", "fields": [email, country], "relations": None}
    return {"assets": [customers, orders | more]}


def shown(document: dict[str, Any], announced: Container[str], width: int = 100) -> str:
    console = Console(width=width, highlight=False)
    with console.capture() as capture:
        tell_noticed(console, document, announced, None)
    return capture.get()


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
def test_all_of_it_is_there_and_fits(width: int) -> None:
    text = shown(inventory(), ("gift-wrap", "pence"), width)
    assert max(map(cell_len, text.splitlines())) <= width
    for words in (
        *("shop.customers.email", "≈ 3,100 different", "invented"),
        *("shop.orders.StockCode ⊂ shop.items.sku", "98.7 %", "1,234 records without a match"),
        *("shop.orders.GiftWrap appeared", "offset 95,391", "10^-15615"),
        *(
            "shop.orders.UnitPrice drifted (values)",
            "104,000",
            "120,000",
            "10^12.3",
            "10^7.5",
            "0.93 (0.54 to 1.00)",
        ),
        "above 9.95 49.9 %",
    ):
        assert words in squeezed(text)
    assert "shop.customers.country" not in text


def test_what_was_not_noticed_is_said_not_to_be() -> None:
    text = squeezed(shown(inventory(drift=[]), ("gift-wrap", "pence")))
    assert text.count("not noticed") == 1
    assert text.index("UnitPrice is written in pence") < text.index("not noticed")


def test_what_was_not_injected_is_not_said_to_be() -> None:
    text = squeezed(shown(inventory(), ("gift-wrap",)))
    assert "pence" not in text
    assert "too short" in squeezed(shown(inventory(schema_changes=None, drift=None), ()))


def test_values_cannot_command_the_terminal() -> None:
    hostile = DRIFTED | {"before": "\x1b[2J[bold]", "after": "a\nb"}
    assert "\x1b[2J" not in shown(inventory(drift=[hostile]), ("pence",))
