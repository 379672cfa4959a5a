"""What the terminal shows of an asset's findings and of one field: the facts, in any width."""

import copy

import pytest
from rich.cells import cell_len
from rich.console import Console

from pandian.durations import duration
from pandian.errors import UsageError
from streams.commands.asset_list import assets_table
from streams.commands.asset_sections import asset_view, bar
from streams.commands.field_view import field_view
from streams.commands.searching import field_of, narrowed, searched
from streams.commands.tables import flow, plain
from streams.commands.wording import between, moment, percent, place
from tests.streams.web.rich import rich_document

DOCUMENT = rich_document()
HOSTILE = ("[bold red]x[/]", "\x1b[31mred", "a\u202eb", "a\nb\tc", "[link=http://x]y[/link]")


def shown(view, width=100, **options):
    console = Console(width=width, **options)
    with console.capture() as capture:
        console.print(view)
    return capture.get()


def squeezed(text):
    """The words of a text, however they are cut into lines."""
    return " ".join(text.split())


@pytest.fixture
def orders():
    return copy.deepcopy(DOCUMENT["assets"][0])


def named(asset, name):
    return next(field for field in asset["fields"] if field["field"] == name)


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_everything_fits_the_terminal(width):
    views = [assets_table(DOCUMENT["assets"], width)]
    for asset in DOCUMENT["assets"]:
        views.append(asset_view(asset, width))
        views += [field_view(asset, field, width) for field in asset["fields"]]
    for view in views:
        lines = [line.rstrip() for line in shown(view, width).splitlines()]
        assert max(map(cell_len, lines)) <= width
        assert "…" not in [line.strip() for line in lines], "nothing is squeezed to nothing"


@pytest.mark.parametrize("width", [80, 140])
def test_an_asset_tells_all_that_was_found(orders, width):
    text = squeezed(shown(asset_view(orders, width), width))
    for fact in (
        "completeness ███████████░ 96.5 % (96.48 to 96.52)",
        "89,846 of 2,565,640 bad",
        "97.0 % asked for: not met",
        "timeliness",
        "StockCode decides Description in 95.0 % of 104,377 repeated values checked",
        "2026-11-23 09:31 CustomerID missing missing 25.0 % → missing 41.0 % size 16.0 % (13.0 to 19.0)",
        "Germany 1.8 %, United Kingdom 91.3 %, France 1.7 %",
        "2026-11-23 09:31 coupon vanished in 33.0 % of records before offset 140,000",
        "Quantity type number → number, string",
        "producer shop-web 2.3",
        "3,308 with the same content (1.0 %) · 642 with the same InvoiceNo (0.2 %)",
        "StockCode ⊂ shop.catalogue.sku 98.7 % (98.3 to 99.1)",
        "9,120 records a minute, usual 8,800 (7,900 to 9,700)",
    ):
        part = fact if width > 100 else fact.split(" · ")[0]
        assert part in text, part
    customers = squeezed(shown(asset_view(DOCUMENT["assets"][1], width), width))
    assert "silent for 90 min, where about 812 records come" in customers
    assert "operation: c 3,300 u 55 d 5" in customers
    catalogue = squeezed(shown(asset_view(DOCUMENT["assets"][2], width), width))
    assert "sku unique 99.9 % (99.8 to 100.0) in 100 % of the records" in catalogue


def test_a_field_in_full(orders):
    text = squeezed(shown(field_view(orders, named(orders, "UnitPrice"), 120), 120))
    for fact in (
        "UnitPrice of shop.orders price 98%: decimals with two places",
        "values 320,705 · missing 0",
        "31.3 % ← first quarter, median",
        "10.8 % ← third quarter",
        "outliers 0.2 % (0.0 to 0.9): half of the numbers lie from 1.25 to 4.13",
        "negative 2 a price is never negative latest offset 9, 2026-11-23 09:32",
        "Amount = Quantity x UnitPrice",
    ):
        assert fact in text, fact
    description = squeezed(shown(field_view(orders, named(orders, "Description"), 120), 120))
    assert "mojibake 9 to 21 values such as cafÃ© → café" in description
    assert "mashed" in description and "asdfasdf" in description
    assert "shop.customers.id" in shown(field_view(orders, named(orders, "CustomerID"), 120), 120)


def test_a_masked_field_shows_shapes_and_no_value(orders):
    secret = "jane@example.com"
    field = named(DOCUMENT["assets"][1], "profile.email")
    text = squeezed(
        shown(field_view(DOCUMENT["assets"][1], {**field, "min": secret, "max": secret}, 120), 120)
    )
    assert "PERSONAL, every value masked before it is kept; found in 99.8 % (99.7 to 99.9)" in text
    assert "Most frequent shapes x***@x******.com" in text
    assert secret not in text and "Distribution" not in text


def test_names_and_findings_are_text_and_nothing_else(orders):
    for hostile in HOSTILE:
        for finding in (orders["drift"][0], orders["schema_changes"][0]):
            finding.update(
                dict.fromkeys(("field", "before", "after", "aspect", "change", "producer"), hostile)
            )
        orders["quality"]["rules"][0]["says"] = hostile
        orders["quality"]["dimensions"][hostile] = orders["quality"]["dimensions"]["validity"]
        orders["relations"][0]["from"]["field"] = hostile
        orders["keys"] = [
            {"fields": [hostile], "unique": {"estimate": 1, "low": 1, "high": 1}, "present": 1.0}
        ]
        orders["lineage"] = {"envelopes": {hostile: 1}, "facts": {hostile: {hostile: 2}}}
        field = {
            **named(orders, "Description"),
            "field": hostile,
            "evidence": hostile,
            "semantic_type": hostile,
        }
        field["cleaning"]["notes"] = [hostile]
        for view in (
            asset_view(orders, 120),
            field_view(orders, field, 120),
            searched([orders], hostile, 120),
        ):
            text = shown(view, 120, force_terminal=True, color_system="truecolor")
            assert hostile not in text or hostile.startswith("[")
            assert not {"\x1b[31m", "\u202e", "\x1b]8"} & {
                part for part in ("\x1b[31m", "\u202e", "\x1b]8") if part in text
            }


def test_older_documents_show_only_what_they_have(orders):
    older = (
        "drift",
        "schema_changes",
        "relations",
        "duplicates",
        "history",
        "lineage",
        "freshness",
        "quality",
    )
    bare = {**orders, **dict.fromkeys(older)}
    assert "Drift" not in shown(asset_view(bare, 100), 100)
    odd = {
        **orders,
        "drift": ["text", None],
        "relations": ["x", {"from": "a.b", "to": "c.d"}],
        "schema_changes": [None],
    }
    text = shown(asset_view(odd, 100), 100)
    assert "Relations" not in text and "Schema changes" not in text
    field = {**named(orders, "Country"), "distinct": None, "top": None, "quantiles": None, "lengths": None}
    field |= dict.fromkeys(
        ("cleaning", "outliers", "impossible", "noise", "histogram", "min", "max", "evidence")
    )
    assert shown(field_view(bare, field, 100), 100).startswith("Country  of shop.orders\n")


def test_the_list_leaves_out_what_matters_least():
    wide, narrow = (shown(assets_table(DOCUMENT["assets"], width), width) for width in (140, 70))
    assert "last event" in wide and "2 drifts, 3 schema" in wide and "silent" in wide
    assert "last event" not in narrow and "2 drifts, 3 schema" in narrow
    assert "found" not in shown(assets_table(DOCUMENT["assets"][2:], 100))


def test_words_are_looked_for_in_names_kinds_and_meanings():
    assets = DOCUMENT["assets"]

    def found(text):
        return {one["asset"]: [field["field"] for field in one["fields"]] for one in narrowed(assets, text)}

    assert found("catalogue PRICE") == {"shop.catalogue": ["price"]}
    assert found("ｓｋｕ") == {"shop.catalogue": ["sku"]}
    assert found("类目") == {"shop.catalogue": ["类目"]}
    assert list(found("item name")) == ["shop.orders", "shop.catalogue", "shop.events:orders"]
    assert list(found("personal")) == ["shop.customers"]
    assert len(found("shop.orders")["shop.orders"]) == 8, "its own name: all of its fields"
    assert found("nothing of it") == {}
    assert "Nothing has 'zebra'" in shown(searched(assets, "zebra", 100))


def test_a_field_that_is_not_there(orders):
    with pytest.raises(UsageError, match="such as UnitPrice"):
        field_of(orders, "unitprice")
    with pytest.raises(UsageError, match="it has no fields yet"):
        field_of({**orders, "fields": []}, "x")


def test_parts_go_on_below_where_there_is_no_room():
    parts = [plain("a" * 6), plain("b" * 6), plain("c" * 6)]
    assert flow(parts, 14).plain == "aaaaaa  bbbbbb\ncccccc"
    assert flow(parts, 14, hang="  ").plain == "aaaaaa  bbbbbb\n  cccccc"
    assert flow([], 10).plain == ""


@pytest.mark.parametrize(("share", "text"), [(0, "░░░░"), (0.001, "█░░░"), (0.999, "███░"), (1, "████")])
def test_bars_are_none_or_all_only_when_they_are(share, text):
    assert bar(share, 4) == text


def test_words_for_places_and_shares():
    assert (
        place({"partition": 0, "offset": 1203, "time": 1795426200000})
        == "offset 1,203 of partition 0, 2026-11-23 09:30"
    )
    assert place({"offset": 7, "time_ms": -1}) == "offset 7"
    assert place(None) == place({"offset": None, "time": None}) == ""
    assert moment("2026-11-23T09:31:14.000Z") == "2026-11-23 09:31"
    assert moment(10**18) == ""
    assert [duration(one) for one in (0.25, 6.4, 90, 5_400, 496_190_227)] == [
        "0.25 s", "6.4 s", "90 s", "90 min", "5,743 days",
    ]  # fmt: skip
    assert [percent(one) for one in (None, 0.0, 1.0, 0.5, 0.99999, 1e-9)] == [
        "–", "0 %", "100 %", "50.0 %", "99.999 %", "<0.0001 %",
    ]  # fmt: skip
    assert between(0.98, 0.98) == between(None, 1) == ""
    assert between(0.96481, 0.96519) == "(96.48 to 96.52)"
