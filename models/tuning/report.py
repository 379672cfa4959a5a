"""A search as one HTML page: how it went on, what each setting does, and which matter."""

from __future__ import annotations

from importlib.resources import files

from models.tuning.settings import Searched
from models.tuning.space import is_whole
from models.tuning.study import Search, Tried
from pandian.html.markup import Markup, tag, value
from pandian.html.page import page
from pandian.html.plots import Axis, Reach, Series, around, chart, reaches

#: Rows of the table, the best.
_MOST = 50


def search_page(search: Search) -> str:
    """Return the page; it looks the same for the same trials, whenever it is made."""
    style = files("models.assessment").joinpath("report.css").read_text(encoding="utf-8")
    body = (_masthead(search), tag("main", _course(search), _settings(search), _table(search)))
    return page(f"Search for settings of {search.config.model}", body, style=style)


def shown(one: object) -> str:
    """Return a value of a setting for people."""
    return f"{one:,.4g}" if isinstance(one, float) else str(one)


def _whole(one: float) -> str:
    return f"{one:,.0f}" if one.is_integer() else ""


def _masthead(search: Search) -> Markup:
    first, best = search.given, search.best
    facts = [
        ("trials", f"{len(search.trials):,}"),
        ("best NDCG@10", f"{best.value:.4f}"),
        ("as given", f"{first.value:.4f}" if first is not None and first.value is not None else "–"),
        ("targets", f"{search.targets:,}"),
        ("seconds", f"{sum(one.seconds for one in search.trials):,.0f}"),
    ]
    return tag(
        "header",
        tag("h1", "Search ", tag("span", value(search.config.model))),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in facts), class_="totals"),
        class_="masthead",
    )


def _course(search: Search) -> Markup:
    good = _good(search)
    best, so_far = 0.0, []
    for at, found in good:
        best = max(best, found)
        so_far.append((float(at.number + 1), best))
    trials = Axis("trial", 1, max(2, len(search.trials)), show=_whole)
    ndcg = Axis("NDCG@10", *around([found for _, found in good]))
    course = chart(
        "NDCG@10 of each trial, and the best up to then",
        trials,
        ndcg,
        [
            Series("best up to then", so_far),
            Series("trial", [(float(one.number + 1), found) for one, found in good], "two", dots=True),
        ],
    )
    matter = [Reach(name, share) for name, share in search.importance.items()]
    label = "share of each setting in how good trials are"
    axis = Axis("importance", 0, max([row.value for row in matter] or [1]), show="{:.0%}".format)
    return tag(
        "section",
        tag("h2", "How it went"),
        tag(
            "p",
            "Of targets of the validation; those of the test stay unseen for ",
            tag("b", "pandian train"),
            ".",
        ),
        tag(
            "div",
            tag("div", tag("h3", "Trials"), course),
            tag("div", tag("h3", "Which settings matter"), reaches(label, axis, matter)) if matter else None,
            class_="side",
        ),
    )


def _settings(search: Search) -> Markup:
    plots = [
        tag("div", tag("h3", value(name)), _setting(search, name, searched))
        for name, searched in search.space.items()
    ]
    return tag("section", tag("h2", "Settings"), tag("div", *plots, class_="side"))


def _setting(search: Search, name: str, searched: Searched) -> Markup:
    good = _good(search)
    ndcg = around([found for _, found in good])
    if searched.choices is not None:
        rows = []
        for choice in searched.choices:
            values = [found for one, found in good if one.values[name] == choice]
            if values:
                mean = sum(values) / len(values)
                rows.append(Reach(f"{shown(choice)} ({len(values)})", mean, min(values), max(values)))
        return reaches(f"NDCG@10 by {name}: mean, least and most", Axis("NDCG@10", *ndcg), rows)
    low, high = float(searched.low or 0), float(searched.high or 0)
    show = _whole if is_whole(name) else "{:,.3g}".format
    axis = Axis(name, low, high, logarithmic=searched.log, show=show)
    points = [(float(one.values[name]), found) for one, found in good]
    return chart(f"NDCG@10 by {name}", axis, Axis("NDCG@10", *ndcg), [Series("trial", points, dots=True)])


def _table(search: Search) -> Markup:
    ordered = sorted(search.trials, key=lambda one: -1.0 if one.value is None else one.value, reverse=True)
    heads = ["trial", "NDCG@10", *search.space, "seconds"]
    rows = [
        tag(
            "tr",
            tag("th", f"{one.number + 1}", scope="row"),
            tag("td", tag("span", "nothing" if one.value is None else f"{one.value:.4f}", class_="value")),
            *(tag("td", value(shown(one.values[name]))) for name in search.space),
            tag("td", f"{one.seconds:,.1f}"),
        )
        for one in ordered[:_MOST]
    ]
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads)))
    title = "Trials, the best first" if len(ordered) <= _MOST else f"The best {_MOST} trials"
    table = tag("table", head, tag("tbody", *rows), class_="figures")
    return tag("section", tag("h2", title), tag("div", table, class_="wide"))


def _good(search: Search) -> list[tuple[Tried, float]]:
    return [(one, one.value) for one in search.trials if one.value is not None]
