"""Items that the champion has never seen are recommended by their names: a few, not on top, and only where they fit."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from export.files import write_files
from export.text import TEXT
from pandian.events import Item, encode
from streams.features.catalogue import Catalogue
from streams.recommend.introducing import Introducing
from streams.recommend.new_items import NewItems
from streams.recommend.service import impressions
from tests.support import entries, names
from tests.support.live import Row

SCARF = Item("new-scarf", "warm grey wool scarf", "winter", price=12.0, available=True, time=100)
KNIFE = Item("new-knife", "sharp kitchen knife", "kitchen", price=30.0, available=True, time=100)
USER = "u"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Knows the shop, and maps names to its vectors."""
    items = list(names.shop())
    return entries.make_entry(
        tmp_path_factory.mktemp("first") / "entry",
        items=items,
        model="sasrec",
        vectors=names.vectors(items),
        mapping=names.mapping(),
        text={"encoder": names.encoder().name, "least": 0.6},
    )


def again(entry, folder, without: str = "", catalogue: list[str] | None = None, **card):
    """Write an entry anew that says something else."""
    files = {name: entry.read(name) for name in entry.files if name not in ("card.json", without)}
    if catalogue:
        files["items.txt"] = b"".join(orjson.dumps(item) + b"\n" for item in catalogue)
    return write_files(folder / "entry", {**entry.card, **card}, files)


@pytest.fixture(scope="module")
def plain(tmp_path_factory, first):
    """Knows nothing of names."""
    return again(first, tmp_path_factory.mktemp("plain"), TEXT, text={"why": "no names of items were given"})


@pytest.fixture
async def shop(served, first):
    """Serves the first model to somebody who likes scarves, and has new items."""
    await served.promote(first)
    served.know((USER, "knife-2"), *[(USER, f"scarf-{number}") for number in (1, 2, 3)])
    served.sell(*[Item(item, name) for item, name in names.shop().items()], SCARF, KNIFE)
    await served.new.refresh()
    return served


def shown(answer) -> list[str]:
    return [item.item_id for item in answer.items]


def new_of(answer) -> list[str]:
    return [item.item_id for item in answer.items if item.sources == ("text",)]


async def test_a_new_item_is_shown_after_the_better_half(shop, first) -> None:
    answer = await shop.ask(USER)
    assert new_of(answer) == ["new-scarf"]
    assert (len(answer.items), shown(answer)[5]) == (10, "new-scarf")
    item = answer.items[5]
    assert item.reason in {f"new, and like {names.shop()[f'scarf-{number}']}" for number in (1, 2, 3)}
    assert item.score == answer.items[4].score >= answer.items[6].score
    assert (answer.model, answer.version, answer.fallback) == ("sasrec", first.version, None)
    seen = list(impressions(answer))
    assert [one.position for one in seen] == list(range(10))
    assert {(one.model, one.version) for one in seen} == {("sasrec", first.version)}
    assert seen[5].score == item.score


async def test_what_is_not_near_is_not_shown(shop) -> None:
    shop.sell(
        Item("new-scarf", available=False, time=200), Item("new-spade", "garden spade of steel", time=100)
    )
    await shop.new.refresh()
    shop.know(("w", "scarf-1"))
    assert new_of(await shop.ask("w", 20)) == []
    assert new_of(await shop.ask(USER, 20)) == ["new-knife"]


@pytest.mark.parametrize(
    ("k", "more", "expected"),
    [
        (9, {}, []),
        (20, {}, ["new-scarf", "new-knife"]),
        (20, {"filters": {"price_to": 20}}, []),
        (10, {"diversity": 0.5}, ["new-scarf"]),
        (10, {"items": tuple(names.shop())[:20]}, []),
        (10, {"session": ("new-scarf",)}, ["new-knife"]),
    ],
)
async def test_one_in_ten_and_only_what_is_asked_for(shop, k, more, expected) -> None:
    assert new_of(await shop.ask(USER, k, **more)) == expected


@pytest.mark.parametrize("k", [1, 2, 3, 10, 37, 100])
async def test_the_better_half_stays_whatever_the_share(shop, k) -> None:
    shop.sell(
        *[Item(f"more-{number}", f"{look} wool scarf", time=100) for number, look in enumerate(names.LOOKS)]
    )
    await shop.new.refresh()
    shop.answers._new = None
    without = (await shop.ask(USER, k)).items
    shop.answers._new = Introducing(shop.new, shop.catalogue, 0.5)
    page = (await shop.ask(USER, k)).items
    assert len({item.item_id for item in page}) == len(page) == k
    half = (k + 1) // 2
    assert page[:half] == without[:half]
    assert sum(item.sources == ("text",) for item in page) == min(k // 2, len(names.LOOKS) + 2)
    assert [item for item in page if item.sources != ("text",)] == list(without)[: k - min(k // 2, 17)]
    scores = [item.score for item in page]
    assert scores == sorted(scores, reverse=True)


async def test_filters_hold_for_new_items_too(shop) -> None:
    catalogue = [Item(item, name, "winter", price=5.0, time=300) for item, name in names.shop().items()]
    shop.sell(*catalogue)
    assert new_of(await shop.ask(USER, 20, filters={"category": "winter"})) == ["new-scarf"]
    assert new_of(await shop.ask(USER, 20, filters={"price_to": 11})) == []
    shop.sell(Item("new-scarf", SCARF.name, "winter", price=12.0, available=False, time=301))
    assert new_of(await shop.ask(USER, 20, filters={"category": "winter"})) == []


async def test_somebody_without_history_gets_what_is_popular(shop) -> None:
    answer = await shop.ask("nobody")
    assert (answer.model, new_of(answer)) == ("live", [])


async def test_a_new_item_of_the_history_says_what_is_like_it(shop) -> None:
    shop.sell(Item("new-shawl", "thin wool scarf", time=100))
    await shop.new.refresh()
    answer = await shop.ask("w", 10, session=("spade-1", "new-scarf"))
    assert [item.reason for item in answer.items if item.sources == ("text",)] == [
        f"new, and like {SCARF.name}"
    ]


async def test_what_a_later_version_knows_is_not_new(shop, tmp_path, first, plain) -> None:
    later = again(first, tmp_path, catalogue=[*list(names.shop())[:-1], "scarf-new"])
    shop.sell(Item("scarf-new", "long wool scarf", time=90))
    await shop.new.refresh()
    assert set(new_of(await shop.ask(USER, 20))) == {"new-scarf", "scarf-new"}
    await shop.promote(later)
    assert (shop.new.placed, shop.new.count) == (None, 0)  # until they are placed among its vectors
    await shop.new.refresh()
    assert new_of(await shop.ask(USER, 20)) == ["new-scarf", "new-knife"]
    await shop.promote(plain)
    await shop.new.refresh()
    assert (await shop.ask(USER, 20)).version == plain.version
    assert new_of(await shop.ask(USER, 20)) == []
    shop.registry.rollback(by="test", why="test")
    await shop.champion.look()
    shop.sell(Item("new-knife", available=False, time=400))
    await shop.new.refresh()
    assert new_of(await shop.ask(USER, 20)) == ["new-scarf"]


async def test_names_change_and_items_go(shop) -> None:
    shop.sell(Item("new-knife", "striped wool scarf", time=200), Item("bare", None, time=200))
    shop.catalogue.take(0, [Row(0, None, key=b"new-scarf")])
    await shop.new.refresh()
    assert shop.new.placed.item_ids == ["new-knife"]
    assert new_of(await shop.ask(USER)) == ["new-knife"]
    shop.catalogue.clear()
    await shop.new.refresh()
    assert shop.new.placed is None


async def test_the_newest_are_kept_whatever_their_order(served, first) -> None:
    sold = [
        Item(f"new-{number}", f"{look} wool scarf", time=number // 2)
        for number, look in enumerate(names.LOOKS[:12])
    ]
    await served.promote(first)
    for items in (sold, sold[::-1]):
        catalogue = Catalogue()
        new = NewItems(catalogue, served.champion, 3, names.encoder)
        catalogue.take(0, [Row(0, encode(item)) for item in items[:5]])
        await new.refresh()
        catalogue.take(0, [Row(0, encode(item)) for item in items[5:]])
        await new.refresh()
        assert new.placed.item_ids == ["new-10", "new-11", "new-8"]


async def test_equal_ones_come_by_their_id(shop) -> None:
    twins = [Item(f"twin-{number}", SCARF.name, time=100) for number in (3, 1, 2)]
    shop.sell(*twins)
    await shop.new.refresh()
    assert new_of(await shop.ask(USER, 30)) == ["new-scarf", "twin-1", "twin-2"]


async def test_nobody_waits_while_names_are_encoded(shop) -> None:
    shop.sell(*[Item(f"more-{number}", f"{number} wool scarves", time=100) for number in range(150)])
    placing = asyncio.create_task(shop.new.refresh())
    await asyncio.sleep(0)
    assert new_of(await shop.ask(USER)) == ["new-scarf"]
    assert not placing.done()
    await placing
    assert shop.new.count == 152


async def test_names_by_another_encoder_are_left_alone(served, first, tmp_path, caplog) -> None:
    entry = again(first, tmp_path, text={"encoder": "another 1.0", "least": 0.6})
    await served.promote(entry)
    served.sell(SCARF)
    await served.new.refresh()
    await served.new.refresh()
    assert served.new.placed is None
    assert caplog.text.count("cannot be encoded by universal-sentence-encoder") == 1


async def test_experiments_get_new_items_but_no_interleaved_page(shop, plain) -> None:
    await shop.challenge(plain, 1.0)
    answer = await shop.ask(USER)
    assert (answer.version, answer.trial.arm, new_of(answer)) == (plain.version, "challenger", ["new-scarf"])
    shop.challenger._interleaving = True
    answer = await shop.ask(USER)
    assert (answer.trial.interleaved, new_of(answer)) == (True, [])
