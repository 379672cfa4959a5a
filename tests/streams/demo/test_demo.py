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
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest

from streams.demo.dataset import order_lines
from streams.demo.shop import ORDERS, TOPICS, Shop
from tests.support import topics
from tests.support.brokers import EmbeddedBroker
from tests.support.processes import free_port, wait_until
from tests.support.reference import assert_same

LIMIT = 5_000


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


@pytest.mark.slow
def test_inventory_equals_the_file(tmp_path: Path) -> None:
    with demo(tmp_path, "--json", "--limit", str(LIMIT), "--port", "0") as running:
        assert running.process.wait(90) == 0, running.err.read_text()
    document = json.loads(running.out.read_bytes())
    assert list(document) == ["inventory", "model", "records_per_s", "seconds", "first_inventory_s"]
    assert document["model"] is None
    assert 0 < document["first_inventory_s"] <= document["seconds"]
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
@pytest.mark.parametrize("moment", ["starting a worker", "opening the shop", "sent records in the inventory"])
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, moment: str) -> None:
    with demo(tmp_path, "--json", "--rate", "500", "--port", "0") as running:
        running.wait_said(moment)
        assert running.interrupt() == 130
        assert running.out.read_bytes() == b""
        assert running.err.read_text().splitlines()[-1].startswith("pandian: interrupted")
        assert not running.left()


@pytest.mark.slow
def test_kill_leaves_nothing_behind(tmp_path: Path) -> None:
    with demo(tmp_path, "--json", "--rate", "500", "--port", "0") as running:
        running.wait_said("sent records in the inventory")
        assert len(running.family) == 2
        running.process.kill()
        running.process.wait(5)
        assert not running.left()
