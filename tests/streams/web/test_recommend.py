"""Recommendations over HTTP, answered by the real service over interactions in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from monitoring.metrics import WorkerMetrics
from pandian.events import Item
from streams.web.recommend import recommend_paths
from streams.web.routes import routes
from tests.support.live import START
from tests.support.served import Recommending, Served

ODD = ["a/b", "订单 1", "a?k=1&b#c", "100%", "..", "a,b", "%2F", "x" * 256]
ROWS = [
    ("u", "hat"),
    ("u", "scarf", "purchase"),
    ("v", "hat"),
    ("v", "scarf"),
    ("v", "mug"),
    ("w", "mug"),
    *((user, "hat") for user in ODD),
]


class Measures:
    def versions(self):
        return [{"model": "sasrec", "version": "1"}]


@pytest.fixture
def recommending(tmp_path):
    with ThreadPoolExecutor(1) as thread:
        served = Served(tmp_path / "models", thread)
        served.know(*ROWS)
        yield Recommending(served)


@pytest.fixture
async def client(source, recommending):
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics(), more=recommend_paths(recommending, Measures())))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_a_recommendation(client, recommending) -> None:
    answer = await client.get("/v1/recommend/u?k=1")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    document = await answer.json()
    (item,) = document.pop("items")
    assert (item["item_id"], item["sources"]) == ("mug", ["live"])
    assert item["reason"] == "because you bought scarf"
    assert 0 < item["score"] < 1
    assert document | {"request_id": "", "latency_ms": 0} == {
        "request_id": "",
        "user_id": "u",
        "model": "live",
        "version": "1",
        "time": START + 7,
        "fallback": "no model was trained yet: what goes with this user's history, and what is popular",
        "knows_until": START + 1000 * (len(ROWS) - 1),
        "latency_ms": 0,
        "trial": None,
    }
    other = await (await client.get("/v1/recommend/u?k=1")).json()
    assert len(document["request_id"]) == len(other["request_id"]) == 32
    assert document["request_id"] != other["request_id"]


async def test_what_may_be_asked(client, recommending) -> None:
    recommending.served.sell(Item("mug", category="kitchen"))
    query = f"k=5&session=hat,scarf&session=mug&items=mug,hat&items=a%2Cb&time={START}&impressions=false&category=x"
    assert (await client.get(f"/v1/recommend/u?{query}")).status == 200
    (request, shown), *_ = recommending.asked
    assert (request.k, request.session, request.items) == (
        5,
        ("hat", "scarf", "mug"),
        ("mug", "hat", "a", "b"),
    )
    assert (request.time, request.filters, shown) == (START, {"category": "x"}, False)
    await client.get("/v1/recommend/u?diversity=0.25")
    assert recommending.asked[-1][0].diversity == 0.25
    assert not recommending.asked[-1][0].explain
    await client.get("/v1/recommend/u?explain=True")
    assert recommending.asked[-1][0].explain is True
    await client.get("/v1/recommend/u")
    request, shown = recommending.asked[-1]
    assert request.diversity == 0
    assert (request.k, request.session, request.items, request.time, shown) == (10, (), (), 0, True)
    found = await (await client.get("/v1/recommend/u?category=kitchen")).json()
    assert [item["item_id"] for item in found["items"]] == ["mug"]


@pytest.mark.parametrize("user", ODD)
async def test_users_of_any_name(client, user) -> None:
    for kind in ("recommend", "users"):
        answer = await client.get(
            URL(f"/v1/{kind}/{quote(user, safe='')}".replace("..", "%2E%2E"), encoded=True)
        )
        assert answer.status == 200
        assert (await answer.json())["user_id"] == user


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("k=0", "bad-k"),
        ("k=-1", "bad-k"),
        ("k=1001", "bad-k"),
        ("k=ten", "bad-k"),
        ("k=1.5", "bad-k"),
        ("k=", "bad-k"),
        ("k=٣", "bad-k"),
        ("k=" + "9" * 5000, "bad-k"),
        ("time=now", "bad-time"),
        ("time=-1", "bad-time"),
        ("time=999999999999999999", "bad-time"),
        ("impressions=maybe", "bad-impressions"),
        ("session=" + ",".join(["a"] * 1001), "bad-session"),
        ("items=" + "x" * 257, "bad-items"),
        ("diversity=much", "bad-diversity"),
        ("diversity=nan", "bad-diversity"),
        ("diversity=1.1", "bad-diversity"),
        ("diversity=", "bad-diversity"),
        ("explain=perhaps", "bad-explain"),
        ("limit=5", "unknown-parameter"),
        ("k=1&k=2", "repeated-parameter"),
        ("items=", "bad-items"),
        ("items=,,", "bad-items"),
        ("category=", "bad-filters"),
    ],
    ids=lambda value: value[:20],
)
async def test_what_cannot_be_answered(client, recommending, query, code) -> None:
    answer = await client.get("/v1/recommend/u?" + query)
    assert answer.status == 400
    assert (await answer.json())["error"]["code"] == code
    assert answer.headers["Cache-Control"] == "no-store"
    assert recommending.asked == []


@pytest.mark.parametrize(
    ("user", "code"),
    [
        ("x" * 257, "bad-user"),
        ("%00", "bad-user"),
        ("a%0Ab", "bad-user"),
        ("%7F", "bad-user"),
        ("%C2%85", "bad-user"),
        ("%00%ff", "bad-encoding"),
        ("%FF", "bad-encoding"),
        ("a%ED%A0%80", "bad-encoding"),
        ("u?session=%ff", "bad-encoding"),
    ],
)
async def test_names_that_are_none_are_typed_errors(client, recommending, user, code) -> None:
    for kind in ("recommend", "users"):
        answer = await client.get(URL(f"/v1/{kind}/{user}", encoded=True))
        assert answer.status == 400
        error = (await answer.json())["error"]
        assert error["code"] == code
        assert "must be" in error["message"]
    assert recommending.asked == []


@pytest.mark.parametrize("name", ["session", "items"])
async def test_items_with_control_characters_are_none(client, name) -> None:
    answer = await client.get(URL(f"/v1/recommend/u?{name}=a,%00", encoded=True))
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, f"bad-{name}")


async def test_what_is_known_of_a_user(client) -> None:
    found = await (await client.get("/v1/users/u")).json()
    assert found == {
        "user_id": "u",
        "interactions": [
            {"item_id": "hat", "action": "view", "time": START},
            {"item_id": "scarf", "action": "purchase", "time": START + 1000},
        ],
    }
    nobody = await client.get("/v1/users/nobody")
    assert nobody.status == 404
    assert (await nobody.json())["error"]["code"] == "user-not-found"


async def test_the_models(client) -> None:
    assert await (await client.get("/v1/models")).json() == {
        "champion": None,
        "answers": None,
        "refused": [],
        "challenger": None,
        "versions": [{"model": "sasrec", "version": "1"}],
    }


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("k=-1", "k='-1': k must be a whole number from 1 to 1000; leave it out for 10"),
        ("items=", "items='': items must name one or more; leave it out for the whole catalogue"),
        ("k=1&k=2", "k='1, 2': it may be given once only; leave the others out"),
        ("time=" + "9" * 100, f"time='{'9' * 80}…': time must be epoch milliseconds"),
        ("bought=never", "bought='never': bought must be false, to leave out what was bought, or true"),
    ],
)
async def test_a_wrong_parameter_is_named_with_its_value_the_rule_and_what_to_do(client, query, said) -> None:
    answer = await client.get("/v1/recommend/u?" + query)
    assert (await answer.json())["error"]["message"].startswith(said)


@pytest.mark.parametrize("path", ["/v1/recommend/u", "/v1/users/u", "/v1/models"])
async def test_they_only_answer_to_get_and_to_names_of_this_machine(client, path) -> None:
    assert (await client.post(path)).status == 405
    assert (await client.get(path, headers={"Host": "evil.example"})).status == 403


async def test_paths_that_are_none(client) -> None:
    for path in ("/v1/recommend", "/v1/recommend/", "/v1/users/", "/v1/models/x"):
        assert (await client.get(path)).status == 404, path


async def test_line_feeds_in_any_address_are_answered_like_others(client) -> None:
    for path, status in (("/v1/inventory/a%0Ab", 404), ("/a%0Ab", 404), ("/v1/inventory/%ff", 400)):
        answer = await client.get(URL(path, encoded=True))
        assert answer.status == status
        assert (await answer.json())["error"]["code"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_similar_items(client) -> None:
    answer = await client.get("/v1/similar/scarf")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    document = await answer.json()
    assert [item["item_id"] for item in document["items"]] == ["hat", "mug"]
    assert document["items"][0]["reason"] == "people take it together with scarf"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/similar/nothing", 404, "item-not-found"),
        ("/v1/similar/hat?k=0", 400, "bad-k"),
        ("/v1/similar/hat?bought=false", 400, "unknown-parameter"),
        ("/v1/similar/hat?price_to=much", 400, "bad-filters"),
        ("/v1/similar/hat?price_to=nan", 400, "bad-filters"),
        ("/v1/similar/ha%00t", 400, "bad-item"),
        ("/v1/recommend/u?price_from=5&price_to=4", 400, "bad-filters"),
        ("/v1/recommend/u?bought=never", 400, "bad-filters"),
    ],
)
async def test_what_is_refused_of_items(client, path, status, code) -> None:
    answer = await client.get(URL(path, encoded=True))
    assert (answer.status, (await answer.json())["error"]["code"]) == (status, code)


async def test_filters_in_the_address(client, recommending) -> None:
    recommending.served.sell(Item("mug", price=4.5), Item("hat", price=9), Item("scarf", price=3))
    assert (await client.get("/v1/recommend/u?price_from=4&price_to=5&bought=0")).status == 200
    assert recommending.asked[-1][0].filters == {"price_from": 4.0, "price_to": 5.0, "bought": False}
    found = await (await client.get("/v1/similar/hat?price_from=4")).json()
    assert [item["item_id"] for item in found["items"]] == ["mug"]
