"""The report: escaped, self-contained, searchable, and drawn right."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalogs.base import Context
from catalogs.document import Histogram, Point, read_inventory
from catalogs.html import charts
from catalogs.html.report import HtmlReport
from pandian.html.markup import Markup, tag, value
from streams.commands.profile import profile_files
from tests.catalogs.inventories import HOSTILE, NOW_MS, hostile, shop
from tests.catalogs.validity import Page
from tests.support.browser import CHROMIUM, Browser


def page(document: Any) -> str:
    return HtmlReport().export(read_inventory(document), Context(NOW_MS))


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    return Browser(tmp_path / "profile")


def test_only_tags_make_markup() -> None:
    assert (
        tag("p", "<b>", Markup("<i></i>"), None, title='"x"', hidden="")
        == '<p title="&quot;x&quot;" hidden>&lt;b&gt;<i></i></p>'
    )
    assert value("\u202ea\nb") == '<bdi class="value">·a·b</bdi>'
    assert "“ ”" in value(" ")


def test_hostile_names_are_shown_as_they_are() -> None:
    shown = "".join(Page(page(hostile())).texts)
    for name in HOSTILE:
        if name.isprintable() and name.strip():
            assert name in shown


def test_figures_have_their_intervals() -> None:
    shown = " ".join(Page(page(shop())).texts)
    for words in (
        "CustomerID",
        "user id",
        "personal · masked",
        "98.7 %",
        "99 to 100 %",
        "quantity → user id",
        "as of 2026-03-02",
    ):
        assert words in shown


def heights(drawn: str) -> list[float]:
    return [float(attributes["height"] or 0) for name, attributes in Page(drawn).elements if name == "rect"]


def histogram(edges: list[float], counts: list[float]) -> list[float]:
    return heights(charts._histogram(Histogram(edges=tuple(edges), counts=tuple(counts))))


def test_a_wide_bin_does_not_look_like_many_records() -> None:
    thin, wide = histogram([0, 1, 11], [10, 10])
    assert wide < thin / 5


def test_tails_are_drawn_by_their_counts() -> None:
    drawn = histogram([-1000, 0, 1, 2, 3, 1000], [5, 10, 20, 10, 5])
    assert drawn[2] == max(drawn)
    assert drawn[0] == drawn[4]
    assert drawn[0] > drawn[2] / 5


def test_what_cannot_be_drawn_is_not() -> None:
    assert not Histogram(edges=(0.0, 1.0), counts=(0.0,)).drawable
    assert not Histogram(edges=(0.0,), counts=(1.0,)).drawable
    assert charts.trail([Point(time="x"), Point(time="y")]) is None
    assert charts.trail([Point(time="2026-01-01T00:00:00+00:00", records=3)]) is None
    (one,) = histogram([5, 5], [3])
    assert one > 0


async def test_a_browser_asks_for_nothing_and_runs_nothing_of_the_data(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(hostile()), encoding="utf-8")
    async with browser.page(path.as_uri()) as opened:
        await opened.until(
            "document.querySelector('.controls') && !document.querySelector('.controls').hidden"
        )
        assert await opened.run("performance.getEntriesByType('resource').length") == 0
        assert await opened.run("document.title") == "Pandian inventory"
        assert await opened.run("document.querySelectorAll('script').length") == 1
        assert await opened.run("document.documentElement.scrollWidth <= window.innerWidth")
    assert opened.problems == []


async def test_searching_shows_what_fits(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(shop()), encoding="utf-8")
    rows = (
        "[...document.querySelectorAll('.fields tbody tr')].filter((row) => row.offsetParent !== null).length"
    )
    async with browser.page(path.as_uri()) as opened:
        await opened.until(
            "document.querySelector('.controls') && !document.querySelector('.controls').hidden"
        )
        everything = await opened.run(rows)
        for text, least in (("orders price", 1), ("EMAIL", 1), ("shop.users", 11)):
            await opened.run(f"search.value = '{text}'; search.dispatchEvent(new Event('input'))")
            found = await opened.run(rows)
            assert least <= found < everything
        await opened.run("search.value = 'zzz'; search.dispatchEvent(new Event('input'))")
        assert await opened.run(rows) == 0
        assert await opened.run("!document.getElementById('none').hidden")
        await opened.run(
            "search.value = ''; personal.checked = true; personal.dispatchEvent(new Event('change'))"
        )
        assert 4 <= await opened.run(rows) < everything
    assert opened.problems == []


#: Pairs of texts in one cell or line that lie over each other, and texts that reach beyond their cell.
OVERLAPS = """
(() => {
  const found = [];
  for (const cell of document.querySelectorAll('.fields td, .fields th, .dimensions li, .facts, .overview td')) {
    const pieces = [];
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const clip = node.parentElement.getBoundingClientRect();
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        const hidden = getComputedStyle(node.parentElement).overflow === 'hidden';
        const right = hidden ? Math.min(box.right, clip.right) : box.right;
        pieces.push({ node, text: node.data, left: box.left, right, top: box.top, bottom: box.bottom });
      }
    }
    const edge = cell.getBoundingClientRect();
    for (const [place, one] of pieces.entries()) {
      if (one.right > edge.right + 1) found.push(`beyond: ${one.text}`);
      for (const other of pieces.slice(place + 1)) {
        if (one.node === other.node) continue;
        const apart = one.right <= other.left + 1 || other.right <= one.left + 1;
        const together = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4;
        if (!apart && together) found.push(`${one.text} | ${other.text}`);
      }
    }
  }
  return found;
})()
"""


@pytest.mark.parametrize("width", [700, 1000, 1480])
async def test_labels_do_not_lie_over_each_other(browser: Browser, tmp_path: Path, width: int) -> None:
    chance = random.Random(7)
    rows = tmp_path / "wide.jsonl"
    with rows.open("w", encoding="utf-8") as file:
        for number in range(3_000):
            row = {
                "time": 1_700_000_000_000 + number * 977,
                "sum": round(chance.gauss(0, 1e6), 2),
                "tiny": chance.random() * 1e-9,
                "big": chance.randrange(-(10**15), 10**15),
                "below": -chance.random() * 123_456.789,
                "text": f"A very long title of article number {number % 60} with many words",
            }
            file.write(json.dumps(row) + "\n")
    made = {"assets": [*profile_files([str(rows)]), *shop()["assets"]]}
    path = tmp_path / "report.html"
    path.write_text(page(orjson.loads(orjson.dumps(made))), encoding="utf-8")
    async with browser.page(path.as_uri()) as opened:
        await opened.resize(width, 1200)
        await opened.until("document.querySelectorAll('.fields .axis').length > 5")
        assert await opened.run(OVERLAPS) == []
