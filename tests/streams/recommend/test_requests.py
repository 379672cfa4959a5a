"""What may be asked, and what is said of what may not."""

from __future__ import annotations

import orjson
import pytest

from pandian.events import Request, encode
from streams.recommend.requests import MOST, RequestError, check, decode

ASKED = {"request_id": "r", "user_id": "u"}


def test_a_request_as_it_is_written_is_read() -> None:
    request = Request("r", "订单 1", 5, ("a", "b"), ("c",), {"category": "hats"}, 1_700_000_000_000, 0.25)
    assert decode(encode(request)) == request


def test_what_is_left_out_has_defaults_and_what_is_not_known_is_passed_over() -> None:
    assert decode(orjson.dumps({**ASKED, "colour": "red"})) == Request("r", "u")
    everything = {
        **ASKED,
        "k": None,
        "session": None,
        "items": None,
        "filters": None,
        "time": None,
        "diversity": None,
        "explain": None,
    }
    assert decode(orjson.dumps(everything)) == Request("r", "u")
    assert decode(orjson.dumps({**ASKED, "session": [], "items": [], "filters": {}})) == Request("r", "u")


def test_items_are_asked_once_each_and_sessions_may_repeat() -> None:
    request = decode(orjson.dumps({**ASKED, "items": ["a", "b", "a"], "session": ["a", "b", "a"]}))
    assert (request.items, request.session) == (("a", "b"), ("a", "b", "a"))


WRONG = [
    (None, "bad-json"),
    (b"", "bad-json"),
    (b"{", "bad-json"),
    (b"[]", "bad-json"),
    (b'"u"', "bad-json"),
    (b'{"request_id":"\\ud800","user_id":"u"}', "bad-json"),
    ({"user_id": "u"}, "bad-request-id"),
    ({"request_id": 7, "user_id": "u"}, "bad-request-id"),
    ({"request_id": "r" * 257, "user_id": "u"}, "bad-request-id"),
    ({"request_id": "r"}, "bad-user"),
    ({**ASKED, "user_id": ""}, "bad-user"),
    ({**ASKED, "user_id": 17850}, "bad-user"),
    ({**ASKED, "user_id": "订" * 86}, "bad-user"),
    ({**ASKED, "user_id": "a\x00"}, "bad-user"),
    ({**ASKED, "request_id": "a\n"}, "bad-request-id"),
    ({**ASKED, "items": ["a\x9f"]}, "bad-items"),
    ({**ASKED, "k": 0}, "bad-k"),
    ({**ASKED, "k": MOST + 1}, "bad-k"),
    ({**ASKED, "k": "10"}, "bad-k"),
    ({**ASKED, "k": 2.0}, "bad-k"),
    ({**ASKED, "k": True}, "bad-k"),
    ({**ASKED, "time": -1}, "bad-time"),
    ({**ASKED, "time": "now"}, "bad-time"),
    ({**ASKED, "time": 10**15}, "bad-time"),
    ({**ASKED, "session": "a"}, "bad-session"),
    ({**ASKED, "session": ["a", 1]}, "bad-session"),
    ({**ASKED, "session": {"a": 1}}, "bad-session"),
    ({**ASKED, "session": ["a"] * (MOST + 1)}, "bad-session"),
    ({**ASKED, "items": [""]}, "bad-items"),
    ({**ASKED, "items": ["a"] * (MOST + 1)}, "bad-items"),
    ({**ASKED, "filters": ["category"]}, "bad-filters"),
    ({**ASKED, "filters": {"brand": "x"}}, "bad-filters"),
    ({**ASKED, "filters": {"category": 7}}, "bad-filters"),
    ({**ASKED, "filters": {"category": "x", "brand": "y"}}, "bad-filters"),
    ({**ASKED, "filters": {"price_from": "7"}}, "bad-filters"),
    ({**ASKED, "filters": {"price_to": -1}}, "bad-filters"),
    ({**ASKED, "filters": {"price_to": True}}, "bad-filters"),
    ({**ASKED, "filters": {"price_from": 3, "price_to": 2.5}}, "bad-filters"),
    ({**ASKED, "filters": {"bought": 0}}, "bad-filters"),
    ({**ASKED, "filters": {"diversity": 0.5}}, "bad-filters"),
    ({**ASKED, "diversity": 1.01}, "bad-diversity"),
    ({**ASKED, "diversity": -0.1}, "bad-diversity"),
    ({**ASKED, "diversity": "0.5"}, "bad-diversity"),
    ({**ASKED, "diversity": True}, "bad-diversity"),
    ({**ASKED, "diversity": [0]}, "bad-diversity"),
    ({**ASKED, "explain": 1}, "bad-explain"),
    ({**ASKED, "explain": "true"}, "bad-explain"),
]


@pytest.mark.parametrize(("value", "code"), WRONG, ids=str)
def test_what_cannot_be_answered(value, code) -> None:
    with pytest.raises(RequestError) as caught:
        decode(orjson.dumps(value) if isinstance(value, dict) else value)
    assert caught.value.code == code
    assert "must" in str(caught.value) or "may" in str(caught.value) or code == "bad-json"


def test_the_most_that_may_be_asked() -> None:
    many = [f"i{number}" for number in range(MOST)]
    request = check(request_id="r", user_id="u" * 256, k=MOST, session=many, items=many, filters=None, time=0)
    assert len(request.items) == len(request.session) == MOST
