"""docs/monitoring.md says what the dashboard shows and what the alerts are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
import yaml

from monitoring.dashboards.dashboard import BOARDS, dashboard
from monitoring.watching.watch import KINDS
from pandian.events import ALERT_KINDS, DATA_KINDS, DRIFT, RETRAINING_FAILS, SILENCE
from streams import cli
from streams.inventory.pace.silence import RUNBOOK
from streams.recommend import loading
from streams.stages import drifted
from tests.support.prometheus import alerts, selectors

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    found = re.search(rf"^(#+) {re.escape(heading)}$\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[2]


def rows(heading: str) -> list[list[str]]:
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return cells[2:]


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_panels_what_they_show_and_their_metrics_are_those_of_the_dashboard() -> None:
    shown: list[tuple[str, str, tuple[str, ...]]] = []
    for uid, board in BOARDS.items():
        shown.append((f"**{board.title}** (`{uid}.json`)", f"**{board.description}**", ()))
        for panel in json.loads(dashboard(uid))["panels"]:
            found = [one.metric for target in panel.get("targets", ()) for one in selectors(target["expr"])]
            name = f"*{panel['title']}*" if panel["type"] == "row" else panel["title"]
            shown.append((name, panel.get("description", ""), tuple(dict.fromkeys(found))))
    told = [
        (title, text, tuple(name for name in code(what) if name.startswith("pandian_")))
        for title, text, what in rows("The dashboards")
    ]
    assert told == shown


def test_alerts_and_how_bad_they_are_are_those_of_the_rules() -> None:
    told = {code(name)[0]: severity for name, severity, _ in rows("Alerts")}
    assert told == {name: rule["labels"]["severity"] for name, rule in alerts().items()}


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "runbooks").glob("*.md")), ids=lambda page: page.stem
)
def test_runbooks_say_whose_they_are_what_it_means_and_what_to_do(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    title, whose, meaning, heading, steps = text.split("\n\n", 4)
    assert title.startswith("# ")
    named = set(code(whose))
    assert whose.startswith("*Alert")
    of_rules = {name for name, rule in alerts().items() if ROOT / rule["annotations"]["runbook"] == page}
    assert named & set(alerts()) == of_rules
    assert {page.stem} & set(ALERT_KINDS) == named & set(ALERT_KINDS)
    assert of_rules or page.stem in ALERT_KINDS, "a runbook of nothing"
    assert meaning
    assert heading == "## What to do"
    assert steps.startswith("1. ")


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "runbooks").glob("*.md")), ids=lambda page: page.stem
)
def test_what_runbooks_tell_to_run_is_there(page: Path) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    for command in code(page.read_text(encoding="utf-8")):
        program, *words = command.split()
        if program == "pandian" and words:
            found = cli.cli.get_command(click.Context(cli.cli), words[0])
            assert found is not None, command
            if isinstance(found, click.Group):
                assert found.get_command(click.Context(found), words[1]) is not None, command
        if words[:2] in (["compose", "ps"], ["compose", "up"]):
            named = [word for word in words[2:] if re.fullmatch(r"[a-z]+\d?", word) and word != "more"]
            assert set(named) <= set(services), command


def test_every_kind_of_alert_has_a_runbook_that_it_names() -> None:
    assert set(ALERT_KINDS) == {*KINDS, *DATA_KINDS, RETRAINING_FAILS}
    assert {RUNBOOK, drifted.RUNBOOK} == {f"docs/runbooks/{kind}.md" for kind in (SILENCE, DRIFT)}
    for kind in ALERT_KINDS:
        assert (ROOT / "docs" / "runbooks" / f"{kind}.md").is_file()


def test_reasons_to_refuse_a_model_are_those_of_the_worker() -> None:
    page = (ROOT / "docs" / "runbooks" / "model-refused.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    source = Path(loading.__file__).read_text(encoding="utf-8")
    reasons = {reason for _, reason in loading._REASONS}
    (other,) = set(re.findall(r'next\(.*, "(\w+)"\)', source)) or {""}
    assert told == reasons | {other}
