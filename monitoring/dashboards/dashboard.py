"""The dashboards: which rows and variables each has, and the marks where another model began to answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from monitoring.dashboards.asset import asset
from monitoring.dashboards.glance import courses, glance
from monitoring.dashboards.inventory import inventory
from monitoring.dashboards.model import model
from monitoring.dashboards.panels import SOURCE, Row, placed
from monitoring.dashboards.queries import series
from monitoring.dashboards.recommending import interactions, recommendations
from monitoring.dashboards.worker import worker
from pandian import metrics as names

_EVERYTHING = ".*"
_TAG = "pandian"


class Board(NamedTuple):
    """One dashboard."""

    title: str
    description: str
    rows: Callable[[], Sequence[Row]]
    variables: Sequence[str]


#: By their uid, which is also the name of the file. The first is the one to begin with.
BOARDS: Mapping[str, Board] = {
    "pandian": Board(
        "Pandian",
        "Whether all is well: the live inventory, the recommendations that come of it, and how good they are.",
        lambda: [glance(), courses()],
        ("version",),
    ),
    "pandian-inventory": Board(
        "Pandian: inventory",
        "What is read, what is behind, how good the data is.",
        inventory,
        ("topic",),
    ),
    "pandian-asset": Board("Pandian: an asset", "One asset, field by field.", asset, ("asset",)),
    "pandian-model": Board(
        "Pandian: the model", "What the labels say of a model, in whole and by segment.", model, ("version",)
    ),
    "pandian-serving": Board(
        "Pandian: serving",
        "From interactions to answers: who is known, who is answered, by what, how fast.",
        lambda: [interactions(), recommendations()],
        ("topic",),
    ),
    "pandian-worker": Board(
        "Pandian: the workers", "What the processes use, and how their upkeep goes.", worker, ()
    ),
}


def dashboard(uid: str) -> str:
    """Return a dashboard as the JSON that Grafana reads: the same text every time.

    Raises:
        KeyError: there is none of this name.
    """
    built = placed(_frame(uid, BOARDS[uid]), BOARDS[uid].rows()).build()
    return json.dumps(built, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def file_of(uid: str) -> str:
    """Return the name of a dashboard's file."""
    return f"{uid}.json"


def write(folder: Path) -> list[Path]:
    """Write the dashboards into a folder, which is made if need be; each is replaced as a whole. Return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / file_of(uid), dashboard(uid)) for uid in BOARDS]


def _write(path: Path, text: str) -> Path:
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(text, encoding="utf-8")
    return unfinished.replace(path)


def _frame(uid: str, board: Board) -> builders.Dashboard:
    frame = (
        builders.Dashboard(board.title)
        .uid(uid)
        .description(board.description)
        .tags([_TAG])
        .time("now-1h", "now")
        .refresh("10s")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(
            builders.DashboardLink("Pandian")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([_TAG])
            .as_dropdown(True)
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(builders.DatasourceVariable("source").label("Prometheus").type("prometheus"))
    )
    for name in board.variables:
        frame = frame.with_variable(_VARIABLES[name]())
    return frame.annotation(
        builders.AnnotationQuery()
        .name("Another model answers")
        .datasource(SOURCE)
        .enable(True)
        .icon_color("#B877D9")
        .expr(f"{series(names.MODEL_INFO)} unless {series(names.MODEL_INFO)} offset 1m")
    )


def _topics() -> builders.QueryVariable:
    return (
        _values("topic", "Topic", names.RECORDS)
        .multi(True)
        .include_all(True)
        .all_value(_EVERYTHING)
        .current(VariableOption(selected=True, text="All", value="$__all"))
        .sort(VariableSort.ALPHABETICAL_ASC)
    )


#: Versions begin with the time they were made at, so the newest is the first.
_VARIABLES: Mapping[str, Callable[[], builders.QueryVariable]] = {
    "topic": _topics,
    "version": lambda: _values("version", "Version of the model", names.AUC).sort(
        VariableSort.ALPHABETICAL_DESC
    ),
    "asset": lambda: _values("asset", "Asset", names.QUALITY).sort(VariableSort.ALPHABETICAL_ASC),
}


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
