"""A real Prometheus on Debian's package, its promtool, and what a PromQL expression names."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.support.processes import wait_until
from tests.support.ready import ReadyProcess

FOLDER = Path(__file__).resolve().parents[2] / "monitoring" / "prometheus"
CONFIG = FOLDER / "prometheus.yml"
RULES = FOLDER / "rules.yml"

_SELECTOR = re.compile(r"(?<![\w:])(pandian_\w+)(?![\w:])(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
_BY = re.compile(r"\bby\s*\(([^)]*)\)")
_OF_HISTOGRAMS = re.compile(r"_(bucket|sum|count)$")
#: Labels that Prometheus itself gives, or that belong to every histogram.
GIVEN = {"job", "instance", "le"}


@cache
def missing(command: str) -> str | None:
    """Say why a program of Debian's package cannot be run here, or return None when it can."""
    return None if shutil.which(command) else f"no {command} on the PATH: Debian's package prometheus has it"


needs_promtool = pytest.mark.skipif(missing("promtool") is not None, reason=str(missing("promtool")))
needs_prometheus = pytest.mark.skipif(missing("prometheus") is not None, reason=str(missing("prometheus")))


def promtool(
    *arguments: str | Path, cwd: Path | None = None, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run promtool; ``given`` is its standard input."""
    return subprocess.run(
        ["promtool", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        check=False,
    )


class Selector(NamedTuple):
    """A metric that an expression names: without a histogram's ``_bucket`` and the like, and with its labels."""

    metric: str
    labels: frozenset[str]
    text: str


def selectors(expr: str) -> list[Selector]:
    """Return what an expression selects of Pandian's metrics; names that rules record are left out."""
    return [
        Selector(_OF_HISTOGRAMS.sub("", found[1]), frozenset(_LABEL.findall(found[2] or "")), found[0])
        for found in _SELECTOR.finditer(expr)
    ]


def grouped_by(expr: str) -> set[str]:
    """Return the labels that an expression groups by."""
    return {label.strip() for labels in _BY.findall(expr) for label in labels.split(",")}


def rules_of(rules: Path = RULES) -> list[dict[str, Any]]:
    """Return all rules of a rules file."""
    document = yaml.safe_load(rules.read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def alerts(rules: Path = RULES) -> dict[str, dict[str, Any]]:
    """Return the alerts of a rules file by name."""
    return {rule["alert"]: rule for rule in rules_of(rules) if "alert" in rule}


class PrometheusProcess(ReadyProcess):
    """A Prometheus with the project's configuration, but for where the others are and how often it looks.

    Use as a context manager; it answers when it is handed out and is killed at the end.

    Args:
        folder: for its data.
        workers: addresses that it scrapes as workers.
        every: how often it scrapes and evaluates the rules.
        rules: instead of the project's.
        alertmanagers: addresses; none: nobody is told.
    """

    def __init__(
        self,
        folder: Path,
        workers: list[str],
        every: str = "1s",
        rules: Path = RULES,
        alertmanagers: Sequence[str] = (),
    ) -> None:
        super().__init__("Prometheus", folder / "prometheus.log")
        config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
        config["global"] = {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every}
        assert [CONFIG.parent / name for name in config["rule_files"]] == [RULES]
        config["rule_files"] = [str(rules)]
        (manager,) = config["alerting"]["alertmanagers"]
        manager["static_configs"] = [{"targets": list(alertmanagers)}]
        jobs = {job["job_name"]: job for job in config["scrape_configs"]}
        del jobs["pandian"]["dns_sd_configs"]  # only Docker's DNS knows these
        jobs["pandian"]["static_configs"] = [{"targets": workers}]
        jobs["prometheus"]["static_configs"] = [{"targets": [f"127.0.0.1:{self.port}"]}]
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(config), encoding="utf-8")
        self._command = [
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=warn",
        ]

    def get(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of the API.

        Raises:
            AssertionError: with Prometheus' own words, when it refuses.
        """
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from error

    def query(self, expr: str) -> list[dict[str, Any]]:
        """Return the series that an expression has now, each with ``metric`` and ``value``."""
        result: list[dict[str, Any]] = self.get("query", query=expr)["result"]
        return result

    def numbers(self, expr: str) -> list[float]:
        """Return the values of an expression now, but those that are no number."""
        values = [float(series["value"][1]) for series in self.query(expr)]
        return [value for value in values if value == value]

    def course(self, expr: str, began: float, ended: float) -> list[float]:
        """Return the values of an expression from one epoch second to another, but those that are no number."""
        result = self.get("query_range", query=expr, start=str(began), end=str(ended), step="1s")["result"]
        values = [float(value) for series in result for _, value in series["values"]]
        return [value for value in values if value == value]

    def label_values(self, series: str, label: str) -> list[str]:
        """Return the values that a label of some series has."""
        values: list[str] = self.get(f"label/{label}/values", **{"match[]": series})
        return values

    def scraped_again(self, worker: str, times: int) -> None:
        """Wait until a worker was scraped so many times more."""
        count = f'count_over_time(up{{instance="{worker}"}}[1h])'
        before = max(self.numbers(count), default=0.0)
        wait_until(
            lambda: max(self.numbers(count), default=0.0) >= before + times,
            30,
            "Prometheus scrapes",
            interval=0.1,
            log=self.log,
        )

    def rules(self) -> Iterator[Mapping[str, Any]]:
        """Yield the rules as they were evaluated last."""
        for group in self.get("rules")["groups"]:
            yield from group["rules"]

    def command(self) -> Sequence[str]:
        """Return what to run."""
        return self._command
