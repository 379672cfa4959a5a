"""What was found of one or two models, as tables of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.assessment.base import Assessment, Figure
from models.comparison import Comparison
from pandian.html.markup import Markup, tag

#: What figures beyond the metrics are called, and how they are shown.
_BEYOND = {
    "coverage": ("coverage", "{:.1%}"),
    "novelty": ("novelty, bits", "{:.2f}"),
    "popularity": ("popularity, interactions", "{:,.1f}"),
    "popularity_lift": ("popularity lift", "{:+.1%}"),
    "gini": ("Gini", "{:.3f}"),
    "head": ("share of the head", "{:.1%}"),
    "middle": ("share of the middle", "{:.1%}"),
    "tail": ("share of the tail", "{:.1%}"),
    "new": ("share of new items", "{:.1%}"),
}


def metrics_table(models: Sequence[Assessment], compared: Mapping[str, Comparison]) -> Markup:
    """Return the metrics of each model with their intervals; of two, also the difference and its test."""
    heads = ["metric", *(f"{one.model}@{one.version}" for one in models)]
    heads += ["difference (95 %)", "p"] if compared else []
    rows = []
    for name in models[0].metrics:
        cells = [_figure(one.metrics[name], "{:.4f}") for one in models]
        found = compared.get(name)
        if found:
            cells += [_ends(found.difference, found.low, found.high, "{:+.4f}"), tag("td", f"{found.p:.2g}")]
        sure = found is not None and (found.better or found.worse)
        rows.append(tag("tr", tag("th", name, scope="row"), *cells, class_="sure" if sure else None))
    return _table(heads, rows)


def beyond_table(models: Sequence[Assessment]) -> Markup:
    """Return what is shown beside what is right, of each model."""
    heads = ["of lists", *(f"{one.model}@{one.version}" for one in models)]
    rows = []
    for name in models[0].beyond:
        kind, _, k = name.partition("@")
        said, form = _BEYOND[kind]
        cells = [_figure(one.beyond[name], form) for one in models]
        rows.append(tag("tr", tag("th", f"{said}, of {k}", scope="row"), *cells))
    return _table(heads, rows)


def _figure(figure: Figure, form: str) -> Markup:
    return _ends(figure.value, figure.low, figure.high, form)


def _ends(value: float, low: float | None, high: float | None, form: str) -> Markup:
    known = low is not None and high is not None
    return tag(
        "td",
        tag("span", form.format(value), class_="value"),
        tag("span", f" {form.format(low)} to {form.format(high)}", class_="faint") if known else None,
        class_="number",
    )


def _table(heads: Sequence[str], rows: Sequence[Markup]) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads)))
    return tag("div", tag("table", head, tag("tbody", *rows), class_="figures"), class_="wide")
