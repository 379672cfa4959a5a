"""An asset: what it is, how good it is, what changed, what it refers to, and its fields."""

from __future__ import annotations

from collections.abc import Sequence

from catalogs.document import Asset, Interval, Quality
from catalogs.html.charts import trail, whisker
from catalogs.html.field import HEADS, row
from catalogs.html.figures import instant, size, whole
from catalogs.references import Reference
from catalogs.words import between, percent, spaced
from pandian.html.markup import Markup, join, tag, value

_CHANGES, _FACTS = 10, 3


def section(asset: Asset, anchor: str, held: Sequence[Reference]) -> Markup:
    """Return the section of an asset; ``held`` are the references from and to its fields."""
    table = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in HEADS))),
        tag("tbody", *map(row, asset.fields)),
        class_="fields",
    )
    return tag(
        "section",
        _head(asset),
        _findings(asset, held),
        tag("div", table, class_="tablewrap")
        if asset.fields
        else tag("p", "No field yet.", class_="nothing"),
        class_="asset",
        id=anchor,
        data_words=f"{asset.name} {asset.kind}".casefold(),
    )


def grade(quality: Quality) -> Markup:
    """Return the letter of a grade."""
    if quality.grade is None:
        return tag("span", "–", class_="grade ungraded", title="nothing to grade")
    return tag("span", quality.grade[:1], class_=f"grade grade-{quality.grade[:1].lower()}")


def _head(asset: Asset) -> Markup:
    about = [spaced(asset.kind), asset.source.format, asset.source.envelope, asset.source.topic and "topic"]
    facts = [
        ("records", whole(asset.records)),
        ("not readable", whole(asset.quarantined)) if asset.quarantined else None,
        ("size", size(asset.bytes)),
        ("fields", whole(len(asset.fields))),
        ("personal", whole(len(asset.personal))) if asset.personal else None,
        ("last event", instant(asset.freshness.last_event)) if asset.freshness.last_event else None,
    ]
    return tag(
        "header",
        grade(asset.quality),
        tag(
            "div",
            tag("h2", value(asset.name)),
            tag("p", " · ".join(text for text in about if text), class_="kind"),
            class_="title",
        ),
        tag("dl", *(_fact(*fact) for fact in facts if fact), class_="facts"),
        class_="head",
    )


def _fact(name: str, text: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", text))


def _findings(asset: Asset, held: Sequence[Reference]) -> Markup | None:
    found = [
        _quality(asset.quality),
        _grown(asset),
        _finding("Relations", [_reference(one, asset) for one in held]),
        _finding("Schema changes", _changes(asset)),
        _finding("Not readable", [_count(name, count) for name, count in asset.quarantined_reasons.items()]),
        _finding("From envelopes", _lineage(asset)),
    ]
    shown = [one for one in found if one is not None]
    return tag("div", *shown, class_="findings") if shown else None


def _finding(title: str, items: Sequence[Markup]) -> Markup | None:
    return tag("div", tag("h3", title), tag("ul", *items), class_="finding") if items else None


def _quality(quality: Quality) -> Markup | None:
    shares = dict(quality.dimensions)
    if quality.score is not None and quality.low is not None and quality.high is not None:
        shares = {"score": Interval(score=quality.score, low=quality.low, high=quality.high), **shares}
    items = [
        tag(
            "li",
            tag("span", spaced(name)),
            whisker(one, name),
            tag("span", percent(one.score), class_="figure"),
            tag("span", between(one.low, one.high), class_="faint"),
        )
        for name, one in shares.items()
    ]
    return (
        tag("div", tag("h3", "Quality"), tag("ul", *items, class_="dimensions"), class_="finding")
        if items
        else None
    )


def _grown(asset: Asset) -> Markup | None:
    drawn = trail(asset.history)
    return tag("div", tag("h3", "Records over time"), drawn, class_="finding") if drawn else None


def _reference(one: Reference, asset: Asset) -> Markup:
    # An asset can refer to itself: then this is where it starts.
    if one.asset is asset:
        ends = (value(one.field.path), " → ", value(one.to_asset.name), ".", value(one.to_field.path))
    else:
        ends = (value(one.to_field.path), " ← ", value(one.asset.name), ".", value(one.field.path))
    return tag("li", *ends, tag("span", f" {one.share}", class_="faint") if one.share else None)


def _changes(asset: Asset) -> list[Markup]:
    newest = asset.newest_changes
    items = []
    for one in newest[:_CHANGES]:
        turned = f": {spaced(one.before)} → {spaced(one.after)}" if one.before and one.after else ""
        when = tag("span", f" {instant(one.time)}", class_="faint") if one.time else None
        items.append(tag("li", value(one.field), f" {spaced(one.change)}{turned}", when))
    if len(newest) > _CHANGES:
        items.append(tag("li", f"and {len(newest) - _CHANGES} earlier ones", class_="faint"))
    return items


def _count(name: str, count: int) -> Markup:
    return tag("li", value(name), tag("span", f" {whole(count)}", class_="faint"))


def _lineage(asset: Asset) -> list[Markup]:
    items = []
    for fact, said in asset.lineage.facts.items():
        most = sorted(said.items(), key=lambda one: -one[1])[:_FACTS]
        names = [
            join(tag("span", ", ") if place else None, value(text)) for place, (text, _) in enumerate(most)
        ]
        items.append(tag("li", f"{spaced(fact)}: ", *names))
    return items
