"""What is known of items: the newest by time, whoever wrote it."""

from __future__ import annotations

import orjson
import pytest

from pandian.events import Item, encode
from streams.features.catalogue import Catalogue, Known
from tests.support.live import Row


def taken(catalogue: Catalogue, *items: Item | bytes | tuple[bytes, None]) -> Catalogue:
    rows = []
    for offset, item in enumerate(items):
        if isinstance(item, Item):
            rows.append(Row(offset, encode(item), key=item.item_id.encode()))
        elif isinstance(item, tuple):
            rows.append(Row(offset, None, key=item[0]))
        else:
            rows.append(Row(offset, item))
    catalogue.take(0, rows)
    return catalogue


def test_the_newest_by_time_counts() -> None:
    catalogue = taken(
        Catalogue(),
        Item("a", "new", "hats", price=2.5, available=False, time=20),
        Item("a", "old", time=10),
        Item("b", None, time=5),
    )
    assert catalogue.get("a") == Known("new", "hats", 2.5, False, 20)
    assert catalogue.name("a") == "new"
    assert [catalogue.name("b"), catalogue.name("nobody")] == ["b", "nobody"]
    assert catalogue.get("nobody").available is None
    taken(catalogue, Item("a", "same time", time=20))
    assert catalogue.name("a") == "same time"
    assert catalogue.outcomes == {"taken": 3, "older": 1}


def test_a_tombstone_takes_an_item_out() -> None:
    catalogue = taken(
        Catalogue(), Item("订", "hat"), ("订".encode(), None), (b"nobody", None), (b"\xff", None)
    )
    assert len(catalogue) == 0
    assert catalogue.outcomes == {"taken": 3, "invalid": 1}


def test_items_are_bounded_and_names_are_cut() -> None:
    catalogue = taken(Catalogue(2), Item("a", "x" * 999), Item("b"), Item("c"), Item("a", "y", time=1))
    assert len(catalogue) == 2
    assert catalogue.name("a") == "y"
    assert catalogue.outcomes["no-room"] == 1
    assert len(taken(Catalogue(), Item("a", "x" * 999)).name("a")) == 200
    catalogue.clear()
    assert len(catalogue) == 0


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"hat",
        b"[]",
        b"null",
        b"{}",
        *map(
            orjson.dumps,
            [
                {"item_id": ""},
                {"item_id": 5},
                {"item_id": "a" * 257},
                {"item_id": "a", "time": "now"},
                {"item_id": "a", "time": 1.5},
                {"item_id": "a", "available": "yes"},
                {"item_id": "a", "price": "2"},
                {"item_id": "a", "price": True},
                {"item_id": "a", "name": 7},
                {"item_id": "a", "category": ["x"]},
            ],
        ),
    ],
)
def test_what_is_no_item(value) -> None:
    catalogue = taken(Catalogue(), value)
    assert (len(catalogue), catalogue.outcomes) == (0, {"invalid": 1})


def test_who_watches_is_told_of_what_changed() -> None:
    heard: list[str] = []
    catalogue = taken(Catalogue(), Item("before", "hat"))
    catalogue.watch(heard.append)
    taken(catalogue, Item("a", "new", time=20), Item("a", "old", time=10), Item("b"), (b"before", None))
    assert heard == ["a", "b", "before"]
    catalogue.clear()
    assert heard[3:] == ["a", "b"]
    catalogue.watch(None)
    taken(catalogue, Item("c"))
    assert list(catalogue) == ["c"]
    assert len(heard) == 5
