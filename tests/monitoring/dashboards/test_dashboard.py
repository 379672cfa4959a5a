"""The dashboards that are provisioned are those of the code, and ask for metrics that there are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.dashboards.__main__ import PROVISIONED
from monitoring.dashboards.dashboard import BOARDS, dashboard, file_of, write
from monitoring.dashboards.queries import gauge, largest, series
from pandian import metrics
from tests.support.prometheus import GIVEN, grouped_by, selectors

ROOT = Path(__file__).resolve().parents[3]
METRICS = {metric.name: metric for metric in vars(metrics).values() if isinstance(metric, metrics.Metric)}
MADE: dict[str, dict[str, Any]] = {uid: json.loads(dashboard(uid)) for uid in BOARDS}


def panels_of(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


PANELS = [panel for board in MADE.values() for panel in panels_of(board)]
EXPRESSIONS = sorted({target["expr"] for panel in PANELS for target in panel["targets"]})

every_board = pytest.mark.parametrize("uid", BOARDS)


def test_the_provisioned_copies_are_what_the_code_writes() -> None:
    assert {path.name for path in PROVISIONED.iterdir()} == {file_of(uid) for uid in BOARDS}
    for uid in BOARDS:
        assert (PROVISIONED / file_of(uid)).read_text(encoding="utf-8") == dashboard(uid), (
            "run: .venv/bin/python -m monitoring.dashboards"
        )


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_metrics_and_labels_are_those_of_the_code(expr: str) -> None:
    found = selectors(expr)
    for selector in found:
        assert selector.metric in METRICS, selector.text
        assert selector.labels <= {*METRICS[selector.metric].labels, *GIVEN}, selector.text
    if found:
        labels = {label for selector in found for label in METRICS[selector.metric].labels}
        assert grouped_by(expr) <= labels | GIVEN


def test_every_metric_is_on_a_dashboard() -> None:
    assert {selector.metric for expr in EXPRESSIONS for selector in selectors(expr)} == set(METRICS)


def test_what_is_no_share_is_in_no_percent() -> None:
    drift = [panel for panel in PANELS if metrics.DRIFT.name in str(panel["targets"])]
    assert drift
    assert {panel["fieldConfig"]["defaults"].get("unit") for panel in drift} <= {"short", None}


@every_board
def test_panels_are_told_apart_explained_and_do_not_overlap(uid: str) -> None:
    board = MADE[uid]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    titles = [panel["title"] for panel in panels_of(board)]
    assert len(set(titles)) == len(titles)
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    for panel in panels_of(board):
        assert panel["description"].endswith("."), panel["title"]


def test_bands_are_drawn_between_lines_that_are_there() -> None:
    bands = 0
    for panel in PANELS:
        legends = {target["legendFormat"] for target in panel["targets"]}
        overrides = {
            one["matcher"]["options"]: one["properties"] for one in panel["fieldConfig"]["overrides"]
        }
        if panel["type"] == "timeseries":
            assert set(overrides) <= legends, panel["title"]
        for name, properties in overrides.items():
            for one in properties:
                if one["id"] == "custom.fillBelowTo":
                    assert one["value"] in legends
                    assert name.replace(" high", " low") == one["value"]
                    bands += 1
    assert bands == 3  # all labels, the reference, the newest ones


@every_board
def test_every_query_asks_the_source_that_is_chosen_and_uses_variables_that_there_are(uid: str) -> None:
    known = {variable["name"] for variable in MADE[uid]["templating"]["list"]}
    for panel in panels_of(MADE[uid]):
        assert panel["datasource"]["uid"] == "${source}"
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${source}"
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= known | {"__rate_interval"}


def test_a_label_that_a_metric_has_not_is_an_error() -> None:
    with pytest.raises(ValueError, match="pandian_records_total has the labels"):
        series(metrics.RECORDS, 'asset="a"')
    with pytest.raises(ValueError, match="is no matcher"):
        series(metrics.RECORDS, "topic")
    with pytest.raises(ValueError, match="not \\['asset'\\]"):
        largest(metrics.LAG, by=["asset"])
    assert (
        gauge(metrics.LAG, 'topic="a"', by=["instance"])
        == 'sum by (instance) (pandian_lag_records{topic="a"})'
    )


def test_provisioning_names_the_source_and_the_folder_of_the_compose_file() -> None:
    folder = ROOT / "monitoring" / "grafana" / "provisioning"
    (source,) = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())["datasources"]
    (provider,) = yaml.safe_load((folder / "dashboards" / "pandian.yml").read_text())["providers"]
    scrape = yaml.safe_load((ROOT / "monitoring" / "prometheus" / "prometheus.yml").read_text())["global"]
    assert source["jsonData"]["timeInterval"] == scrape["scrape_interval"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in compose
    mounts = {
        mount["target"]: mount["source"] for mount in compose["grafana"]["volumes"] if mount["type"] == "bind"
    }
    assert mounts[provider["options"]["path"]] == "./monitoring/grafana/dashboards"


def test_they_are_written_as_a_whole_and_again_the_same(tmp_path: Path) -> None:
    first = [path.read_text(encoding="utf-8") for path in write(tmp_path / "new")]
    again = [path.read_text(encoding="utf-8") for path in write(tmp_path / "new")]
    assert again == first == [dashboard(uid) for uid in BOARDS]
    assert {path.name for path in (tmp_path / "new").iterdir()} == {file_of(uid) for uid in BOARDS}


def test_a_worker_does_without_the_code_of_the_dashboard() -> None:
    code = (
        "import sys, streams.worker, streams.commands.worker, monitoring.commands;"
        "print([name for name in sys.modules if name.startswith(('grafana', 'monitoring.dashboards'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
