"""A real Prometheus scrapes a real worker of the shop: every panel, every rule and every variable has an answer."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import pytest

from monitoring.dashboards.dashboard import BOARDS, dashboard
from pandian import metrics, topics
from pandian.events import Alert, encode
from pandian.settings import load_settings
from streams.demo.asking import KafkaAnswers
from streams.demo.dataset import order_lines
from streams.demo.maturing import Due
from streams.demo.pages import Pages
from streams.demo.replay import KafkaSender, Replay
from streams.demo.shop import ORDERS, TOPICS, Shop
from streams.demo.window import Window
from tests.support.brokers import embedded_broker
from tests.support.grafana import Question, choices, filled, questions
from tests.support.prometheus import RULES, PrometheusProcess, needs_prometheus, promtool, rules_of
from tests.support.topics import create_topic, produce
from tests.support.webhooks import Listening
from tests.support.worker import WorkerProcess

pytestmark = [
    needs_prometheus,
    pytest.mark.slow,
    pytest.mark.timeout(150),
    pytest.mark.xdist_group("prometheus"),  # one worker and one Prometheus for all of them
]

MADE: list[dict[str, Any]] = [json.loads(dashboard(uid)) for uid in BOARDS]
QUESTIONS = [(board["title"], question) for board in MADE for question in questions(board)]
CHOICES = {name: asked for board in MADE for name, asked in choices(board).items()}
RULE_EXPRESSIONS = {str(rule.get("alert") or rule["record"]): str(rule["expr"]) for rule in rules_of(RULES)}
#: The embedded broker removes nothing, and where no model answers none fails: there is no such series, but
#: tests/monitoring/prometheus/ has it.
NEVER_HERE = {"PandianRecordsExpired", "PandianModelFails"}
#: Order lines that are there when the worker starts, and those that come with pages. A day of the shop is some 3,000.
BEFORE, AFTER = 3_000, 4_500
RATE = 1_500.0
UNREADABLE = 200
SCRAPE = "500ms"
#: Path of the webhook's URL.
SECRET = "/T0ps3cret"
#: What Grafana puts in for ``$__rate_interval``: some scrapes, more than the least of four as the machine may be busy.
WINDOW = "5s"


class Watched(NamedTuple):
    """What there is to ask, and since when."""

    worker: WorkerProcess
    prometheus: PrometheusProcess
    hook: Listening
    address: str
    """The broker."""
    began: float
    ended: float
    labels: int
    """How many labels there must be."""

    def values(self) -> dict[str, str]:
        """Return what the dashboard's variables are when nobody chooses."""
        (version,) = self.prometheus.label_values(*CHOICES["version"])
        return {"topic": ".*", "asset": ORDERS.name, "version": version, "__rate_interval": WINDOW}

    def answers(self, expr: str, *, instant: bool = False) -> list[float]:
        """Return the numbers of an expression: now, or over all the time there was something to see."""
        if instant:
            return self.prometheus.numbers(expr)
        return self.prometheus.course(expr, self.began, self.ended)


def feed(worker: WorkerProcess, address: str) -> Due:
    """Replay some days of the shop with pages, and send what cannot be read, asked or labelled."""
    settings = load_settings(broker=address)
    shop, pages, lines = Shop(), Pages("watched"), order_lines(BEFORE + AFTER)
    sender = KafkaSender(settings)
    before = list(islice(lines, BEFORE))
    sender.send(event for line in before for event in shop.events(line))
    pages.sell(before)
    produce(address, ORDERS.name, [b"cannot be read"] * UNREADABLE, partition=0)
    worker.wait(lambda: worker.ready() and knows(worker), "the worker knows what was sold", 60)
    answers = KafkaAnswers(settings)
    due = Due(answers.partitions, round(1000 * settings.label_seconds))
    produce(address, topics.REQUESTS, [b"cannot be asked"])
    produce(address, topics.IMPRESSIONS, [b"cannot be labelled"])
    Replay(sender, RATE, AFTER, lambda _: None, window=Window(pages, answers, due), shop=shop).run(lines)
    answers.close()
    sender.close()
    return due


def knows(worker: WorkerProcess) -> bool:
    """Tell whether interactions reach the sequences."""
    status = worker.get("/v1/status") or {}
    return bool(status.get("users"))


def labelled(worker: WorkerProcess) -> int:
    """Return how many labels the worker exports."""
    found = re.findall(rf"^{metrics.LABELS.name}{{.*}} (\S+)$", worker.text("/metrics"), re.MULTILINE)
    return round(sum(map(float, found)))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    models = folder / "models"
    models.mkdir()
    (models / "champion.json").write_text("no pointer", encoding="utf-8")  # refused, which an alert tells
    with Listening() as hook, embedded_broker() as broker:
        for topic in TOPICS:
            create_topic(broker.address, topic.name, topic.partitions)
        worker = WorkerProcess(
            broker.address,
            "watched",
            ["shop.*"],
            settings={
                "PANDIAN_MODELS": str(models),
                "PANDIAN_ARCHIVE": str(folder / "archive"),
                "PANDIAN_ARCHIVE_SECONDS": "1",
                "PANDIAN_ALERT_WEBHOOK": hook.url(SECRET),
                "PANDIAN_WATCH_WINDOW": "1000",
            },
        )
        with worker, PrometheusProcess(folder, [f"127.0.0.1:{worker.port}"], every=SCRAPE) as prometheus:
            began = time.time()
            due = feed(worker, broker.address)
            worker.wait(lambda: labelled(worker) >= due.count(), f"{due.count()} labels", 20)
            prometheus.scraped_again(f"127.0.0.1:{worker.port}", times=3)
            yield Watched(worker, prometheus, hook, broker.address, began, time.time(), due.count())


def named(board: str, question: Question) -> str:
    return f"{board}, {question.panel}, {question.letter}"


@pytest.mark.parametrize(
    "question", [question for _, question in QUESTIONS], ids=[named(*one) for one in QUESTIONS]
)
def test_every_query_of_every_panel_has_an_answer(watched: Watched, question: Question) -> None:
    expr = filled(question.expr, watched.values())
    assert watched.answers(expr, instant=question.instant), expr


@pytest.mark.parametrize("name", CHOICES)
def test_every_variable_has_something_to_choose_from(watched: Watched, name: str) -> None:
    found = watched.prometheus.label_values(*CHOICES[name])
    known = sorted(topic.name for topic in TOPICS)
    expected = {"topic": known, "asset": known, "version": ["1"]}
    assert sorted(found) == expected[name]


def test_every_mark_is_found(watched: Watched) -> None:
    (found,) = {one["expr"]: one for board in MADE for one in board["annotations"]["list"]}.values()
    assert watched.answers(filled(found["expr"], watched.values()))


@pytest.mark.parametrize("name", RULE_EXPRESSIONS)
def test_every_rule_looks_at_something(watched: Watched, name: str) -> None:
    """A rule whose series are misspelt is quiet for ever: so what it compares is asked for, whether it fires or not."""
    found = watched.answers(compared(RULE_EXPRESSIONS[name]))
    assert bool(found) is (name not in NEVER_HERE)


def compared(expr: str) -> str:
    """Let comparisons give 0 or 1 instead of leaving out, and look at what must not be absent."""
    expr = re.sub(r"\s(==|!=|>=|<=|>|<)\s", r" \1 bool ", expr)
    return re.sub(r"\babsent\(", "count(", expr)


def test_what_it_takes_apart_is_what_rules_are_made_of() -> None:
    assert compared("sum(a) > 1\n  and b{c!='d'} == 0") == "sum(a) > bool 1\n  and b{c!='d'} == bool 0"
    assert compared('absent(up{job="a"})') == 'count(up{job="a"})'


def test_all_rules_are_evaluated_and_those_fire_that_should(watched: Watched) -> None:
    rules = list(watched.prometheus.rules())
    assert {rule["name"] for rule in rules} == set(RULE_EXPRESSIONS)
    assert {rule["health"] for rule in rules} == {"ok"}, [rule.get("lastError") for rule in rules]
    states = {rule["name"]: rule["state"] for rule in rules if rule["type"] == "alerting"}
    assert {name for name, state in states.items() if state == "firing"} == {"PandianModelRefused"}
    # It must go on for two minutes.
    assert states["PandianQuarantined"] == "pending"


def test_what_nobody_exports_has_no_answer(watched: Watched) -> None:
    assert watched.answers("pandian_nothing_total") == []
    assert watched.answers("pandian_nothing_total", instant=True) == []
    assert watched.answers("rate(pandian_nothing_total[5m]) / 0") == []


def test_figures_are_what_was_sent(watched: Watched) -> None:
    def total(metric: metrics.Metric, **labels: str) -> float:
        matchers = ", ".join(f'{label}="{value}"' for label, value in labels.items())
        (found,) = watched.prometheus.numbers(f"sum({metric.name}{{{matchers}}})")
        return found

    assert total(metrics.RECORDS, topic=ORDERS.name, outcome="profiled") == BEFORE + AFTER
    assert total(metrics.RECORDS, outcome="quarantined") == UNREADABLE
    assert total(metrics.LAG) == 0
    assert total(metrics.REQUESTS_REJECTED) == 1
    assert total(metrics.FEEDBACK_REJECTED) == 1
    assert total(metrics.FEEDBACK_ACTIONS) >= total(metrics.FEEDBACK_ACTIONS, outcome="taken") > 0
    assert total(metrics.LABELS_UNTIMELY, why="early") == 0
    assert total(metrics.LABELS) == watched.labels > 1_000
    assert total(metrics.ALERTS) == 0
    low, value, high = (total(metrics.AUC, bound=bound) for bound in ("low", "value", "high"))
    assert 0 < low < value < high < 1


def test_promtool_finds_nothing_to_say_about_the_metrics(watched: Watched) -> None:
    done = promtool("check", "metrics", given=watched.worker.text("/metrics"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_an_alert_reaches_the_webhook_within_five_seconds_and_its_address_is_told_nobody(
    watched: Watched,
) -> None:
    """The last of the tests: it raises an alert, of a topic that no worker knows: none says that it is over."""
    alert = Alert("a1", "silence", "firing", "shop.elsewhere", "none", 2.0, 1, 2, "It is silent.")
    produce(watched.address, topics.ALERTS, [encode(alert)], partition=0)
    told = time.time()
    (received,) = watched.hook.wait(1)
    assert received.time - told < 5
    assert (received.path, received.document["alert_id"]) == (SECRET, "a1")
    worker = watched.worker
    worker.wait(lambda: 'outcome="delivered"} 1.0' in worker.text("/metrics"), "the count", 5)
    assert SECRET not in worker.text("/metrics") + worker.text("/v1/status") + worker.said()
