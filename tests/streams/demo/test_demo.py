"""``pandian demo`` as a person runs it: the whole of it, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, get_args

import orjson
import psutil
import pytest

from models.config import Kind
from streams.demo.acts import history_lines
from streams.demo.dataset import order_lines
from streams.demo.injected import INJECTIONS
from streams.demo.notices import TOO_SHORT
from streams.demo.pages import Pages, portions
from streams.demo.people import person
from streams.demo.shop import ORDERS, TOPICS, Shop
from streams.inventory.windows.schedule import WINDOW
from streams.transport.partitioning import partition_of
from tests.support import topics
from tests.support.brokers import EmbeddedBroker
from tests.support.processes import free_port, wait_until
from tests.support.reference import assert_same

LIMIT = 5_000
MASKED = {("shop.customers", name, "personal") for name in ("name", "email", "phone")}
#: So long all of the file may take on a machine that does other things too.
_WHOLE_S = 600.0
#: Records of a partition between two windows that are tested, at the demo's pace.
_REACH = 8_000


class DemoProcess:
    """A running ``pandian demo``, with its output in files. It has a process group of its own, as in a shell."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        self.out = folder / "out"
        self.err = folder / "err"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PANDIAN_")}
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = psutil.Popen(
                [sys.executable, "-m", "streams.cli", "demo", *options],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment | {"PANDIAN_DATADIR": str(folder / "data")} | settings,
                start_new_session=True,
            )
        self.family: set[psutil.Process] = set()
        """Every process that it has started, as far as it was looked."""

    def wait_said(self, words: str, seconds: float = 60.0) -> None:
        def said() -> bool:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.family |= set(self.process.children(recursive=True))
            return words in self.err.read_text() or self.process.poll() is not None

        wait_until(said, seconds, f"the demo says {words!r}", log=self.err)
        assert words in self.err.read_text(), self.err.read_text()

    def child(self, word: str, seconds: float = 10.0) -> psutil.Process:
        """Return the process whose command line holds a word."""
        found: list[psutil.Process] = []

        def there() -> bool:
            with contextlib.suppress(psutil.NoSuchProcess):
                found[:] = [one for one in self.process.children(recursive=True) if word in one.cmdline()]
            return bool(found)

        wait_until(there, seconds, f"a process of {word}", log=self.err)
        return found[0]

    def interrupt(self, seconds: float = 15.0) -> int:
        """Do what Ctrl-C in a terminal does, and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return int(self.process.wait(seconds))

    def left(self) -> list[psutil.Process]:
        """Return what still runs of what it started, after a moment."""
        return psutil.wait_procs(self.family, timeout=5)[1]


@contextlib.contextmanager
def demo(folder: Path, *options: str, **settings: str) -> Iterator[DemoProcess]:
    running = DemoProcess(folder, *options, **settings)
    try:
        yield running
    finally:
        for process in {running.process, *running.family}:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        running.process.wait(10)


def assets_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {asset["asset"]: asset for asset in document["inventory"]["assets"]}


def said_of_labels(document: dict[str, Any]) -> tuple[int, int, int]:
    labels = document["model"]["labels"]
    return sum(labels.values()), document["labels"], document["labels_due"]


@pytest.mark.slow
def test_the_whole_story(tmp_path: Path) -> None:
    options = ("--json", "--limit", str(LIMIT), "--train-seconds", "12", "--port", "0")
    with demo(tmp_path, *options) as running:
        running.wait_said("training on the first months", 60)
        running.wait_said("shows pages", 60)
        assert running.process.wait(60) == 0, running.err.read_text()
        assert not running.left()
    document = json.loads(running.out.read_bytes())
    assert_inventory_is_the_files(document)
    model = document["model"]
    assert model["missing"] is None, running.err.read_text()
    assert model["name"] in get_args(Kind)
    assert set(model["baselines"]) == {"popularity", "item-to-item"}
    assert 0 <= model["baselines"]["popularity"]["ndcg@10"] <= 1
    assert 0 <= model["ndcg@10"] <= 1
    history = history_lines(LIMIT)
    pages = Pages("run")
    pages.sell(order_lines(history))
    shown = pages.before(chain.from_iterable(portions(islice(order_lines(LIMIT), history, None), 2_000)))
    assert document["pages"] == len(shown) > 20
    assert document["impressions"] == sum(len(page.items) for page in shown)
    known, told, due = said_of_labels(document)
    assert 0 < known <= told == due <= document["impressions"]
    auc = model["auc"]
    assert 0 <= auc["low"] <= auc["value"] <= auc["high"] <= 1
    assert document["example"]["items"]
    assert document["example"]["fallback"] is None
    assert 0 < document["first_inventory_s"] <= document["seconds"]
    assert TOO_SHORT in running.err.read_text()
    assert document["injected"] == []
    assert masked_of(document) == MASKED
    assert_tells_of_nobody(running, LIMIT)


def masked_of(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["asset"], one["field"], one["class"]) for one in document["noticed"]["masked"]}


def assert_tells_of_nobody(running: DemoProcess, limit: int | None = None) -> None:
    said = running.out.read_text() + running.err.read_text()
    for customer in {line.CustomerID for line in order_lines(limit) if line.CustomerID}:
        for value in person(customer):
            assert value not in said


@pytest.mark.slow
@pytest.mark.timeout(_WHOLE_S + 60)
def test_what_is_injected_is_announced_and_noticed_and_nothing_else_is(tmp_path: Path) -> None:
    with demo(tmp_path, "--json", "--train-seconds", "0", "--port", "0") as running:
        assert running.process.wait(_WHOLE_S) == 0, running.err.read_text()
    document, said = json.loads(running.out.read_bytes()), running.err.read_text()
    found = document["noticed"]
    assert [(one["asset"], one["field"], one["change"]) for one in found["schema_changes"]] == [
        ("shop.orders", "GiftWrap", "appeared")
    ]
    assert [(one["asset"], one["field"], one["aspect"]) for one in found["drifts"]] == [
        ("shop.orders", "UnitPrice", "values")
    ]
    first = first_offsets()
    for one in INJECTIONS:
        (told,) = [told for told in document["injected"] if told["name"] == one.name]
        announced, noticed = (
            said.find(f"injected by this demo into {one.topic}: {one.words}"),
            told["noticed"],
        )
        assert 0 <= announced < said.find(f"{one.topic}.{one.field}", announced + 1), said
        offset = noticed["since"]["offset"] if "since" in noticed else noticed["offset"]
        # A drift began in a window whose first records may be from before.
        assert offset - min(first[one.name]) > -WINDOW, "it was noticed before it began"
        assert min(abs(offset - began) for began in first[one.name]) <= _REACH
    assert {
        tuple(one[end][part] for end in ("from", "to") for part in ("asset", "field"))
        for one in found["relations"]
    } == {
        ("shop.orders", "StockCode", "shop.items", "sku"),
        ("shop.orders", "CustomerID", "shop.customers", "customer_id"),
    }
    assert masked_of(document) == MASKED
    assert_tells_of_nobody(running)


def first_offsets() -> dict[str, list[int]]:
    """Return, by injection, the offset of the first changed order in each partition."""
    shop, sent = Shop(), [0] * ORDERS.partitions
    first: dict[str, dict[int, int]] = {one.name: {} for one in INJECTIONS}
    for line in order_lines():
        place = partition_of(shop.events(line)[-1].key, ORDERS.partitions)
        for one in INJECTIONS:
            if one.holds(line):
                first[one.name].setdefault(place, sent[place])
        sent[place] += 1
    return {name: list(places.values()) for name, places in first.items()}


def assert_inventory_is_the_files(document: dict[str, Any]) -> None:
    """Compare the inventory with the order lines, counted the plain way."""
    assets = assets_of(document)
    lines = list(order_lines(LIMIT))
    orders = {field["field"]: field for field in assets["shop.orders"]["fields"]}
    quantities = [int(line.Quantity) for line in lines]
    assert orders["CustomerID"]["missing"] == sum(not line.CustomerID for line in lines)
    assert (orders["Quantity"]["min"], orders["Quantity"]["max"]) == (min(quantities), max(quantities))
    assert orders["Quantity"]["mean"] == pytest.approx(statistics.fmean(quantities), rel=1e-12)
    shop = Shop()
    events = [event for line in lines for event in shop.events(line)]
    assert_same(
        assets["shop.orders"], [orjson.loads(event.value) for event in events if event.topic is ORDERS]
    )
    for topic in TOPICS:
        asset = assets[topic.name]
        sent = sum(event.topic is topic for event in events)
        assert (asset["records"], asset["quarantined"]) == (sent, 0)
    assert document["records"] == len(events)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "options", "settings", "why"),
    [
        (
            "a registry that cannot be written",
            ("4000", "5"),
            {"PANDIAN_MODELS": "/dev/null/models"},
            "/dev/null",
        ),
        ("no training", ("3900", "0"), {}, "asks for no training"),
    ],
)
def test_without_a_model_the_story_goes_on(
    tmp_path: Path, what: str, options: tuple[str, str], settings: dict[str, str], why: str
) -> None:
    limit, seconds = options
    with demo(
        *(tmp_path, "--json", "--limit", limit, "--train-seconds", seconds, "--port", "0"), **settings
    ) as running:
        assert running.process.wait(90) == 0, (what, running.err.read_text())
    document = json.loads(running.out.read_bytes())
    assert why in document["model"]["missing"]
    assert "no trained model: " in running.err.read_text()
    assert (document["model"]["name"], document["model"]["version"]) == ("live", "1")
    assert document["model"]["baselines"] == {}
    assert document["pages"] > 0
    assert said_of_labels(document)[1:] == (document["labels_due"],) * 2
    assert document["records"] == sum(
        asset["records"] + asset["quarantined"] for asset in document["inventory"]["assets"]
    )


@pytest.mark.slow
def test_a_training_that_is_killed_is_told_and_a_replay_that_is_killed_ends_it_all(tmp_path: Path) -> None:
    with demo(tmp_path, "--json", "--limit", "9000", "--rate", "1500", "--port", "0") as running:
        running.wait_said("training on the first months", 60)
        running.child("train").kill()
        running.wait_said("no trained model: training", 20)
        running.wait_said("shows pages", 20)
        running.child("streams.demo.replay").kill()
        assert running.process.wait(20) == 1
        assert running.err.read_text().splitlines()[-1].startswith("pandian: the replay: ended before")
        assert not running.left()


@pytest.mark.slow
def test_kept_on_a_broker_of_mine_with_the_port_taken(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        options = ("--keep", "--limit", "500", "--port", port)
        broker = {"PANDIAN_BROKER": embedded_broker.address, "PANDIAN_SESSION_SECONDS": "2"}
        try:
            with demo(tmp_path, *options, **broker) as running:
                running.wait_said("Running until Ctrl-C")
                said = running.err.read_text()
                assert f"port {port} is taken" in said
                url = said.rpartition("The page: ")[2].strip()
                with urllib.request.urlopen(f"{url}/v1/inventory/shop.orders", timeout=10) as answer:
                    assert json.load(answer)["records"] == 500
                shown = running.out.read_text()
                assert "too little" in shown
                assert "shop.customers.email" in shown
                assert "no schema change and no drift are injected" in shown
                assert "pandian recommend" in shown
                assert f"inventory shop.orders --url {url}" in shown
                assert f"--broker {embedded_broker.address}" in shown
                assert running.interrupt() == 0
                assert not running.left()
        finally:
            for topic in TOPICS:
                topics.delete_topic(embedded_broker.address, topic.name)


def test_topics_of_somebody_are_left_alone(embedded_broker: EmbeddedBroker, tmp_path: Path) -> None:
    topics.create_topic(embedded_broker.address, "shop.items")
    try:
        with demo(tmp_path, PANDIAN_BROKER=embedded_broker.address) as running:
            assert running.process.wait(30) == 2
        last = running.err.read_text().splitlines()[-1]
        assert last.startswith(f"pandian: PANDIAN_BROKER={embedded_broker.address}: ")
        assert "has shop.items" in last
        assert topics.read_all(embedded_broker.address, "shop.items") == []
    finally:
        topics.delete_topic(embedded_broker.address, "shop.items")


def test_a_broker_that_does_not_answer_is_named(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    with demo(tmp_path, PANDIAN_BROKER=address) as running:
        assert running.process.wait(30) == 1
    assert f"pandian: PANDIAN_BROKER={address}: " in running.err.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["starting a worker", "training on", "shows pages"])
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, moment: str) -> None:
    options = ("--json", "--limit", "9000", "--rate", "2000", "--train-seconds", "4", "--port", "0")
    with demo(tmp_path, *options) as running:
        running.wait_said(moment)
        assert running.interrupt() == 130
        assert running.out.read_bytes() == b""
        assert running.err.read_text().splitlines()[-1].startswith("pandian: interrupted")
        assert not running.left()


@pytest.mark.slow
def test_kill_leaves_nothing_behind(tmp_path: Path) -> None:
    with demo(tmp_path, "--json", "--limit", "9000", "--port", "0") as running:
        running.wait_said("training on")
        running.child("train")
        assert len(running.family) >= 2
        running.process.kill()
        running.process.wait(5)
        assert not running.left()
