"""Events of the CloudEvents specification, and of Debezium's converter."""

from __future__ import annotations

from typing import Any

from streams.decode.base import Headers, Row
from tests.streams.decode.envelopes.samples.kinds import Sample

SPEC_EVENT = {
    "specversion": "1.0",
    "type": "com.example.someevent",
    "source": "/mycontext",
    "subject": None,
    "id": "C234-1234-1234",
    "time": "2018-04-05T17:31:00Z",
    "comexampleextension1": "value",
    "comexampleothervalue": 5,
    "datacontenttype": "application/json",
    "data": {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True},
}
TIME = 1522949460000
SPEC_FACTS = {"source": "/mycontext", "subject": None, "producer": None}


def event(**changed: Any) -> Row:
    """The specification's event, changed; what is None is left out."""
    return {name: value for name, value in {**SPEC_EVENT, **changed}.items() if value is not None}


STRUCTURED = (
    Sample(
        SPEC_EVENT,
        {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(
        event(data="I'm just a string", datacontenttype=None),
        {"data": "I'm just a string"},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(
        event(data='<much wow="xml"/>', datacontenttype="application/xml"),
        {"data": '<much wow="xml"/>'},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(
        event(data=None, data_base64="AAEC", datacontenttype="application/vnd.apache.thrift.binary"),
        {"data_base64": "AAEC"},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(event(data=None, data_base64="eyJhIjoxfQ=="), {"a": 1}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(
        event(data=None, data_base64="WzEsMl0=", datacontenttype="application/vnd.shop+json; charset=utf-8"),
        {"data": [1, 2]},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(
        event(data=None, data_base64="not base64!"),
        {"data_base64": "not base64!"},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(
        event(specversion="0.3", data="eyJhIjoxfQ==", datacontentencoding="base64"),
        {"a": 1},
        "com.example.someevent",
        SPEC_FACTS,
        TIME,
    ),
    Sample(
        {**event(data=None, time=None), "data": None}, {"data": None}, "com.example.someevent", SPEC_FACTS
    ),
    Sample(event(data=None, time="yesterday"), {}, "com.example.someevent", SPEC_FACTS),
    Sample(
        event(
            type="com.shop.order.placed",
            source="https://user:pw@shop.example/checkout/4711?q=anne",
            subject="orders/4711",
            data={"order_id": 4711},
        ),
        {"order_id": 4711},
        "com.shop.order.placed",
        {"source": "https://shop.example/checkout/*", "subject": "orders/*", "producer": "shop.example"},
        TIME,
    ),
)
HEADERS: Headers = (
    ("ce_specversion", b"1.0"),
    ("ce_type", b"com.example.someevent"),
    ("ce_source", b"/mycontext/subcontext"),
    ("ce_id", b"1234-1234-1234"),
    ("ce_time", b"2018-04-05T17:31:00Z"),
    ("content-type", b"application/json"),
)
NOT_EVENTS = (
    {"id": "1", "source": "web", "type": "order", "data": {"a": 1}},
    {"specversion": "1.0", "type": "battery", "source": "factory"},
    {"specversion": 1.0, "type": "t", "source": "s", "id": "1"},
    {"specversion": "2.1", "type": "t", "source": "s", "id": "1"},
    {"specversion": "1.0", "type": "t", "source": {"db": "shop"}, "id": "1"},
    {"specversion": "1.0", "type": "t", "source": "s", "id": 1},
    {"specversion": "1.0", "type": "", "source": "s", "id": "1"},
)

DEBEZIUM_EVENT = {
    "id": "name:test_server;lsn:29274832;txId:565",
    "source": "/debezium/postgresql/test_server",
    "specversion": "1.0",
    "type": "io.debezium.postgresql.datachangeevent",
    "time": "2020-01-13T13:55:39.738Z",
    "datacontenttype": "application/json",
    "iodebeziumop": "r",
    "iodebeziumversion": "1.9.0.Final",
    "iodebeziumconnector": "postgresql",
    "iodebeziumname": "test_server",
    "iodebeziumtsms": "1578923739738",
    "iodebeziumsnapshot": "true",
    "iodebeziumdb": "postgres",
    "iodebeziumschema": "s1",
    "iodebeziumtable": "a",
    "iodebeziumtxId": "565",
    "iodebeziumlsn": "29274832",
    "iodebeziumxmin": None,
    "data": {"before": None, "after": {"pk": 1, "name": "Bob"}},
}
DEBEZIUM_EVENT_FACTS = {
    "operation": "r",
    "source": "postgresql test_server postgres.s1.a",
    "producer": "debezium 1.9.0.Final",
}
DEBEZIUM = (
    Sample(DEBEZIUM_EVENT, {"pk": 1, "name": "Bob"}, "s1.a", DEBEZIUM_EVENT_FACTS, 1578923739738),
    Sample(
        {
            **DEBEZIUM_EVENT,
            "data": {"schema": {"type": "struct"}, "payload": DEBEZIUM_EVENT["data"]},
            "iodebeziumtsms": None,
        },
        {"pk": 1, "name": "Bob"},
        "s1.a",
        DEBEZIUM_EVENT_FACTS,
        1578923739738,
    ),
)
NOT_DEBEZIUM = (
    {**DEBEZIUM_EVENT, "data": "AAAAAAEAAgICAg=="},
    {**DEBEZIUM_EVENT, "iodebeziumop": "x"},
    {**DEBEZIUM_EVENT, "specversion": 1},
)
_OF_HEADERS = {"source": "/mycontext/subcontext", "subject": None, "producer": None}
BINARY = (
    Sample({"a": 1, "type": "x"}, {"a": 1, "type": "x"}, "com.example.someevent", _OF_HEADERS, TIME, HEADERS),
    Sample(
        {},
        {},
        "com.example.someevent",
        {**_OF_HEADERS, "subject": "users/*"},
        None,
        (*HEADERS[:4], ("ce_subject", b"users/anna")),
    ),
)
