"""What is known of items as columns: the same as asking about each, whatever changes and whenever."""

from __future__ import annotations

import asyncio
import gc
import math

import numpy as np
import pytest

from pandian.events import Item, encode
from streams.features import table as module
from streams.features.catalogue import Catalogue
from streams.features.table import Fixed, Numbered
from streams.features.vocabulary import Vocabulary
from tests.support.live import Row

IDS = [f"i{number}" for number in range(40)]


def sell(catalogue: Catalogue, *items: Item) -> None:
    catalogue.take(0, [Row(0, encode(item)) for item in items])


def remove(catalogue: Catalogue, item_id: str) -> None:
    catalogue.take(0, [Row(0, None, key=item_id.encode())])


async def check(catalogue: Catalogue, rows: Numbered) -> None:
    """Check that each row says what the catalogue says of its item."""
    table = await catalogue.table(rows)
    known = [catalogue.get(item) for item in rows.items]
    assert table.available.tolist() == [one.available is not False for one in known]
    assert table.categories.tolist() == [0 if one.category is None else hash(one.category) for one in known]
    np.testing.assert_array_equal(
        table.prices, [math.nan if one.price is None else one.price for one in known]
    )


@pytest.fixture(autouse=True)
def small_portions(monkeypatch) -> None:
    monkeypatch.setattr(module, "_PORTION", 7)
    monkeypatch.setattr(module, "_LEAST", 4)


def fixed() -> Fixed:
    return Fixed(IDS, {item: number for number, item in enumerate(IDS)})


async def test_every_change_is_seen_at_once() -> None:
    catalogue, rows = Catalogue(), fixed()
    await check(catalogue, rows)
    sell(catalogue, Item("i3", category="hats", price=2), Item("i4", available=False), Item("other", price=1))
    await check(catalogue, rows)
    sell(catalogue, Item("i3", category="mugs", time=5), Item("i3", price=9, time=4))
    await check(catalogue, rows)
    remove(catalogue, "i4")
    await check(catalogue, rows)
    catalogue.clear()
    await check(catalogue, rows)
    sell(catalogue, Item("i9", price=18_446_744_073_709_551_615))
    await check(catalogue, rows)


async def test_what_changes_while_it_is_filled_in_is_not_missed() -> None:
    catalogue, rows = Catalogue(), fixed()
    turns = 0

    async def change() -> None:
        nonlocal turns
        for turn in range(5):
            sell(catalogue, *(Item(item, price=turn, available=turn % 2 > 0) for item in IDS))
            turns += 1
            await asyncio.sleep(0)

    changing = asyncio.create_task(change())
    await asyncio.gather(check(catalogue, rows), check(catalogue, rows))
    assert turns > 2, "others must have their turn between portions"
    await changing
    await check(catalogue, rows)


async def test_rows_that_come_later_and_numbers_that_get_another_item() -> None:
    catalogue, vocabulary = Catalogue(), Vocabulary(100)
    sell(catalogue, *(Item(item, category=item, price=1.5) for item in IDS))
    for item in IDS[:3]:
        vocabulary.number(item)
    await check(catalogue, vocabulary)
    for item in IDS[3:30]:
        vocabulary.number(item)
    await check(catalogue, vocabulary)
    vocabulary.restore([(0, "i0"), (1, "i5")], [True, True, False, False])
    await check(catalogue, vocabulary)
    vocabulary.number("i7")
    sell(catalogue, Item("i7", category="new"), Item("i5", category="newer"))
    await check(catalogue, vocabulary)
    vocabulary.clear()
    await check(catalogue, vocabulary)
    vocabulary.number("i9")
    await check(catalogue, vocabulary)


async def test_a_table_goes_with_what_it_is_of() -> None:
    catalogue, rows = Catalogue(), fixed()
    await check(catalogue, rows)
    assert len(catalogue._tables) == 1
    del rows
    gc.collect()
    assert not catalogue._tables
