"""The rules of Prometheus: each fires when it should, keeps quiet when it should, and names metrics that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pandian import metrics
from tests.support.prometheus import (
    CONFIG,
    GIVEN,
    RULES,
    alerts,
    grouped_by,
    needs_promtool,
    promtool,
    selectors,
)

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((Path(__file__).parent / "prometheus").glob("*.yml"))
ALERTS = alerts()
METRICS = {metric.name: metric for metric in vars(metrics).values() if isinstance(metric, metrics.Metric)}
EXPRESSIONS = {
    str(rule.get("alert") or rule["record"]): str(rule["expr"])
    for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}


def cases(name: str) -> list[dict[str, Any]]:
    """What the test files say of an alert."""
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]
    tests = [test for document in documents for test in document["tests"]]
    return [case for test in tests for case in test.get("alert_rule_test", ()) if case["alertname"] == name]


def file_of(name: str) -> Path:
    words = re.findall(r"[A-Z][a-z]+", name.removeprefix("Pandian"))
    return Path(__file__).parent / "prometheus" / f"{'_'.join(words).lower()}.yml"


@needs_promtool
def test_rules_and_configuration_are_valid() -> None:
    done = promtool("check", "config", CONFIG)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(EXPRESSIONS)} rules found" in done.stdout


@needs_promtool
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rules_fire_and_keep_quiet(file: Path) -> None:
    done = promtool("test", "rules", file.name, cwd=file.parent)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_is_seen_firing_and_quiet(name: str) -> None:
    expected = [bool(case["exp_alerts"]) for case in cases(name)]
    assert set(expected) == {True, False}


def never(rule: dict[str, Any]) -> None:
    rule["expr"] = "vector(1) > 2"


def always(rule: dict[str, Any]) -> None:
    rule["expr"] = "vector(1)"
    rule.pop("for", None)


def at_once(rule: dict[str, Any]) -> None:
    del rule["for"]


def is_needed(rule: dict[str, Any], name: str) -> bool:
    """Tell whether a rule is that alert, or records what it or its tests look at."""
    if "alert" in rule:
        return bool(rule["alert"] == name)
    return rule["record"] in ALERTS[name]["expr"] + file_of(name).read_text(encoding="utf-8")


@needs_promtool
@pytest.mark.parametrize("name", ALERTS)
def test_the_tests_notice_a_broken_rule(name: str, tmp_path: Path) -> None:
    for breaks in (never, always, at_once):
        if breaks is at_once and "for" not in ALERTS[name]:
            continue
        document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
        for group in document["groups"]:
            group["rules"] = [rule for rule in group["rules"] if is_needed(rule, name)]
        (broken,) = [rule for group in document["groups"] for rule in group["rules"] if "alert" in rule]
        breaks(broken)
        (tmp_path / "rules.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
        tests = yaml.safe_load(file_of(name).read_text(encoding="utf-8"))
        (tmp_path / "test.yml").write_text(
            yaml.safe_dump(tests | {"rule_files": ["rules.yml"]}), encoding="utf-8"
        )
        done = promtool("test", "rules", "test.yml", cwd=tmp_path)
        assert done.returncode != 0, f"nobody notices {name} firing {breaks.__name__}"
        assert "FAILED" in done.stdout + done.stderr


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_metrics_and_labels_are_those_of_the_code(name: str) -> None:
    found = selectors(EXPRESSIONS[name])
    for selector in found:
        assert selector.metric in METRICS, selector.text
        assert selector.labels <= {*METRICS[selector.metric].labels, *GIVEN}, selector.text
    if found:
        labels = {label for selector in found for label in METRICS[selector.metric].labels}
        assert grouped_by(EXPRESSIONS[name]) <= labels | GIVEN


@pytest.mark.parametrize("name", ALERTS)
def test_alerts_say_what_happened_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert set(rule["labels"]) == {"area", "severity"}
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    page = (ROOT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
    assert f"`{name}`" in page, "its runbook does not name it"


def test_the_workers_are_scraped_under_the_name_that_is_asked_for() -> None:
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    jobs = {job["job_name"] for job in config["scrape_configs"]}
    asked = {name for expr in EXPRESSIONS.values() for name in re.findall(r'job="(\w+)"', expr)}
    assert asked == {"pandian"}
    assert asked <= jobs
