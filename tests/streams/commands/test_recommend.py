import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web

from monitoring.metrics import WorkerMetrics
from pandian.events import Item
from streams import cli
from streams.web.recommend import recommend_paths
from streams.web.routes import routes
from tests.support.live import START
from tests.support.processes import free_port
from tests.support.served import Recommending, Served


class Source:
    """A worker without an inventory."""

    def readiness(self):
        return True, ""

    def version(self):
        return 1


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    """The real routes; gives the address of a worker that recommends, of one that does not, and what was shown."""
    loop, ports = asyncio.new_event_loop(), (free_port(), free_port())
    with ThreadPoolExecutor(1) as pool:
        served = Served(tmp_path_factory.mktemp("models"), pool)
        served.know(("u 1", "hat", "purchase"), ("v", "hat"), ("v", "scarf"), ("u/2", "[bold]mug\x1b[31m"))
        served.sell(Item("hat", "[red]Hat\u202e"))
        recommending = Recommending(served)

        async def start(port, more):
            app = web.Application()
            app.add_routes(routes(Source(), WorkerMetrics(), more=more))
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()

        loop.run_until_complete(start(ports[0], recommend_paths(recommending)))
        loop.run_until_complete(start(ports[1], {}))
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        yield *(f"http://127.0.0.1:{port}" for port in ports), recommending
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.fixture
def pandian(capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        code = cli.run(["recommend", *arguments])
        return code, *capfd.readouterr()

    return run


def test_json_is_the_workers_answer_and_nobody_is_taken_to_have_seen_it(pandian, worker):
    url, _, recommending = worker
    code, out, err = pandian("u 1", "--url", url, "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["user_id"] == "u 1"
    assert document["items"][0]["item_id"] == "scarf"
    assert document["knows_until"] == START + 3000
    assert recommending.asked[-1][1] is False


def test_what_people_see(pandian, worker):
    code, out, err = pandian("u 1", "-k", "2", "--url", worker[0] + "/")
    assert (code, err) == (0, "")
    head, note, names, first, second = out.splitlines()
    assert head.startswith("u 1  live 1  knows of everything until 2023-11-14 22:13:23 UTC  ")
    assert note.startswith("no model was trained yet")
    assert names.split() == ["item", "score", "from", "why"]
    # Whatever the data holds, a terminal takes it for text.
    assert first.split(maxsplit=4)[1:4:2] == ["scarf", "live"]
    assert first.endswith("because you bought [red]Hat·")
    assert "[bold]mug·[31m" in second
    assert max(map(len, out.splitlines())) <= 100


def test_somebody_unknown(pandian, worker):
    code, out, _ = pandian("nobody", "-k", "1", "--url", worker[0])
    assert code == 0
    assert "nothing is known of this user: what is popular now" in out
    code, out, _ = pandian("u/2", "-k", "1", "--url", worker[0], "--json")
    assert json.loads(out)["user_id"] == "u/2"
    for user in (".", ".."):
        assert json.loads(pandian(user, "--url", worker[0], "--json")[1])["user_id"] == user


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], "USER: must be text of 1 to 256 bytes"),
        (["x" * 300], "user_id must be text of 1 to 256 bytes"),
        (["u", "-k", "0"], "-k"),
        (["u", "-k", "ten"], "-k"),
        ([], "USER"),
        (["u", "--url", "ftp://x"], "--url ftp://x: must be http://HOST:PORT"),
    ],
    ids=str,
)
def test_bad_usage(pandian, worker, arguments, words):
    url = [] if "--url" in arguments else ["--url", worker[0]]
    code, out, err = pandian(*arguments, *url)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert len(err) < 250


def test_a_worker_that_does_not_recommend_and_none_at_all(pandian, worker):
    code, out, err = pandian("u", "--url", worker[1])
    assert (code, out) == (1, "")
    assert err == (
        f"pandian: {worker[1]}: is a worker that does not recommend; ask one that has the role serve\n"
    )
    code, out, err = pandian("u", "--url", f"http://127.0.0.1:{free_port()}")
    assert (code, out) == (1, "")
    assert "a worker must answer there (" in err
    assert "`pandian worker`" in err


def test_bytes_that_are_no_text(pandian, worker):
    code, _, err = pandian("\udcff", "--url", worker[0])
    assert code == 2
    assert "must be UTF-8" in err
