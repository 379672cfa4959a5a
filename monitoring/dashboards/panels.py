"""Panels in one style: a number, lines, bars, a table; and the band between two lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from grafana_foundation_sdk.builders import bargauge, common, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery as AnyQuery
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.dashboard import Panel as BuiltPanel
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from monitoring.dashboards.queries import Query

Panel = Builder[BuiltPanel]
#: What a row holds, under its title.
Row = tuple[str, list[Panel]]

#: The variable that names Prometheus, so that the dashboard fits any Grafana.
SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
GREEN, YELLOW, RED = "green", "yellow", "red"
BLUE, ORANGE = "#5794F2", "#FF9830"
HEIGHT, _STAT_HEIGHT, _TABLE_HEIGHT = 8, 4, 5
_NOTHING = "none"


def target(query: Query, ref: str, *, instant: bool = False, as_table: bool = False) -> Dataquery:
    """Return a query as Grafana sends it; ``ref`` is its letter in the panel."""
    built = Dataquery().expr(query.expr).legend_format(query.legend).ref_id(ref).datasource(SOURCE)
    built = built.instant() if instant else built.range()
    return built.format(PromQueryFormat.TABLE if as_table else PromQueryFormat.TIME_SERIES)


def targets(queries: Iterable[Query], *, instant: bool = False) -> list[Builder[AnyQuery]]:
    """Return queries with the letters A, B, C and so on."""
    return [target(query, chr(ord("A") + at), instant=instant) for at, query in enumerate(queries)]


def number(
    title: str,
    query: Query,
    text: str,
    *,
    unit: str = units.Short,
    decimals: int | None = None,
    bad_from: float | None = None,
    low_is_bad: bool = False,
    name: bool = False,
    width: int = 4,
    height: int = _STAT_HEIGHT,
) -> stat.Panel:
    """Return one figure with its course behind it.

    Args:
        title: what it is.
        query: where it comes from.
        text: what it means and what to do about it.
        unit: Grafana's name of the unit.
        decimals: digits after the point; None: Grafana chooses.
        bad_from: red from there on; None: no colour.
        low_is_bad: red below ``bad_from`` instead.
        name: show the series' name instead of its value.
        width: columns of 24.
        height: rows of the grid.
    """
    panel = stat.Panel().title(title).description(text).datasource(SOURCE).targets(targets([query]))
    panel = panel.unit(unit).no_value(_NOTHING).span(width).height(height)
    panel = panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    if decimals is not None:
        panel = panel.decimals(decimals)
    if name:
        panel = panel.text_mode(options.BigValueTextMode.NAME).graph_mode(options.BigValueGraphMode.NONE)
        return panel.color_mode(options.BigValueColorMode.NONE)
    if bad_from is None:
        return panel.color_mode(options.BigValueColorMode.NONE)
    return panel.thresholds(_thresholds(bad_from, low_is_bad)).color_mode(options.BigValueColorMode.VALUE)


def lines(
    title: str,
    queries: Sequence[Query],
    text: str,
    *,
    unit: str = units.Short,
    stacked: bool = False,
    between: tuple[float, float] | None = None,
    zero: bool = True,
    width: int = 12,
) -> timeseries.Panel:
    """Return lines over time.

    Args:
        title: what they are.
        queries: where they come from.
        text: what they mean and what to look for.
        unit: Grafana's name of the unit.
        stacked: areas on each other instead of lines.
        between: the ends of the axis.
        zero: show zero, so that heights compare; False for what differs by little.
        width: columns of 24.
    """
    panel = timeseries.Panel().title(title).description(text).datasource(SOURCE).targets(targets(queries))
    panel = panel.unit(unit).no_value(_NOTHING).span(width).height(HEIGHT).line_width(1)
    panel = panel.fill_opacity(30 if stacked else 5).show_points(options.VisibilityMode.NEVER)
    panel = panel.tooltip(
        common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI).sort(options.SortOrder.DESCENDING)
    )
    panel = panel.legend(
        common.VizLegendOptions()
        .display_mode(options.LegendDisplayMode.TABLE)
        .placement(options.LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs(["lastNotNull", "max"])
    )
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL).group("A"))
    if between is not None:
        return panel.min(between[0]).max(between[1])
    return panel.axis_soft_min(0) if zero else panel


def with_band(panel: timeseries.Panel, what: str, colour: str) -> timeseries.Panel:
    """Draw the line with the legend ``<what> value``, and fill between those of ``<what> low`` and ``<what> high``."""
    fixed = DynamicConfigValue("color", {"mode": FieldColorModeId.FIXED, "fixedColor": colour})
    thin = DynamicConfigValue("custom.lineWidth", 0)
    clear = DynamicConfigValue("custom.fillOpacity", 0)
    filled = [
        DynamicConfigValue("custom.fillBelowTo", f"{what} low"),
        DynamicConfigValue("custom.fillOpacity", 20),
    ]
    return (
        panel.override_by_name(f"{what} value", [fixed, DynamicConfigValue("custom.lineWidth", 2), clear])
        .override_by_name(f"{what} low", [fixed, thin, clear])
        .override_by_name(f"{what} high", [fixed, thin, *filled])
    )


def bars(
    title: str,
    query: Query,
    text: str,
    *,
    unit: str = units.PercentUnit,
    limit: float = 1.0,
    bad: float = 0.5,
    width: int = 12,
) -> bargauge.Panel:
    """Return one bar a series, of what holds now, from 0 to ``limit``; from ``bad`` on it is marked."""
    return (
        bargauge.Panel()
        .title(title)
        .description(text)
        .datasource(SOURCE)
        .targets(targets([query], instant=True))
        .unit(unit)
        .min(0)
        .max(limit)
        .no_value(_NOTHING)
        .span(width)
        .height(HEIGHT)
        .orientation(options.VizOrientation.HORIZONTAL)
        .display_mode(options.BarGaugeDisplayMode.BASIC)
        .thresholds(_thresholds(bad, low_is_bad=False))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def rows_of(title: str, query: Query, text: str, *, hidden: Sequence[str], width: int = 24) -> table.Panel:
    """Return a table of what holds now: a row a series, a column a label but those that are hidden."""
    panel = table.Panel().title(title).description(text).datasource(SOURCE).no_value(_NOTHING)
    panel = panel.targets([target(query, "A", instant=True, as_table=True)]).span(width).height(_TABLE_HEIGHT)
    for column in hidden:
        panel = panel.override_by_name(column, [DynamicConfigValue("custom.hidden", value=True)])
    return panel


def placed(board: builders.Dashboard, rows: Iterable[Row]) -> builders.Dashboard:
    """Put rows onto a dashboard, each panel with a number of its own that depends on its place only."""
    ids = count(1)
    for title, panels in rows:
        board = board.with_row(builders.Row(title).id(next(ids)))
        for panel in panels:
            panel.build().id_val = next(ids)
            board = board.with_panel(panel)
    return board


def _thresholds(bad_from: float, low_is_bad: bool) -> builders.ThresholdsConfig:
    first, then = (RED, GREEN) if low_is_bad else (GREEN, RED)
    steps = [Threshold(value=None, color=first), Threshold(value=bad_from, color=then)]
    return builders.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
