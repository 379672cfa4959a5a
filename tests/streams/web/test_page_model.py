"""The model on the page, in a real browser: who answers, its AUC, what the records become, and the box to ask."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from monitoring.edges import Edges
from monitoring.metrics import WorkerMetrics
from monitoring.watching import ModelWatch
from pandian import events
from streams.web.documents import encode
from streams.web.routes import routes
from tests.monitoring.watching.labels import labels
from tests.streams.web.conftest import BREAKOUT, IMAGE, SCRIPT

KNOWN = {"users": 2_870, "items": 3_621, "interactions": 226_488}
MODELS = {
    "champion": {
        "model": "sasrec",
        "version": "20261125-190102-a1b2c3",
        "time": 1_764_097_262_000,
        "by": "pandian demo",
        "why": "trained on the first months",
    },
    "answers": {"model": "sasrec", "version": "20261125-190102-a1b2c3"},
    "refused": [],
    "versions": [
        {
            "model": "sasrec",
            "version": "20261125-190102-a1b2c3",
            "labels": {"positive": 22_140, "negative": 66_410},
            "auc": {"value": 0.7421, "low": 0.738, "high": 0.7461, "bound": 1.2e-4},
            "recent": {"value": 0.45, "low": 0.43, "high": 0.47},
            "reference": {"value": 0.752, "low": 0.741, "high": 0.763},
            "alarm": True,
        },
        {
            "model": "live",
            "version": "1",
            "labels": {"positive": 0, "negative": 4},
            "auc": None,
            "recent": None,
            "reference": None,
            "alarm": False,
        },
    ],
}
INTERACTIONS = {
    "topics": [
        {
            "topic": "shop.customers",
            "target": None,
            "mapping": {},
            "why_not": "its rows are about people",
            "outcomes": {},
            "lag": 0,
        },
        {
            "topic": "shop.orders",
            "target": "interactions",
            "mapping": {
                "user": {"field": "CustomerID", "why": "user_id, 95%: name means a user"},
                "item": {"field": "StockCode", "why": "sku, 96%: name means an item"},
                "time": {"field": "InvoiceDate", "why": "timestamp, 97%: its values are times"},
                "action": {"value": "purchase", "why": "no field says so: by the kind of the records"},
            },
            "why_not": None,
            "outcomes": {"interaction": 226_488, "no-user": 94_217},
            "lag": 12,
        },
    ]
}
ANSWER = {
    "request_id": "r",
    "user_id": "17850",
    "model": "sasrec",
    "version": "20261125-190102-a1b2c3",
    "time": 0,
    "items": [
        {"item_id": "85123A", "score": 0.41, "sources": ["sasrec"], "reason": "because you bought 22423"}
    ],
    "fallback": None,
    "knows_until": 0,
    "latency_ms": 3.25,
}


class Recommending:
    """What a serving worker answers, as the test wants it."""

    def __init__(self) -> None:
        self.models = copy.deepcopy(MODELS)
        self.interactions = copy.deepcopy(INTERACTIONS)
        self.alerts: dict[str, Any] = {"alerts": []}
        self.answer: dict[str, Any] = copy.deepcopy(ANSWER)
        self.status = 200
        self.asked: list[tuple[str, dict[str, str]]] = []

    def paths(self) -> dict[str, Any]:
        async def recommend(request: web.Request) -> web.Response:
            self.asked.append((request.match_info["user"], dict(request.query)))
            return web.Response(status=self.status, body=encode(self.answer), content_type="application/json")

        return {
            "/v1/recommend/{user:.+}": recommend,
            "/v1/models": self._giving("models"),
            "/v1/interactions": self._giving("interactions"),
            "/v1/alerts": self._giving("alerts"),
        }

    def _giving(self, name: str) -> Any:
        async def handler(_: web.Request) -> web.Response:
            return web.Response(body=encode(getattr(self, name)), content_type="application/json")

        return handler


@pytest.fixture
def recommending() -> Recommending:
    return Recommending()


@pytest.fixture
async def url(source, recommending):
    source.facts = {**source.facts, **KNOWN}
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics(), more=recommending.paths()))
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


def text(selector: str) -> str:
    return f"document.querySelector('{selector}').textContent"


async def test_figures_of_the_newest_window_are_shown_by_segment(browser, url, recommending) -> None:
    watch = ModelWatch(lambda _: Edges(np.linspace(0.01, 0.99, 99)))
    known = list(labels(400, propensity=0.25))
    hostile = known[-1]._replace(place=401, segments={"group": SCRIPT})
    watch.take(0, list(map(events.encode, [*known, hostile])), 401, 1)
    (figures,) = watch.documents().values()
    recommending.models["versions"][0]["figures"] = figures
    async with browser.page(url) as page:
        await page.until("document.querySelectorAll('.window tbody tr').length === 4")
        assert not await page.run("document.querySelector('.window').open")
        rows = await page.run(
            "[...document.querySelectorAll('.window tbody tr')]"
            ".map((row) => [...row.children].map((one) => one.textContent))"
        )
        window = figures["window"]
        assert rows[0][:2] == ["all", "401"]
        for expected in (
            f"{window['auc']['value']:.3f} {window['auc']['low']:.3f}–{window['auc']['high']:.3f}",
            f"{window['calibration']:.2f}",
            f"{100 * window['click_rate']:.1f} %",
            f"{window['pages']['ndcg']:.3f}",
            "31",
            f"{100 * window['corrected']['click_rate']:.1f} %",
        ):
            assert expected in rows[0]
        assert [row[0] for row in rows[1:]] == [f"group {SCRIPT}", "user known", "user new"]
        points = await page.run("document.querySelectorAll('svg.reliability circle').length")
        assert points == len(window["curve"])
        await page.run("document.querySelector('.window summary').click()")
        recommending.models["versions"][0]["figures"] = {**figures, "segments": []}
        await page.until("document.querySelectorAll('.window tbody tr').length === 1")
        assert await page.run("document.querySelector('.window').open"), "it stays as its reader left it"


async def test_the_champion_its_auc_and_the_mapping_are_shown(browser, url) -> None:
    async with browser.page(url) as page:
        await page.until("document.querySelectorAll('.versions tbody tr').length === 3")
        head = await page.run(text(".modelhead"))
        for words in ("sasrec", "20261125-190102-a1b2c3", "2025-11-25", "pandian demo", "2,870 users"):
            assert words in head
        first = await page.run(text(".versions tbody tr"))
        for words in ("0.742", "0.738–0.746", "88.6K", "22.1K acted on", "answers", "alarm"):
            assert words in first
        label = await page.run("document.querySelector('svg.auc').getAttribute('aria-label')")
        assert label == (
            "all labels 0.742, between 0.738 and 0.746; recent 0.450, between 0.430 and 0.470;"
            " reference 0.752, between 0.741 and 0.763"
        )
        places = await page.run(
            "[...document.querySelectorAll('svg.auc circle')].map((one) => one.getAttribute('cx'))"
        )
        assert places == ["48.42%", "0.00%", "50.40%"], "below a half stands at the left end"
        assert "no label yet" in await page.run(
            "document.querySelectorAll('.versions tbody tr')[1].textContent"
        )
        rows = await page.run(
            "[...document.querySelectorAll('.mapping tbody tr')].map((row) => row.textContent)"
        )
        assert len(rows) == 2
        for words in (
            "shop.orders",
            "226K interactions",
            "12 records to go",
            "CustomerID",
            "user_id, 95%",
            "purchase",
        ):
            assert words in rows[0]
        assert "its rows are about people" in rows[1]
        assert not page.problems


async def test_asking_for_a_user_shows_items_with_reasons_and_writes_no_impression(
    browser, url, recommending
) -> None:
    async with browser.page(url) as page:
        await page.until("document.getElementById('model')?.hidden === false")
        ask = "document.getElementById('user').value = '{}'; document.querySelector('.ask').requestSubmit()"
        await page.run(ask.format("a/b ?#"))
        await page.until("document.querySelectorAll('.recommended li').length === 1")
        assert recommending.asked == [("a/b ?#", {"k": "8", "impressions": "false"})]
        shown = await page.run(text(".result"))
        for words in ("85123A", "0.41", "because you bought 22423", "3.3 ms"):
            assert words in shown
        recommending.answer |= {"items": [], "fallback": "nothing is known of this user: what is popular now"}
        await page.run(ask.format("nobody"))
        await page.until(f"{text('.result')}.includes('nothing is known of this user')")
        recommending.answer, recommending.status = {"error": {"code": "bad-user", "message": "too long"}}, 400
        await page.run(ask.format("x"))
        await page.until(f"{text('.recommend [role=status]')} === 'too long'")
        assert await page.run("document.querySelectorAll('.recommended li').length") == 0


async def test_before_there_is_a_model(browser, url, recommending) -> None:
    recommending.models |= {"champion": None, "answers": None, "versions": []}
    recommending.models["refused"] = [
        {"model": "sasrec", "version": "v0", "reason": "entry", "text": "model.onnx is truncated", "time": 1}
    ]
    async with browser.page(url) as page:
        await page.until("document.getElementById('model')?.hidden === false")
        head = await page.run(text(".modelhead"))
        assert "No trained model yet" in head
        assert "sasrec v0 was refused: model.onnx is truncated" in head
        assert "No page was shown yet" in await page.run(text("#model"))


async def test_where_nobody_recommends_the_section_is_hidden(browser, url, source) -> None:
    source.facts = {name: value for name, value in source.facts.items() if name not in KNOWN}
    async with browser.page(url) as page:
        await page.until("document.querySelectorAll('.field').length === 24")
        assert await page.run("document.getElementById('model').hidden")
        assert not page.problems


async def test_hostile_values_of_models_are_text(browser, url, recommending) -> None:
    for place in (recommending.models["champion"], recommending.models["versions"][0]):
        place |= {"model": SCRIPT, "version": IMAGE}
    recommending.models["champion"] |= {"by": BREAKOUT, "why": "rtl \u202egnp.exe"}
    orders = recommending.interactions["topics"][1]
    orders |= {"topic": IMAGE, "outcomes": {SCRIPT: 4}}
    orders["mapping"]["user"] = {"field": BREAKOUT, "why": SCRIPT}
    recommending.answer["items"][0] |= {"item_id": SCRIPT, "reason": IMAGE}
    recommending.answer |= {"fallback": BREAKOUT}
    async with browser.page(url) as page:
        await page.until("document.querySelectorAll('.mapping tbody tr').length === 2")
        await page.run(
            "document.getElementById('user').value = 'u'; document.querySelector('.ask').requestSubmit()"
        )
        await page.until("document.querySelectorAll('.recommended li').length === 1")
        assert (await page.run("document.title")).startswith("Pandian")
        assert await page.run("document.querySelectorAll('#model :is(script, img, iframe)').length") == 0
        shown = await page.run(text("#model"))
        for value in (SCRIPT, IMAGE, BREAKOUT, "rtl \\u202egnp.exe"):
            assert value in shown
        assert not page.problems


def told(number: str, state: str, time: int, **more: Any) -> dict[str, Any]:
    return {
        "alert_id": number,
        "kind": "auc-drop",
        "state": state,
        "since": 1_764_097_262_000,
        "time": time,
        "text": f"The AUC has fallen {number}.",
        "causes": [],
        **more,
    }


async def test_alerts_are_shown_with_what_moved_and_those_that_go_on_first(
    browser, url, recommending
) -> None:
    moved = {"asset": "shop.orders", "field": SCRIPT, "before": "0 %", "after": BREAKOUT, "evidence": "much"}
    begun = told("1", "firing", 1, causes=[moved] * 5, text=f"fallen {IMAGE}")
    recommending.alerts["alerts"] = [told("2", "resolved", 3), told("2", "firing", 2), begun]
    async with browser.page(url) as page:
        await page.until("document.querySelectorAll('.alertlist > li').length === 2")
        assert await page.run(text("#alerts h2")) == "Alerts: 1 going on"
        first, second = await page.run(
            "[...document.querySelectorAll('.alertlist > li')].map((one) => one.textContent)"
        )
        for words in ("auc-drop", "since 2025-11-25", f"fallen {IMAGE}", SCRIPT, BREAKOUT):
            assert words in first
        assert await page.run("document.querySelectorAll('.alertlist .causes li').length") == 3
        assert "auc-drop, over" in second
        assert "until" in second
        recommending.alerts["alerts"] = []
        await page.until("document.getElementById('alerts').hidden")
        assert not page.problems


async def test_the_timeline_shows_how_the_auc_went_and_what_happened(browser, url, recommending) -> None:
    start, minute = 1_764_097_262_000, 60_000
    first = "sasrec@20261125-190102-a1b2c3"

    def window(at: int, value: float) -> dict[str, Any]:
        return {"time": start + at * minute, "value": value, "low": value - 0.02, "high": value + 0.02}

    moved = {"asset": "shop.orders", "field": SCRIPT, "before": "0 %", "after": IMAGE, "evidence": "much"}
    old, other = recommending.models["versions"]
    new = {**copy.deepcopy(old), "version": "20261125-200000-d4e5f6", "alarm": False}
    values = (0.69, 0.68, 0.55, 0.51, 0.66)
    watched = {"window": {"labels": 2_000}, "segments": []}
    old["figures"] = {
        **watched,
        "first": start,
        "course": [window(at, value) for at, value in enumerate(values, 1)],
    }
    new["figures"] = {**watched, "first": start + 7 * minute, "course": [window(8, 0.70), window(9, 0.71)]}
    recommending.models["versions"] = [new, old, other]
    recommending.models["champion"] |= {
        "version": new["version"],
        "time": start + 6 * minute,
        "by": "pandian retrain",
        "why": "better than before",
    }
    recommending.alerts["alerts"] = [
        told("2", "resolved", start + 5 * minute, subject=first, text="no longer too low"),
        told("2", "firing", start + 3 * minute, subject=first, causes=[moved] * 4, text="long"),
        told(
            "1",
            "firing",
            start + 2 * minute,
            kind="drift",
            subject=f"shop.orders.{SCRIPT} values",
            text=IMAGE,
        ),
    ]
    async with browser.page(url) as page:
        await page.until("document.querySelectorAll('#course .happening').length === 5")
        found = await page.run(
            "[...document.querySelectorAll('#course .happening')].map((one) => [one.className, one.textContent])"
        )
        assert [kind.split()[-1] for kind, _ in found] == ["answer", "over", "alarm", "drift", "answer"]
        for (_, said), words in zip(
            found,
            (
                ("sasrec@20261125-200000-d4e5f6 answers", "by pandian retrain: better than before"),
                ("auc-drop", first, "is over", "no longer too low"),
                ("auc-drop", first, "its AUC fell", f"shop.orders.{SCRIPT}", IMAGE),
                ("drift", f"shop.orders.{SCRIPT} values drifted", IMAGE),
                (f"{first} answers",),
            ),
            strict=True,
        ):
            for one in words:
                assert one in said
        assert await page.run("document.querySelectorAll('#course .causes li').length") == 3
        assert await page.run("document.querySelector('#course .causes a').hash.startsWith('#shop.orders/')")
        plot = "document.querySelector('#course svg.series')"
        assert await page.run(f"{plot}.querySelectorAll('polyline.trail').length") == 2, "one line a version"
        assert await page.run(f"{plot}.querySelectorAll('.moment').length") == 4, "what is in its time"
        assert (
            await page.run(f"{plot}.getAttribute('aria-label')")
            == "The live AUC: AUC from 0.690 to 0.710; arrow keys read the points"
        )
        await page.run(f"{plot}.focus()")
        assert f"0.710 AUC of sasrec@{new['version']}" in await page.run(text("#course .reading"))
        recommending.models |= {"champion": None, "versions": [other]}
        recommending.alerts["alerts"] = []
        await page.until("document.getElementById('course').hidden")
        assert not page.problems
