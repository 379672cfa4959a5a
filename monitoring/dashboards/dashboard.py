"""The dashboard: its rows, its variables, and the marks where another model began to answer."""

from __future__ import annotations

import json
import os
from pathlib import Path

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from monitoring.dashboards.glance import glance
from monitoring.dashboards.inventory import inventory
from monitoring.dashboards.model import model
from monitoring.dashboards.panels import SOURCE, placed
from monitoring.dashboards.queries import series
from monitoring.dashboards.recommending import interactions, recommendations
from pandian import metrics as names

UID = "pandian"
FILE = f"{UID}.json"
_EVERYTHING = ".*"


def dashboard() -> str:
    """Return the dashboard as the JSON that Grafana reads: the same text every time."""
    built = placed(_frame(), [glance(), inventory(), interactions(), recommendations(), model()]).build()
    return json.dumps(built, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write(folder: Path) -> Path:
    """Write the dashboard into a folder, which is made if need be; it is replaced as a whole. Return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(dashboard(), encoding="utf-8")
    return unfinished.replace(path)


def _frame() -> builders.Dashboard:
    return (
        builders.Dashboard("Pandian")
        .uid(UID)
        .description("The live inventory, the recommendations that come of it, and how good they are.")
        .tags(["pandian"])
        .time("now-1h", "now")
        .refresh("10s")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(builders.DatasourceVariable("source").label("Prometheus").type("prometheus"))
        .with_variable(
            _values("topic", "Topic", names.RECORDS)
            .multi(True)
            .include_all(True)
            .all_value(_EVERYTHING)
            .current(VariableOption(selected=True, text="All", value="$__all"))
            .sort(VariableSort.ALPHABETICAL_ASC)
        )
        .with_variable(
            # Versions begin with the time they were made at, so the newest is the first.
            _values("version", "Version of the model", names.AUC).sort(VariableSort.ALPHABETICAL_DESC)
        )
        .annotation(
            builders.AnnotationQuery()
            .name("Another model answers")
            .datasource(SOURCE)
            .enable(True)
            .icon_color("#B877D9")
            .expr(f"{series(names.MODEL_INFO)} unless {series(names.MODEL_INFO)} offset 1m")
        )
    )


def _values(label: str, title: str, metric: names.Metric) -> builders.QueryVariable:
    query = f"label_values({series(metric)}, {label})"
    return (
        builders.QueryVariable(label)
        .label(title)
        .datasource(SOURCE)
        .query({"query": query, "refId": label})
        .hide(VariableHide.DONT_HIDE)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
    )
