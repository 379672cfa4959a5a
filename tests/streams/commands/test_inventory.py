import asyncio
import http.server
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from aiohttp import web

from monitoring.metrics import WorkerMetrics
from streams import cli
from streams.commands.asking import default_url
from streams.commands.inventory import inventory_address
from streams.web.routes import routes
from tests.support.processes import free_port

DOCUMENT = json.loads((Path(__file__).parents[1] / "web" / "online_retail.json").read_text(encoding="utf-8"))


class Source:
    """A worker's inventory."""

    def __init__(self):
        self.content = {"assets": DOCUMENT["assets"]}
        self.number = 1

    def document(self):
        return self.content

    def asset(self, name):
        return next((asset for asset in self.content["assets"] if asset["asset"] == name), None)

    def readiness(self):
        return True, ""

    def version(self):
        return self.number

    def status(self):
        return {}


@pytest.fixture(scope="module")
def worker():
    """The real HTTP routes over a document in memory; gives its address and the source."""
    source, loop, port = Source(), asyncio.new_event_loop(), free_port()

    async def start():
        app = web.Application()
        app.add_routes(routes(source, WorkerMetrics()))
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}", source
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


@pytest.fixture
def pandian(capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        code = cli.run(["inventory", *arguments])
        return code, *capfd.readouterr()

    return run


def test_json_is_the_workers_document(pandian, worker):
    url, source = worker
    code, out, err = pandian("--url", url, "--json")
    assert (code, err, json.loads(out)) == (0, "", source.content)
    code, out, err = pandian("shop.orders", "--url", url + "/", "--json")
    assert (code, err, json.loads(out)) == (0, "", source.asset("shop.orders"))


def test_tables(pandian, worker):
    url, source = worker
    code, out, err = pandian("--url", url)
    assert (code, err) == (0, "")
    for asset in source.content["assets"]:
        assert any(line.split()[:2] == [asset["asset"], asset["kind"]] for line in out.splitlines())
    code, out, _ = pandian("shop.orders", "--url", url)
    assert code == 0
    assert out.startswith("shop.orders  orders  320,705 records")
    assert max(map(len, out.splitlines())) <= 100


def test_one_field_and_words_to_look_for(pandian, worker):
    url, _ = worker
    code, out, err = pandian("shop.orders", "--field", "UnitPrice", "--url", url)
    assert (code, err) == (0, "")
    assert out.startswith("UnitPrice  of shop.orders\nprice 98%: ")
    assert "← first quarter, median" in out
    code, out, _ = pandian("--search", "ITEM name", "--url", url)
    assert code == 0
    assert "Description" in out and "UnitPrice" not in out and "shop.customers" not in out
    code, out, _ = pandian("--search", "nowhere", "--url", url)
    assert (code, out) == (0, "Nothing has 'nowhere' in its names or meanings.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--field", "x"], "--field x: a field is one of an asset; name the asset before it"),
        (["shop.orders", "--field", "unit_price"], "shop.orders has no such field; such as UnitPrice"),
        (["shop.orders", "--field", "x", "--json"], "--field and --json: exclude each other"),
        (["--search", "x", "--json"], "--search and --json: exclude each other"),
        (["shop.orders", "--field", "x", "--search", "y"], "--field and --search: exclude each other"),
    ],
)
def test_options_that_do_not_fit(pandian, worker, arguments, said):
    code, out, err = pandian(*arguments, "--url", worker[0])
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1


def test_help_has_examples_on_lines_of_their_own(pandian):
    code, out, _ = pandian("--help")
    assert code == 0
    assert "  pandian inventory shop.orders --field UnitPrice\n" in out


def test_an_asset_that_is_not_there(pandian, worker):
    code, out, err = pandian("shop/no one", "--url", worker[0])
    assert (code, out) == (2, "")
    assert (
        err == "pandian: shop/no one: there is no asset 'shop/no one'; `pandian inventory` lists the assets\n"
    )


def test_nothing_there(pandian):
    url = f"http://127.0.0.1:{free_port()}"
    code, out, err = pandian("--url", url)
    assert (code, out) == (1, "")
    assert err.startswith(f"pandian: {url}/v1/inventory: a worker must answer there (")
    assert "Connection refused" in err
    assert "`pandian worker`" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"error": 1}'])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_something_else_there(pandian, answer, status):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        code, out, err = pandian("--url", f"http://127.0.0.1:{server.server_port}")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "this is an error of Pandian itself" not in err


@pytest.mark.parametrize(
    "url", ["localhost:6066", "ftp://x", "http://", "http://x:99999", "file:///etc/passwd"]
)
def test_a_wrong_address(pandian, url):
    code, out, err = pandian("--url", url)
    assert (code, out) == (2, "")
    assert err.startswith(f"pandian: --url {url}: must be http://HOST:PORT; ")


def test_the_worker_of_the_environment_is_asked_unless_another_is_named(pandian, worker, monkeypatch):
    url, _ = worker
    monkeypatch.setenv("PANDIAN_PORT", url.rpartition(":")[2])
    assert pandian("--json") == pandian("--url", url, "--json")
    monkeypatch.setenv("PANDIAN_PORT", str(free_port()))
    assert pandian("--json")[0] == 1
    assert pandian("--url", url, "--json")[0] == 0


@pytest.mark.parametrize(
    ("host", "port", "found"),
    [
        ("", "", "http://127.0.0.1:6066"),
        ("", "7001", "http://127.0.0.1:7001"),
        ("0.0.0.0", "7001", "http://127.0.0.1:7001"),
        ("::", "", "http://[::1]:6066"),
        ("fe80::1", "7001", "http://[fe80::1]:7001"),
        ("shop.example", "", "http://shop.example:6066"),
    ],
)
def test_where_a_worker_of_the_same_environment_listens(monkeypatch, host, port, found):
    monkeypatch.setenv("PANDIAN_HOST", host)
    monkeypatch.setenv("PANDIAN_PORT", port)
    assert default_url() == found


@pytest.mark.parametrize(
    ("port", "said"), [("0", "give its address with --url"), ("66000", "must be at most 65535")]
)
def test_a_port_that_cannot_be_asked(pandian, monkeypatch, port, said):
    monkeypatch.setenv("PANDIAN_PORT", port)
    code, out, err = pandian("--json")
    assert (code, out) == (2, "")
    assert said in err


def test_watch_and_json_exclude_each_other(pandian):
    code, _, err = pandian("--watch", "--json")
    assert code == 2
    assert "exclude each other" in err


def test_names_are_quoted():
    assert (
        inventory_address("http://h:1/", "订单/a b?#")
        == "http://h:1/v1/inventory/%E8%AE%A2%E5%8D%95%2Fa%20b%3F%23"
    )


def test_watch_shows_what_changes_until_interrupted(worker):
    url, source = worker
    read, write = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "inventory", "--url", url, "--watch", "--every", "0.2"],
        stdout=write,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "100", "TERM": "xterm"},
    )
    os.close(write)
    try:
        _read_until(read, b"320,705")
        source.content = {"assets": [{**asset, "records": 765_432} for asset in DOCUMENT["assets"]]}
        source.number += 1
        _read_until(read, b"765,432")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        assert process.returncode == 130
        assert err == b"pandian: interrupted\n"
    finally:
        source.content = {"assets": DOCUMENT["assets"]}
        source.number += 1
        process.kill()
        os.close(read)


def _read_until(descriptor, expected, seconds=20):
    seen, deadline = b"", time.monotonic() + seconds
    while expected not in seen:
        assert time.monotonic() < deadline, seen[-500:]
        if select.select([descriptor], [], [], 0.2)[0]:
            seen += os.read(descriptor, 65_536)
