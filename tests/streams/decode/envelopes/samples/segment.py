"""Calls of Segment's spec."""

from __future__ import annotations

from streams.decode.base import Row
from tests.streams.decode.envelopes.samples.kinds import Sample

CALL = {
    "anonymousId": "23adfd82-aa0f-45a7-a756-24f2a7a4c895",
    "channel": "browser",
    "context": {
        "library": {"name": "analytics.js", "version": "2.11.1"},
        "page": {"path": "/academy/"},
        "ip": "108.0.78.21",
    },
    "integrations": {"All": True, "Mixpanel": False},
    "messageId": "ajs-f8ca1e4de5024d9430b3928bd8ac6b96",
    "originalTimestamp": "2015-12-12T19:11:01.152Z",
    "receivedAt": "2015-12-12T19:11:01.266Z",
    "sentAt": "2015-12-12T19:11:01.169Z",
    "timestamp": "2015-12-12T19:11:01.249Z",
    "userId": "AiUGstSDIg",
    "version": 2,
    "writeKey": "g0r1ll4",
}
KEPT = {name: CALL[name] for name in ("anonymousId", "context", "messageId", "timestamp", "userId")}
FACTS = {"source": "browser", "producer": "analytics.js 2.11.1"}
TIME = 1449947461249


def _anonymous(row: Row) -> Row:
    known = {name: value for name, value in row.items() if name != "userId"}
    return {"anonymousId": "23adfd82-aa0f-45a7-a756-24f2a7a4c895", **known}


PRODUCT = {
    "product_id": "507f1f77bcf86cd799439011",
    "sku": "45790-32",
    "name": "Monopoly: 3rd Edition",
    "price": 19,
}

CALLS = (
    Sample(
        {**CALL, "type": "track", "event": "Product Viewed", "properties": PRODUCT},
        {**KEPT, "event": "Product Viewed", **PRODUCT},
        "track",
        FACTS,
        TIME,
    ),
    Sample(
        {
            "type": "track",
            "userId": "019mr8mf4r",
            "event": "Order Completed",
            "properties": {"order_id": "1", "event": "sale", "products": [PRODUCT]},
        },
        {
            "userId": "019mr8mf4r",
            "event": "Order Completed",
            "order_id": "1",
            "products": [PRODUCT],
            "properties": {"event": "sale"},
        },
        "track",
        {"source": None, "producer": None},
    ),
    Sample(
        {**CALL, "type": "track", "event": "Button Clicked"},
        {**KEPT, "event": "Button Clicked"},
        "track",
        FACTS,
        TIME,
    ),
    Sample(
        {
            **CALL,
            "type": "identify",
            "traits": {"name": "Peter Gibbons", "email": "peter@example.com", "plan": "premium"},
        },
        {**KEPT, "name": "Peter Gibbons", "email": "peter@example.com", "plan": "premium"},
        "identify",
        FACTS,
        TIME,
    ),
    Sample(
        {
            **CALL,
            "type": "page",
            "name": "Home",
            "properties": {"title": "Welcome | Initech", "url": "http://www.example.com"},
        },
        {**KEPT, "name": "Home", "title": "Welcome | Initech", "url": "http://www.example.com"},
        "page",
        FACTS,
        TIME,
    ),
    Sample(
        {**CALL, "type": "screen", "name": "Home", "properties": {"Feed Type": "private"}},
        {**KEPT, "name": "Home", "Feed Type": "private"},
        "screen",
        FACTS,
        TIME,
    ),
    Sample(
        {
            **CALL,
            "type": "group",
            "groupId": "0e8c78ea9d97a7b8185e8632",
            "traits": {"name": "Initech", "employees": 329},
        },
        {**KEPT, "groupId": "0e8c78ea9d97a7b8185e8632", "name": "Initech", "employees": 329},
        "group",
        FACTS,
        TIME,
    ),
    Sample(
        {"type": "alias", "previousId": "old_id", "userId": "new_id", "sentAt": "2015-12-12T19:11:01.169Z"},
        {"previousId": "old_id", "userId": "new_id"},
        "alias",
        {"source": None, "producer": None},
        1449947461169,
    ),
)
NOT_CALLS = (
    {"type": "page", "userId": "u1", "name": "Home", "timestamp": "2024-05-01T10:00:00Z"},
    {"type": "track", "userId": "u1", "event": "click", "item": 5},
    {"type": "track", "title": "Blue in Green", "properties": {"bpm": 120}, "event": "play"},
    {"type": "track", "userId": "u1", "properties": {"a": 1}},
    {"type": "view", "userId": "u1", "event": "view", "properties": {}},
    {"type": "identify", "userId": "u1", "traits": "tall"},
    {"type": "group", "userId": "u1", "traits": {}},
    {"type": "alias", "userId": "u1", "name": "x"},
    {"type": ["track"], "userId": "u1", "event": "e", "properties": {}},
    {"type": "track", "userId": None, "event": "e", "properties": {}},
)

#: The calls of people who are not known, which is most of those of a web site.
ANONYMOUS = tuple(
    Sample(_anonymous(one.row), _anonymous(one.payload), one.kind, one.facts, one.time) for one in CALLS
)
