"""What a person sees: the same figures as the inventory, on any terminal, and nothing that a terminal obeys."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from streams.demo.interesting import field_line, field_lines, missing_share, sparkline
from streams.demo.progress import Progress
from streams.demo.screen import LiveView, PlainView, Scene, drawn, in_a_line

PROGRESS = Progress(2_000, 4_000, {"shop.orders": 2_000, "shop.items": 900}, "2010-12-01 15:00:00", 1.0)


def scene(document: dict[str, Any], **more: Any) -> Scene:
    return Scene(
        "the shop is open", 7.25, "http://127.0.0.1:6066", PROGRESS, 2_900, 11_500.4, document, **more
    )


def text_of(document: dict[str, Any], width: int = 100) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(drawn(scene(document)))
    return console.export_text()


def field(document: dict[str, Any], asset: str, name: str) -> dict[str, Any]:
    (found,) = [
        field
        for entry in document["assets"]
        for field in entry["fields"]
        if (entry["asset"], field["field"]) == (asset, name)
    ]
    return dict(found)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_screen_shows_the_figures_and_fits(document: dict[str, Any], width: int) -> None:
    lines = text_of(document, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert len(lines) <= 22
    shown = "\n".join(lines)
    for words in (
        "2,000 records",
        "http://127.0.0.1:6066",
        "2010-12-01 15:00",
        "50% of 4,000",
        "11,500 records/s",
    ):
        assert words in shown
    for name in ("shop.orders", "shop.customers", "shop.items", "Quantity", "pricing.price", "CustomerID"):
        assert name in shown
    missing = missing_share(field(document, "shop.orders", "CustomerID"))
    assert missing > 0.05
    assert f"{missing:.1%}" in shown


def test_screen_before_anything_is_there() -> None:
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(drawn(Scene("starting a worker")))
    assert "starting a worker" in console.export_text()


def test_in_a_line(document: dict[str, Any]) -> None:
    line = in_a_line(scene(document))
    assert "\n" not in line
    assert "2,900 of 2,900 sent records" in line
    assert "shop.orders 2,000" in line


def test_interesting_fields_are_those_with_gaps_or_a_distribution(document: dict[str, Any]) -> None:
    (orders,) = [asset for asset in document["assets"] if asset["asset"] == "shop.orders"]
    names = [line.field for line in field_lines(orders)]
    assert names == ["Quantity", "UnitPrice", "CustomerID"]
    assert len(field_lines(orders, most=2)) == 2


def test_numbers_that_measure_have_a_shape_and_identifiers_have_none(document: dict[str, Any]) -> None:
    quantity = field_line(field(document, "shop.orders", "Quantity"))
    exact = field(document, "shop.orders", "Quantity")
    assert quantity.shape.strip()
    assert quantity.words.startswith(f"{exact['min']:,}")
    assert quantity.words.endswith(f"{exact['max']:,}")
    identifier = field(document, "shop.orders", "CustomerID") | {"semantic_type": "user_id"}
    assert not field_line(identifier).shape
    assert "different" in field_line(identifier).words


def test_a_value_that_dominates_is_named_unless_it_is_personal(document: dict[str, Any]) -> None:
    country = field(document, "shop.orders", "Country")
    assert "United Kingdom" in field_line(country).words
    masked = field_line(country | {"pii": {"class": "personal"}})
    assert "United Kingdom" not in masked.words
    assert "masked" in masked.words


def test_values_cannot_command_the_terminal(document: dict[str, Any]) -> None:
    country = field(document, "shop.orders", "Country")
    words = field_line(country | {"top": [{"value": "\x1b[2J\nUK", "count": country["count"]}]}).words
    assert words.isprintable()


def test_fields_without_values_are_left_out(document: dict[str, Any]) -> None:
    empty = field(document, "shop.orders", "Country") | {"count": 0}
    assert field_lines({"fields": [empty]}) == []


@pytest.mark.parametrize(
    ("counts", "shape"),
    [([], ""), ([0, 0], ""), ([1], "█"), ([0, 1, 8], " ▁█"), ([1, 1000], "▁█"), ([4, 8], "▄█")],
)
def test_sparkline(counts: list[int], shape: str) -> None:
    assert sparkline(counts) == shape


def test_live_view_draws_ascii_where_there_is_nothing_else(document: dict[str, Any]) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="replace", write_through=True)
    with LiveView(Console(file=out, force_terminal=True, width=100, height=40)) as view:
        view.show(scene(document))
        drawn_bytes = raw.getvalue()
        view.close()
        view.say("a line that stays")
    assert b"#" in drawn_bytes
    assert b"a line that stays" in raw.getvalue()


def test_plain_view_prints_now_and_then(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("streams.demo.screen.time.monotonic", lambda: now[0])
    out = io.StringIO()
    with PlainView(Console(file=out, width=40)) as view:
        for seconds in (0.0, 0.2, 0.2, 3.0):
            now[0] += seconds
            view.show(scene(document))
        view.show(Scene("counting the last records"))
        view.say("a line")
    lines = out.getvalue().splitlines()
    assert len(lines) == 4
    assert lines[-1] == "a line"
    assert "counting the last records" in lines[2]
