"""docs/monitoring.md says what the dashboard shows and what the alerts are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from monitoring.dashboards.dashboard import BOARDS, dashboard
from streams.recommend import loading
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


def test_every_alert_has_a_section_with_its_meaning_and_steps() -> None:
    for name in alerts():
        text = section(name)
        assert "**What it means.**" in text
        assert re.search(r"^1\. ", text, re.MULTILINE)


def test_reasons_to_refuse_a_model_are_those_of_the_worker() -> None:
    told = {code(reason)[0] for reason, _ in rows("PandianModelRefused")}
    source = Path(loading.__file__).read_text(encoding="utf-8")
    reasons = {reason for _, reason in loading._REASONS}
    (other,) = set(re.findall(r'next\(.*, "(\w+)"\)', source)) or {""}
    assert told == reasons | {other}
