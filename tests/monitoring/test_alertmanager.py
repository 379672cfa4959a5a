"""A real Prometheus tells a real Alertmanager, and that tells people: what, together with what, and what not."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.support.alertmanager import (
    CONFIG,
    AlertmanagerProcess,
    amtool,
    knows_url_file,
    needs_alertmanager,
    with_url,
)
from tests.support.processes import free_port, wait_until
from tests.support.prometheus import RULES, PrometheusProcess, alerts, needs_prometheus
from tests.support.webhooks import Listening

LOADED: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
AT_ONCE = "100ms"
#: A drift and a fall at the same time, and a topic that falls behind while a worker is away.
METRICS = """\
pandian_alerts_firing{{kind="drift"}} 2
pandian_model_auc_evidence{{model="sasrec",version="3"}} 1.5
pandian_lag_records{{topic="shop.orders",partition="0"}} {lag}
"""


def matched(matchers: list[str]) -> set[str]:
    """Return the alerts that a rule of inhibition names."""
    (found,) = [re.fullmatch(r'alertname=~?"([^"]+)"', one) for one in matchers]
    assert found
    return set(found[1].split("|"))


@needs_alertmanager
def test_amtool_takes_the_configuration(tmp_path: Path) -> None:
    file = CONFIG
    if not knows_url_file():
        file = tmp_path / CONFIG.name
        file.write_text(yaml.safe_dump(with_url("http://127.0.0.1:1")), encoding="utf-8")
    done = amtool("check-config", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 receivers" in done.stdout


@needs_alertmanager
@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (["alertname=PandianWorkerDown", "severity=critical", "area=workers"], "now"),
        (["alertname=PandianLagGrows", "severity=warning", "area=workers"], "today"),
        (["alertname=PandianDataDrifted", "severity=warning", "area=learning"], "today"),
        (["alertname=PandianModelAucFell", "severity=critical", "area=learning"], "now,today"),
    ],
)
def test_critical_alerts_go_where_they_are_seen_at_once(
    labels: list[str], receivers: str, tmp_path: Path
) -> None:
    file = tmp_path / CONFIG.name
    file.write_text(yaml.safe_dump(with_url("http://127.0.0.1:1")), encoding="utf-8")
    done = amtool(
        "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receivers}", *labels
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_named_are_alerts_that_there_are_and_drift_stops_none() -> None:
    for rule in LOADED["inhibit_rules"]:
        sources, targets = matched(rule["source_matchers"]), matched(rule["target_matchers"])
        assert sources | targets <= set(alerts())
        assert not sources & targets
        assert "PandianDataDrifted" not in sources
    areas = {rule["labels"]["area"] for rule in alerts().values()}
    assert areas == {"workers", "answers", "learning"}
    assert (
        alerts()["PandianDataDrifted"]["labels"]["area"] == alerts()["PandianModelAucFell"]["labels"]["area"]
    )


def test_no_url_is_in_the_repository() -> None:
    assert "http" not in CONFIG.read_text(encoding="utf-8").replace("https://", "")
    for receiver in LOADED["receivers"]:
        assert [set(hook) for hook in receiver["webhook_configs"]] == [{"url_file", "send_resolved"}]


class Exporting:
    """A worker's ``/metrics``: some figures, of which the lag grows each time."""

    def __init__(self) -> None:
        scrapes = iter(range(1, 1_000_000))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = METRICS.format(lag=20_000 + 5_000 * next(scrapes)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Exporting:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Told(NamedTuple):
    """A message of Alertmanager."""

    receiver: str
    alerts: set[str]


def told(hook: Listening) -> list[Told]:
    return [
        Told(one.path.rpartition("/")[2], {alert["labels"]["alertname"] for alert in one.document["alerts"]})
        for one in hook.received
    ]


def quick(config: dict[str, Any]) -> dict[str, Any]:
    """Let it wait for a moment, instead of half a minute, for what comes together."""
    for route in (config["route"], *config["route"]["routes"]):
        route["group_wait"] = "1s"
    config["route"]["group_interval"] = "1s"
    return config


def impatient_rules(folder: Path) -> Path:
    """Let rules fire as soon as they are true, but for the one that is true until the first scrape."""
    document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for group in document["groups"]:
        for rule in group["rules"]:
            if rule.get("alert") != "PandianNoWorker":
                rule.pop("for", None)
    file = folder / "rules.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


class Watched(NamedTuple):
    """Those that run."""

    prometheus: PrometheusProcess
    alertmanager: AlertmanagerProcess
    hook: Listening


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("told")
    away = f"127.0.0.1:{free_port()}"
    with (
        Listening() as hook,
        Exporting() as worker,
        AlertmanagerProcess(folder, quick(with_url(hook.url("")))) as alertmanager,
        PrometheusProcess(
            folder,
            [worker.address, away],
            AT_ONCE,
            impatient_rules(folder),
            [f"127.0.0.1:{alertmanager.port}"],
        ) as prometheus,
    ):
        yield Watched(prometheus, alertmanager, hook)


@needs_prometheus
@needs_alertmanager
@pytest.mark.xdist_group("prometheus")
def test_alerts_reach_people_together_with_what_explains_them(watched: Watched) -> None:
    expected = [
        Told("today", {"PandianDataDrifted", "PandianModelAucFell"}),
        Told("now", {"PandianModelAucFell"}),
        Told("now", {"PandianWorkerDown"}),
    ]
    wait_until(
        lambda: all(one in told(watched.hook) for one in expected),
        20,
        "drift and fall in one message, the fall alone at once, and the worker that is down",
        interval=0.05,
        log=watched.alertmanager.log,
    )
    # The topic falls behind because the worker is away: Prometheus says it, nobody is told.
    firing = {
        series["metric"]["alertname"] for series in watched.prometheus.query('ALERTS{alertstate="firing"}')
    }
    assert "PandianLagGrows" in firing
    (lag,) = [one for one in watched.alertmanager.alerts() if one["labels"]["alertname"] == "PandianLagGrows"]
    assert lag["status"]["inhibitedBy"]
    assert "PandianLagGrows" not in set().union(*(one.alerts for one in told(watched.hook)))
