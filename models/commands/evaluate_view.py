"""An evaluation for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from models.assessment.base import Assessment, Figure
from models.assessment.pair import verdict

if TYPE_CHECKING:
    from models.assessment.report import Report

#: Figures beyond the metrics whose values are shares.
_SHARES = ("coverage", "head", "middle", "tail", "new", "popularity_lift")


def show(found: Report) -> None:
    """Print the figures with their intervals, for whom they hold, and of two models which is better."""
    one = found.models[0]
    click.echo(
        f"{_name(one)}: {found.targets:,} targets of {found.users:,} users; items of the history: {one.seen}"
    )
    for other in found.models[1:]:
        click.echo(f"{_name(other)}: the same targets; items of the history: {other.seen}")
    console = Console()
    console.print(_metrics(found))
    if found.compared:
        metric = f"ndcg@{found.k}"
        console.print(
            f"{verdict(found.models[0], found.models[1], found.compared[metric], metric)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    console.print(_groups(found))


def _metrics(found: Report) -> Table:
    table = Table()
    table.add_column("metric")
    for one in found.models:
        table.add_column(f"{one.model} (95 %)" if len(found.models) == 1 else f"{_name(one)} (95 %)")
    if found.compared:
        table.add_column("difference (95 %)")
        table.add_column("p", justify="right")
    for name in found.models[0].metrics:
        cells = [_cell(one.metrics[name], "{:.4f}") for one in found.models]
        compared = found.compared.get(name)
        if compared:
            difference = Figure(compared.difference, compared.low, compared.high)
            cells += [_cell(difference, "{:+.4f}"), f"{compared.p:.2g}"]
        table.add_row(name, *cells)
    table.add_section()
    for name in found.models[0].beyond:
        form = "{:.1%}" if name.partition("@")[0] in _SHARES else "{:,.3f}"
        table.add_row(name, *(_cell(one.beyond[name], form) for one in found.models))
    return table


def _groups(found: Report) -> Table:
    metric = f"ndcg@{found.k}"
    table = Table()
    table.add_column("of")
    table.add_column("targets", justify="right")
    for one in found.models:
        table.add_column(f"{metric}, {one.model}")
    kinds = (("history", "by_history"), ("target", "by_item"))
    for said, kind in kinds:
        for together in zip(*(getattr(one, kind) for one in found.models), strict=True):
            figures = [group.metrics.get(metric) for group in together]
            cells = [_cell(figure, "{:.4f}") if figure else "–" for figure in figures]
            table.add_row(f"{said}: {together[0].name}", f"{together[0].targets:,}", *cells)
        table.add_section()
    return table


def _name(one: Assessment) -> str:
    return f"{one.model}@{one.version}"


def _cell(figure: Figure, form: str) -> str:
    if figure.low is None or figure.high is None:
        return form.format(figure.value)
    return f"{form.format(figure.value)} ({form.format(figure.low)} to {form.format(figure.high)})"
