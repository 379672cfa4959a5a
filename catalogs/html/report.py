"""The page: totals, a table of all assets, a section each, and what makes it look and search.

One file, as :mod:`pandian.html.page` makes it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

from catalogs.base import Context
from catalogs.document import Asset, Inventory
from catalogs.html.asset import grade, section
from catalogs.html.charts import share
from catalogs.html.figures import instant, size, whole
from catalogs.references import references
from catalogs.words import spaced
from pandian.html.markup import Markup, join, tag, value
from pandian.html.page import page


class HtmlReport:
    """The whole inventory on one page."""

    suffix = ".html"
    per_asset = False
    timed = False

    def export(self, document: Inventory, context: Context) -> str:
        """Return the page; it looks the same for the same inventory, whenever it is made."""
        return page(
            "Pandian inventory", _body(document, context), style=_own("report.css"), script=_own("report.js")
        )


def _own(name: str) -> str:
    return files("catalogs.html").joinpath(name).read_text(encoding="utf-8")


def _body(document: Inventory, context: Context) -> list[Markup]:
    held = references(document)
    anchors = {asset.name: f"asset-{place}" for place, asset in enumerate(document.assets, 1)}
    sections = [
        section(asset, anchors[asset.name], [one for one in held if asset in (one.asset, one.to_asset)])
        for asset in document.assets
    ]
    if not sections:
        sections = [tag("p", "No asset yet: no record has been read.", class_="nothing")]
    foot = "Plain numbers are exact; ~ marks an estimate, with its interval. Shares and scores carry 95 % intervals."
    return [
        _masthead(document, context),
        tag(
            "main",
            _overview(document, anchors),
            *sections,
            tag("p", "Nothing fits.", class_="nothing", id="none", hidden=""),
        ),
        tag(
            "footer",
            tag("p", foot),
            tag("p", "Values of personal and sensitive fields are masked: they are counted, never shown."),
        ),
    ]


def _masthead(document: Inventory, context: Context) -> Markup:
    assets = document.assets
    totals = [
        ("assets", whole(len(assets))),
        ("fields", whole(sum(len(asset.fields) for asset in assets))),
        ("records", whole(sum(asset.records for asset in assets))),
        ("size", size(sum(asset.bytes for asset in assets))),
        ("personal fields", whole(sum(len(asset.personal) for asset in assets))),
    ]
    when = None
    if context.time_ms is not None:
        when = tag(
            "p",
            f"as of {datetime.fromtimestamp(context.time_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC",
            class_="when",
        )
    search = tag(
        "input",
        type="search",
        id="search",
        placeholder="Find a field, a meaning, an asset",
        aria_label="Find",
    )
    only = tag("label", tag("input", type="checkbox", id="personal"), " personal only")
    return tag(
        "header",
        tag("div", tag("h1", "Inventory ", tag("span", "盘点", lang="zh")), when, class_="brand"),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in totals), class_="totals"),
        tag("div", search, only, class_="controls", hidden=""),
        class_="masthead",
    )


def _overview(document: Inventory, anchors: dict[str, str]) -> Markup | None:
    if len(document.assets) < 2:
        return None
    most = max(*(asset.records for asset in document.assets), 1)
    rows = [_line(asset, anchors[asset.name], most) for asset in document.assets]
    heads = {
        "": "",
        "Asset": "",
        "Kind": "",
        "Records": "number",
        " ": "",
        "Fields": "number",
        "Personal": "",
        "Last event": "",
    }
    head = tag(
        "thead",
        tag("tr", *(tag("th", name, scope="col", class_=kind or None) for name, kind in heads.items())),
    )
    return tag("nav", tag("table", head, tag("tbody", *rows), class_="overview"), aria_label="Assets")


def _line(asset: Asset, anchor: str, most: int) -> Markup:
    personal = len(asset.personal)
    return tag(
        "tr",
        tag("td", grade(asset.quality)),
        tag("td", tag("a", value(asset.name), href=f"#{anchor}")),
        tag("td", spaced(asset.kind)),
        tag("td", whole(asset.records), class_="number"),
        tag("td", share(asset.records / most, "records against the largest asset"), class_="bar"),
        tag("td", whole(len(asset.fields)), class_="number"),
        tag("td", join(tag("span", f"{personal} masked", class_="badge masked") if personal else None)),
        tag("td", instant(asset.freshness.last_event), class_="faint"),
    )
