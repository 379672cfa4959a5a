import copy
import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from streams.commands.asset_list import assets_table
from streams.commands.tables import asset_table, share, sparkline, whole

DOCUMENT = json.loads((Path(__file__).parents[1] / "web" / "online_retail.json").read_text(encoding="utf-8"))


@pytest.fixture
def orders():
    return copy.deepcopy(next(asset for asset in DOCUMENT["assets"] if asset["asset"] == "shop.orders"))


def shown(table, width=100, **options):
    console = Console(width=width, record=True, **options)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def field(orders, **changes):
    return {"field": "f", **{**orders["fields"][0], **changes}}


@pytest.mark.parametrize("width", [80, 100, 140, 220])
def test_tables_fit_the_terminal(width):
    for table in (
        assets_table(DOCUMENT["assets"], width),
        *(asset_table(a, width) for a in DOCUMENT["assets"]),
    ):
        for line in shown(table, width).splitlines():
            assert cell_len(line.rstrip()) <= width


def test_every_field_is_shown_with_its_figures(orders):
    text = shown(asset_table(orders, 160), 160)
    assert text.splitlines()[0].startswith("shop.orders  orders  320,705 records  quarantined 3 (")
    assert "grade B 0.91 (0.91 to 0.92)" in text
    for known in orders["fields"]:
        assert known["field"].split(".")[0] in text
        if known["semantic_type"] != "unknown":
            assert f"{known['semantic_type']} {known['confidence']:.0%}" in text


def test_values_of_personal_fields_are_never_shown(orders):
    secret = "jane@example.com"
    top = [{"value": secret, "count": 9, "low": 9, "high": 9}]
    for changes in ({"pii": {"class": "personal"}}, {"pii": {"class": "sensitive"}}, {"masked": True}):
        orders["fields"] = [field(orders, min=secret, max=secret, top=top, **changes)]
        text = shown(asset_table(orders))
        assert secret not in text
        assert "masked" in text
    assert "SENSITIVE" in shown(
        asset_table({**orders, "fields": [field(orders, pii={"class": "sensitive"})]})
    )


def test_values_are_text_and_nothing_else(orders):
    for hostile in ("[bold red]x[/]", "\x1b[31mred", "a\u202eb", "a\nb\tc", "[link=http://x]y[/link]"):
        top = [{"value": hostile, "count": 9, "low": 9, "high": 9}]
        orders |= {"asset": hostile, "kind": hostile, "quarantined_reasons": {hostile: 2}}
        changes = {
            "semantic_type": hostile,
            "types": {hostile: 4},
            "min": hostile,
            "max": hostile,
            "top": top,
        }
        orders["fields"] = [field(orders, field=hostile, **changes)]
        for table in (asset_table(orders, 200), assets_table([orders])):
            text = shown(table, 200, force_terminal=True, color_system="truecolor")
            assert hostile not in text or hostile.startswith("[")
            assert "\x1b[31m" not in text
            assert "\u202e" not in text
            assert "\x1b]8" not in text
        if hostile.startswith("["):
            assert shown(asset_table(orders, 300), 300).startswith(f"{hostile}  {hostile}  ")


def test_what_is_not_known_is_left_out(orders):
    changes = {
        "distinct": None,
        "top": None,
        "quantiles": {},
        "types": {},
        "min": None,
        "max": None,
        "lengths": None,
    }
    orders |= {
        "fields": [field(orders, **changes)],
        "quality": {"grade": None},
        "source": {},
        "freshness": None,
    }
    assert "–" in shown(asset_table(orders))
    assert "–" in shown(assets_table([orders]))
    assert shown(asset_table({**orders, "fields": []}, 200), 200).count("\n") == 1


@pytest.mark.parametrize(
    ("part", "total", "text"),
    [
        (0, 10, "0 %"),
        (1, 100_000, "<0.1 %"),
        (1, 8, "12.5 %"),
        (99_999, 100_000, ">99.9 %"),
        (3, 3, "100.0 %"),
        (0, 0, "0 %"),
    ],
)
def test_shares_are_nothing_or_all_only_when_they_are(part, total, text):
    assert share(part, total).plain == text


def test_counts_and_bars():
    assert [whole(number).plain for number in (0, 1_234_567, 12_345_678, 5e9, 2e12)] == [
        "0",
        "1,234,567",
        "12.3M",
        "5.0G",
        "2.0T",
    ]
    assert sparkline([0, 1, 50, 100]) == " ▁▅█"
    assert sparkline([]) == sparkline([0, 0]) == ""
