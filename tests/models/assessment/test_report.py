"""The page: what it says, that nothing of the data becomes markup, and that a browser asks for nothing."""

from __future__ import annotations

import pytest

from models.assessment.assess import assess
from models.assessment.facts import Facts
from models.assessment.pair import compare_assessed
from models.assessment.report import Report, report_page
from models.entries import last_targets
from tests.models.assessment.test_assess import Model, rows
from tests.support.browser import CHROMIUM, Browser
from tests.support.interactions import log_of


def made(n_models):
    log = log_of(rows())
    targets = last_targets(log)
    facts = Facts.of(log, targets)
    found = []
    for seed in range(n_models):
        model = Model(seed)
        model.entry.model = f"<b>{seed}"
        found.append(assess(model, log, targets, facts, (5, 10), "drop"))
    compared = compare_assessed(*found, targets.users) if n_models == 2 else {}
    return Report(tuple(found), facts, compared, ["<i>.csv"], len(set(targets.users)), len(targets))


@pytest.mark.parametrize("n_models", [1, 2])
def test_the_page_says_what_was_found(n_models):
    report = made(n_models)
    page = report_page(report)
    assert page == report_page(report)
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;i&gt;.csv" in page
    for one in report.models:
        assert f"{one.metrics['ndcg@10'].value:.4f}" in page
        assert f"{one.beyond['coverage@10'].value:.1%}" in page
    assert ("difference (95 %)" in page) == (n_models == 2)
    assert page.count('role="img"') == 4 + (n_models == 2)


async def test_a_browser_shows_it_and_asks_for_nothing(tmp_path):
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    path = tmp_path / "report.html"
    path.write_text(report_page(made(2)), encoding="utf-8")
    async with Browser(tmp_path / "profile").page(path.as_uri()) as opened:
        await opened.until("document.querySelectorAll('svg.plot').length === 5")
        assert await opened.run("performance.getEntriesByType('resource').length") == 0
        assert await opened.run("document.documentElement.scrollWidth <= window.innerWidth")
    assert opened.problems == []
