"""The pages of the shop: real purchases among items drawn by what was sold before, and nothing from the future."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest

from streams.demo.dataset import OrderLine, order_lines
from streams.demo.maturing import Due
from streams.demo.pages import MOST_BOUGHT, OTHERS, Page, Pages, is_sold, portions, time_ms, user_id
from streams.transport.partitioning import partition_of

BEFORE = 20_000
LINES = 26_000
LINE = OrderLine("1", "85123A", "T-LIGHT", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom")


def pages_of(size: int = 500, seed: int = 1, lines: int = LINES) -> list[Page]:
    found = list(order_lines(lines))
    pages = Pages("run", seed)
    pages.sell(found[:BEFORE])
    return list(chain.from_iterable(map(pages.before, portions(found[BEFORE:], size))))


def invoices_of(lines: list[OrderLine]) -> list[list[OrderLine]]:
    return list(chain.from_iterable(portions(lines, 100)))


def test_each_invoice_of_a_known_customer_has_a_page_with_what_it_buys() -> None:
    lines = list(order_lines(LINES))
    pages = {(page.user_id, page.time): page for page in pages_of()}
    sold = {line.StockCode for line in lines[:BEFORE] if is_sold(line)}
    for invoice in invoices_of(lines[BEFORE:]):
        bought = list(dict.fromkeys(line.StockCode for line in invoice if is_sold(line)))
        known = [item for item in bought if item in sold]
        page = pages.pop((user_id(invoice[0].CustomerID), time_ms(invoice[0].InvoiceDate) - 60_000), None)
        if not invoice[0].CustomerID or not known:
            assert page is None
        else:
            assert page
            assert [item for item in known if item in page.items] == known[:MOST_BOUGHT]
            others = set(page.items) - set(known)
            assert len(page.items) == len(set(page.items)) == (1 + OTHERS) * len(known[:MOST_BOUGHT])
            assert not others & set(bought)
            assert others <= sold
        sold |= set(bought)
    assert not pages


def test_pages_are_the_same_however_the_lines_are_cut_but_for_what_a_portion_adds() -> None:
    small, large = pages_of(size=1), pages_of(size=2_000)
    assert [page._replace(session=()) for page in small] == [page._replace(session=()) for page in large]
    assert not any(page.session for page in small)
    again = [page for page in large if page.session]
    assert again
    for page in again:
        earlier = large[: large.index(page)]
        assert page.user_id in {one.user_id for one in earlier}


def test_another_seed_draws_others() -> None:
    first, second = pages_of(seed=1), pages_of(seed=2)
    assert len(first) == len(second)
    assert first != second
    assert first == pages_of(seed=1)


def test_nothing_is_known_from_later() -> None:
    assert pages_of(lines=LINES)[: len(pages_of(lines=22_000)) - 1] == pages_of(lines=22_000)[:-1]


def test_others_are_drawn_by_popularity_and_their_place_tells_nothing() -> None:
    pages = pages_of()
    sold = Counter(line.StockCode for line in order_lines(BEFORE) if is_sold(line))
    drawn = Counter(chain.from_iterable(page.items for page in pages))
    top = [item for item, _ in sold.most_common(50)]
    rare = [item for item, count in sold.items() if count == 1]
    assert sum(drawn[item] for item in top) / 50 > 20 * sum(drawn[item] for item in rare) / len(rare)
    lines = list(order_lines(LINES))[BEFORE:]
    bought = {
        (user_id(line.CustomerID), time_ms(line.InvoiceDate) - 60_000, line.StockCode)
        for line in lines
        if line.CustomerID
    }
    firsts = [(page.user_id, page.time, page.items[0]) in bought for page in pages]
    assert sum(firsts) / len(firsts) == pytest.approx(1 / (1 + OTHERS), abs=0.08)


def test_an_empty_shop_shows_nothing_and_returns_are_not_sold() -> None:
    assert Pages("run").before([[LINE]]) == []
    pages = Pages("run")
    pages.sell([LINE._replace(Quantity="-6")])
    assert pages.before([[LINE]]) == []
    pages = Pages("run")
    pages.sell([LINE])
    (page,) = pages.before([[LINE]])
    assert page.items == ("85123A",), "nothing else was ever sold"


def test_a_request_asks_for_exactly_the_page() -> None:
    page = Page("run-1", "17850", ("a", "b"), ("c",), 1_000)
    request = page.request()
    assert (request.request_id, request.user_id, request.items, request.session) == (
        *("run-1", "17850"), ("a", "b"), ("c",)
    )  # fmt: skip
    assert (request.k, request.time) == (2, 1_000)


@pytest.mark.parametrize(("cell", "text"), [("17850.0", "17850"), ("17850", "17850"), ("A1", "A1")])
def test_user_ids(cell: str, text: str) -> None:
    assert user_id(cell) == text


def test_times_are_utc() -> None:
    assert time_ms("2010-12-01 08:26:00") == 1_291_191_960_000


def test_portions_keep_invoices_whole() -> None:
    lines = list(order_lines(3_000))
    cut = list(portions(lines, 200))
    assert list(chain.from_iterable(chain.from_iterable(cut))) == lines
    for portion in cut:
        assert sum(map(len, portion)) <= 200 or len(portion) == 1
        assert all(len({line.InvoiceNo for line in invoice}) == 1 for invoice in portion)


def test_labels_are_due_when_the_newest_of_their_partition_is_a_window_later() -> None:
    users = {partition_of(str(n).encode(), 8): str(n) for n in range(200)}
    due = Due(8, window_ms=1_000)
    due.shown(users[0], 10_000, 24)
    due.shown(users[0], 10_500, 3)
    due.shown(users[1], 10_000, 7)
    assert due.count() == 0
    due.acted(users[0], 10_999)
    assert due.count() == 0
    due.acted(users[0], 11_000)
    assert due.count() == 24
    due.acted(users[0], 5_000)
    due.acted(users[2], 99_000)
    assert due.count() == 24, "older actions and other partitions change nothing"
    due.acted(users[1], 11_500)
    due.acted(users[0], 11_500)
    assert due.count() == 34
