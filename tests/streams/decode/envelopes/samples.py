"""Rows in envelopes, shaped as the specifications and tutorials of their makers show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from streams.decode.base import Envelope, Headers, Row
from streams.decode.envelopes import (
    ENVELOPES,
    cloudevents,
    debezium,
    debezium_cloudevents,
    ga4,
    kafka_connect,
    segment,
)


@dataclass(frozen=True)
class Sample:
    """A row, and what is to be made of it."""

    row: Row
    payload: Row
    kind: str = ""
    facts: dict[str, str | None] = field(default_factory=dict)
    time: int | None = None
    headers: Headers = ()


@dataclass(frozen=True)
class Case:
    """What the contract suite needs to know about an envelope."""

    name: str
    envelope: Envelope
    samples: tuple[Sample, ...]
    near_misses: tuple[Row, ...]
    """Rows that look like it and are none."""


ANNE = {"id": 1004, "first_name": "Anne", "last_name": "Kretchmar", "email": "annek@noanswer.org"}
POSTGRES = {
    "version": "2.7.0.Final", "connector": "postgresql", "name": "PostgreSQL_server", "ts_ms": 1559033904863,
    "snapshot": "false", "db": "postgres", "sequence": '["24023119","24023128"]', "schema": "public",
    "table": "customers", "txId": 555, "lsn": 24023128, "xmin": None,
}  # fmt: skip
POSTGRES_FACTS = {
    "source": "postgresql PostgreSQL_server postgres.public.customers",
    "producer": "debezium 2.7.0.Final",
}
MYSQL = {
    "version": "2.7.0.Final", "connector": "mysql", "name": "dbserver1", "ts_ms": 1486500577691, "snapshot": "true",
    "db": "inventory", "table": "orders", "server_id": 0, "gtid": None, "file": "mysql-bin.000003", "pos": 154, "row": 0,
}  # fmt: skip
MYSQL_FACTS = {"source": "mysql dbserver1 inventory.orders", "producer": "debezium 2.7.0.Final"}
MONGO = {
    "version": "2.7.0.Final", "connector": "mongodb", "name": "fulfillment", "ts_ms": 1558965508000, "snapshot": False,
    "db": "inventory", "rs": "rs0", "collection": "customers", "ord": 31, "h": 1546547425148721999,
}  # fmt: skip
MONGO_FACTS = {"source": "mongodb fulfillment inventory.customers", "producer": "debezium 2.7.0.Final"}
ORDER = {"order_number": 10001, "order_date": 16816, "purchaser": 1001, "quantity": 1, "product_id": 102}


def change(op: str, before: Any, after: Any, source: Row, **more: Any) -> Row:
    return {
        "before": before,
        "after": after,
        "source": source,
        "op": op,
        "ts_ms": 1559033904900,
        "transaction": None,
        **more,
    }


CHANGES = (
    Sample(change("c", None, ANNE, POSTGRES), ANNE, "public.customers", {"operation": "c", **POSTGRES_FACTS}, 1559033904863),
    Sample(change("u", {"id": 1004}, ANNE, POSTGRES), ANNE, "public.customers", {"operation": "u", **POSTGRES_FACTS}, 1559033904863),
    Sample(change("d", ANNE, None, POSTGRES), ANNE, "public.customers", {"operation": "d", **POSTGRES_FACTS}, 1559033904863),
    Sample(change("d", None, None, POSTGRES), {}, "public.customers", {"operation": "d", **POSTGRES_FACTS}, 1559033904863),
    Sample(change("r", None, ORDER, MYSQL), ORDER, "inventory.orders", {"operation": "r", **MYSQL_FACTS}, 1486500577691),
    # Without transaction metadata, before and the time in the database: as people write by hand.
    Sample(
        {"op": "c", "after": ORDER, "source": {"db": "shop", "table": "orders"}, "ts_ms": 1700000000000},
        ORDER, "shop.orders", {"operation": "c", "source": "shop.orders", "producer": None}, 1700000000000,
    ),
    Sample({"source": POSTGRES, "op": "t", "ts_ms": 1}, {}, "public.customers", {"operation": "t", **POSTGRES_FACTS}, 1559033904863),
    Sample(
        {"source": {**POSTGRES, "schema": "", "table": ""}, "op": "m", "ts_ms": 1559033904961, "message": {"prefix": "foo", "content": "Ymfy"}},
        {"prefix": "foo", "content": "Ymfy"}, "debezium-message",
        {"operation": "m", "source": "postgresql PostgreSQL_server postgres", "producer": "debezium 2.7.0.Final"}, 1559033904863,
    ),
    Sample(
        change("c", None, '{"_id" : {"$numberLong" : "1004"},"first_name" : "Anne","last_name" : "Kretchmar","email" : "annek@noanswer.org"}', MONGO),
        {"_id": 1004, "first_name": "Anne", "last_name": "Kretchmar", "email": "annek@noanswer.org"},
        "inventory.customers", {"operation": "c", **MONGO_FACTS}, 1558965508000,
    ),
    Sample(
        {"op": "u", "ts_ms": 1465491461815, "source": MONGO,
         "updateDescription": {"removedFields": None, "updatedFields": '{"first_name": "Anne Marie"}', "truncatedArrays": None}},
        {"first_name": "Anne Marie"}, "inventory.customers", {"operation": "u", **MONGO_FACTS}, 1558965508000,
    ),
    # Debezium before 2.0 told changes of MongoDB as the oplog does.
    Sample(
        {"op": "u", "source": MONGO, "patch": '{"$v":1,"$set":{"first_name":"Anne Marie"}}', "filter": '{"_id":1004}'},
        {"first_name": "Anne Marie"}, "inventory.customers", {"operation": "u", **MONGO_FACTS}, 1558965508000,
    ),
    Sample({"op": "d", "source": MONGO, "filter": '{"_id":1004}'}, {"_id": 1004}, "inventory.customers", {"operation": "d", **MONGO_FACTS}, 1558965508000),
)  # fmt: skip

SCHEMA_CHANGE = {
    "source": {**MYSQL, "table": "customers"}, "ts_ms": 1559033904961, "databaseName": "inventory", "schemaName": None,
    "ddl": "ALTER TABLE customers ADD middle_name varchar(255) AFTER first_name",
    "tableChanges": [{"type": "ALTER", "id": '"inventory"."customers"', "table": {"defaultCharsetName": "utf8mb4",
                      "primaryKeyColumnNames": ["id"], "columns": [{"name": "id", "jdbcType": 4, "typeName": "INT"}]}}],
}  # fmt: skip
TRANSACTION = {
    "status": "END", "id": "0e4d5dcd-a33b-11ea-80f1-02010a22a99e:10", "ts_ms": 1486500577691, "event_count": 2,
    "data_collections": [{"data_collection": "inventory.orders", "event_count": 2}],
}  # fmt: skip

NOT_CHANGES = (
    {"op": "c", "source": "web", "order_id": 5, "ts_ms": 1700000000000},
    {"op": "c", "source": {"channel": "web"}, "before": 5, "after": 6},
    {"op": "refund", "source": {"connector": "stripe"}, "after": {"a": 1}},
    {"op": "c", "source": {"connector": "ev", "table": "charging"}, "kwh": 7.5},
    {"op": "c", "source": {"connector": "mysql"}, "after": [1, 2]},
    {"op": "d", "source": {"table": "T-12"}, "before": {"seat": 1}},
    {"op": "m", "source": {"connector": "mysql"}, "message": "hello"},
    {"before": {"price": 5}, "after": {"price": 6}, "source": {"db": "shop", "table": "items"}},
    {"operation": "c", "before": None, "after": {"a": 1}},
    {"op": ["c"], "source": {"connector": "mysql"}, "after": {}},
)

SPEC_EVENT = {
    "specversion": "1.0", "type": "com.example.someevent", "source": "/mycontext", "subject": None, "id": "C234-1234-1234",
    "time": "2018-04-05T17:31:00Z", "comexampleextension1": "value", "comexampleothervalue": 5,
    "datacontenttype": "application/json", "data": {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True},
}  # fmt: skip
TIME = 1522949460000
SPEC_FACTS = {"source": "/mycontext", "subject": None, "producer": None}


def event(**changed: Any) -> Row:
    """The specification's event, changed; what is None is left out."""
    return {name: value for name, value in {**SPEC_EVENT, **changed}.items() if value is not None}


STRUCTURED = (
    Sample(SPEC_EVENT, {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(data="I'm just a string", datacontenttype=None), {"data": "I'm just a string"}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(data='<much wow="xml"/>', datacontenttype="application/xml"), {"data": '<much wow="xml"/>'}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(data=None, data_base64="AAEC", datacontenttype="application/vnd.apache.thrift.binary"), {"data_base64": "AAEC"}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(data=None, data_base64="eyJhIjoxfQ=="), {"a": 1}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(data=None, data_base64="WzEsMl0=", datacontenttype="application/vnd.shop+json; charset=utf-8"), {"data": [1, 2]}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(data=None, data_base64="not base64!"), {"data_base64": "not base64!"}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample(event(specversion="0.3", data="eyJhIjoxfQ==", datacontentencoding="base64"), {"a": 1}, "com.example.someevent", SPEC_FACTS, TIME),
    Sample({**event(data=None, time=None), "data": None}, {"data": None}, "com.example.someevent", SPEC_FACTS),
    Sample(event(data=None, time="yesterday"), {}, "com.example.someevent", SPEC_FACTS),
    Sample(
        event(type="com.shop.order.placed", source="https://user:pw@shop.example/checkout/4711?q=anne", subject="orders/4711", data={"order_id": 4711}),
        {"order_id": 4711}, "com.shop.order.placed",
        {"source": "https://shop.example/checkout/*", "subject": "orders/*", "producer": "shop.example"}, TIME,
    ),
)  # fmt: skip
HEADERS = (
    ("ce_specversion", b"1.0"), ("ce_type", b"com.example.someevent"), ("ce_source", b"/mycontext/subcontext"),
    ("ce_id", b"1234-1234-1234"), ("ce_time", b"2018-04-05T17:31:00Z"), ("content-type", b"application/json"),
)  # fmt: skip
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
    "id": "name:test_server;lsn:29274832;txId:565", "source": "/debezium/postgresql/test_server", "specversion": "1.0",
    "type": "io.debezium.postgresql.datachangeevent", "time": "2020-01-13T13:55:39.738Z", "datacontenttype": "application/json",
    "iodebeziumop": "r", "iodebeziumversion": "1.9.0.Final", "iodebeziumconnector": "postgresql", "iodebeziumname": "test_server",
    "iodebeziumtsms": "1578923739738", "iodebeziumsnapshot": "true", "iodebeziumdb": "postgres", "iodebeziumschema": "s1",
    "iodebeziumtable": "a", "iodebeziumtxId": "565", "iodebeziumlsn": "29274832", "iodebeziumxmin": None,
    "data": {"before": None, "after": {"pk": 1, "name": "Bob"}},
}  # fmt: skip
DEBEZIUM_EVENT_FACTS = {
    "operation": "r",
    "source": "postgresql test_server postgres.s1.a",
    "producer": "debezium 1.9.0.Final",
}

CALL = {
    "anonymousId": "23adfd82-aa0f-45a7-a756-24f2a7a4c895", "channel": "browser",
    "context": {"library": {"name": "analytics.js", "version": "2.11.1"}, "page": {"path": "/academy/"}, "ip": "108.0.78.21"},
    "integrations": {"All": True, "Mixpanel": False}, "messageId": "ajs-f8ca1e4de5024d9430b3928bd8ac6b96",
    "originalTimestamp": "2015-12-12T19:11:01.152Z", "receivedAt": "2015-12-12T19:11:01.266Z", "sentAt": "2015-12-12T19:11:01.169Z",
    "timestamp": "2015-12-12T19:11:01.249Z", "userId": "AiUGstSDIg", "version": 2, "writeKey": "g0r1ll4",
}  # fmt: skip
KEPT = {name: CALL[name] for name in ("anonymousId", "context", "messageId", "timestamp", "userId")}
SEGMENT_FACTS = {"source": "browser", "producer": "analytics.js 2.11.1"}
SEGMENT_TIME = 1449947461249
PRODUCT = {
    "product_id": "507f1f77bcf86cd799439011",
    "sku": "45790-32",
    "name": "Monopoly: 3rd Edition",
    "price": 19,
}

SEGMENT = (
    Sample(
        {**CALL, "type": "track", "event": "Product Viewed", "properties": PRODUCT},
        {**KEPT, "event": "Product Viewed", **PRODUCT}, "track", SEGMENT_FACTS, SEGMENT_TIME,
    ),
    Sample(
        {"type": "track", "userId": "019mr8mf4r", "event": "Order Completed", "properties": {"order_id": "1", "event": "sale", "products": [PRODUCT]}},
        {"userId": "019mr8mf4r", "event": "Order Completed", "order_id": "1", "products": [PRODUCT], "properties": {"event": "sale"}},
        "track", {"source": None, "producer": None},
    ),
    Sample({**CALL, "type": "track", "event": "Button Clicked"}, {**KEPT, "event": "Button Clicked"}, "track", SEGMENT_FACTS, SEGMENT_TIME),
    Sample(
        {**CALL, "type": "identify", "traits": {"name": "Peter Gibbons", "email": "peter@example.com", "plan": "premium"}},
        {**KEPT, "name": "Peter Gibbons", "email": "peter@example.com", "plan": "premium"}, "identify", SEGMENT_FACTS, SEGMENT_TIME,
    ),
    Sample(
        {**CALL, "type": "page", "name": "Home", "properties": {"title": "Welcome | Initech", "url": "http://www.example.com"}},
        {**KEPT, "name": "Home", "title": "Welcome | Initech", "url": "http://www.example.com"}, "page", SEGMENT_FACTS, SEGMENT_TIME,
    ),
    Sample(
        {**CALL, "type": "screen", "name": "Home", "properties": {"Feed Type": "private"}},
        {**KEPT, "name": "Home", "Feed Type": "private"}, "screen", SEGMENT_FACTS, SEGMENT_TIME,
    ),
    Sample(
        {**CALL, "type": "group", "groupId": "0e8c78ea9d97a7b8185e8632", "traits": {"name": "Initech", "employees": 329}},
        {**KEPT, "groupId": "0e8c78ea9d97a7b8185e8632", "name": "Initech", "employees": 329}, "group", SEGMENT_FACTS, SEGMENT_TIME,
    ),
    Sample(
        {"type": "alias", "previousId": "old_id", "userId": "new_id", "sentAt": "2015-12-12T19:11:01.169Z"},
        {"previousId": "old_id", "userId": "new_id"}, "alias", {"source": None, "producer": None}, 1449947461169,
    ),
)  # fmt: skip
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

EXPORTED = {
    "event_date": "20210131", "event_timestamp": "1612069510766593", "event_name": "page_view",
    "event_params": [
        {"key": "page_title", "value": {"string_value": "Home", "int_value": None, "float_value": None, "double_value": None}},
        {"key": "ga_session_id", "value": {"int_value": "661084800"}},
        {"key": "engaged", "value": {"int_value": 1}},
        {"key": "value", "value": {"double_value": 21.5}},
        {"key": "none", "value": {}},
    ],
    "user_id": None, "user_pseudo_id": "1026454.4271112504",
    "user_properties": [{"key": "member", "value": {"string_value": "gold", "set_timestamp_micros": "1612069510766593"}}],
    "device": {"category": "mobile", "operating_system": "iOS"}, "geo": {"country": "United States"},
    "stream_id": "2100450278", "platform": "WEB", "app_info": None,
    "items": [{"item_id": "GGOEGXXX0906", "item_name": "Google Tee", "price": 18.0, "quantity": 1,
               "item_params": [{"key": "color", "value": {"string_value": "red"}}]}],
}  # fmt: skip
EXPORTED_PAYLOAD = {
    **EXPORTED,
    "event_params": {"page_title": "Home", "ga_session_id": 661084800, "engaged": 1, "value": 21.5, "none": None},
    "user_properties": {"member": "gold"},
    "items": [{"item_id": "GGOEGXXX0906", "item_name": "Google Tee", "price": 18.0, "quantity": 1, "item_params": {"color": "red"}}],
}  # fmt: skip
EXPORTS = (
    Sample(EXPORTED, EXPORTED_PAYLOAD, "events", {"source": "WEB 2100450278", "producer": None}, 1612069510766),
    Sample(
        {"event_date": "20210131", "event_timestamp": 1612069510766593, "event_name": "first_open", "event_params": [],
         "platform": "ANDROID", "stream_id": 1051193346, "app_info": {"id": "com.labpixies.flood"}},
        {"event_date": "20210131", "event_timestamp": 1612069510766593, "event_name": "first_open", "event_params": {},
         "platform": "ANDROID", "stream_id": 1051193346, "app_info": {"id": "com.labpixies.flood"}},
        "events", {"source": "ANDROID 1051193346", "producer": "com.labpixies.flood"}, 1612069510766,
    ),
)  # fmt: skip
NOT_EXPORTS = (
    {"event_name": "click", "event_timestamp": 1612069510766593, "event_params": {"page": "home"}},
    {"event_name": "click", "event_timestamp": 1612069510766593, "event_params": ["page", "home"]},
    {
        "event_name": "click",
        "event_timestamp": "2021-01-31T10:00:00Z",
        "event_params": EXPORTED["event_params"],
    },
    {"event_name": "click", "event_timestamp": 1612069510766593, "event_params": []},
    {"event_name": "click", "event_timestamp": 1612069510766593, "user_id": "u1", "item_id": "i1"},
    {"event_name": 5, "event_timestamp": 1612069510766593, "event_params": EXPORTED["event_params"]},
)

BODY = {
    "client_id": "123456.7654321", "user_id": "u-1", "timestamp_micros": "1612069510766593",
    "user_properties": {"member": {"value": "gold"}}, "non_personalized_ads": False,
    "events": [{"name": "purchase", "params": {"transaction_id": "T_12345", "value": 30.03, "items": [{"item_id": "SKU_12345"}]}}],
}  # fmt: skip
BODIES = (
    Sample(
        BODY,
        {"client_id": "123456.7654321", "user_id": "u-1", "timestamp_micros": "1612069510766593", "user_properties": {"member": "gold"},
         "non_personalized_ads": False, "event_name": "purchase", "event_params": BODY["events"][0]["params"]},
        "events", {}, 1612069510766,
    ),
    Sample(
        {"app_instance_id": "A1", "events": [{"name": "login"}, {"name": "search", "params": {"search_term": "shoe"}}]},
        {"app_instance_id": "A1", "events": [{"name": "login"}, {"name": "search", "params": {"search_term": "shoe"}}]},
        "event-batches", {},
    ),
)  # fmt: skip
NOT_BODIES = (
    {"client_id": "c1", "events": [{"name": "open day"}], "venue": "hall 3"},
    {"client_id": 5, "events": [{"name": "login"}]},
    {"client_id": "c1", "events": []},
    {"client_id": "c1", "events": ["login"]},
    {"events": [{"name": "login", "params": {}}]},
)


def struct(name: str, *fields: Row, **more: Any) -> Row:
    return {"type": "struct", "fields": list(fields), "optional": False, "name": name, **more}


VALUE = struct(
    "dbserver1.inventory.orders.Value",
    {"type": "int32", "optional": False, "field": "order_number"},
    {"type": "int32", "optional": False, "name": "io.debezium.time.Date", "version": 1, "field": "order_date"},
    {"type": "bytes", "optional": True, "name": "org.apache.kafka.connect.data.Decimal", "version": 1,
     "parameters": {"scale": "2", "connect.decimal.precision": "10"}, "field": "amount"},
)  # fmt: skip
ENVELOPE_SCHEMA = struct(
    "dbserver1.inventory.orders.Envelope", {**VALUE, "field": "before"}, {**VALUE, "field": "after"}
)
PAID = {"order_number": 10001, "order_date": 16816, "amount": "MDk="}
PAID_PLAIN = {"order_number": 10001, "order_date": "2016-01-16", "amount": 123.45}

CONNECT = (
    Sample(
        {"schema": VALUE, "payload": PAID},
        PAID_PLAIN,
        "dbserver1.inventory.orders",
        {"producer": "kafka-connect"},
    ),
    Sample({"schema": None, "payload": {"a": 1}}, {"a": 1}, "", {"producer": "kafka-connect"}),
    Sample(
        {"schema": {"type": "string", "optional": False}, "payload": "hello"},
        {"payload": "hello"},
        "",
        {"producer": "kafka-connect"},
    ),
    Sample(
        {"schema": {"type": "struct", "optional": True}, "payload": None},
        {},
        "",
        {"producer": "kafka-connect"},
    ),
)
NOT_CONNECT = (
    {"schema": "public", "payload": {"a": 1}},
    {"schema": {"type": "object", "properties": {}}, "payload": {"a": 1}},
    {"schema": {"type": "struct"}, "payload": {"a": 1}, "topic": "t"},
    {"schema": None, "payload": "text"},
    {"payload": {"weight": 5, "unit": "kg"}, "lorry": "L-17"},
    {"payload": {"weight": 5, "unit": "kg"}},
)


def wrapped(samples: tuple[Sample, ...], schema: Row | None = None) -> tuple[Sample, ...]:
    return tuple(
        Sample({"schema": schema, "payload": one.row}, one.payload, one.kind, one.facts, one.time)
        for one in samples
    )


NO_LINEAGE = {"operation": None, "source": None, "producer": None}
SCHEMA_CHANGES = (
    Sample(
        SCHEMA_CHANGE, {name: value for name, value in SCHEMA_CHANGE.items() if name not in ("source", "ts_ms")},
        "debezium-schema-change",
        {"operation": None, "source": "mysql dbserver1 inventory.customers", "producer": "debezium 2.7.0.Final"}, 1486500577691,
    ),
)  # fmt: skip
TRANSACTIONS = (
    Sample(
        TRANSACTION, {name: value for name, value in TRANSACTION.items() if name != "ts_ms"},
        "debezium-transaction", NO_LINEAGE, 1486500577691,
    ),
    Sample(
        {"status": "BEGIN", "id": "571", "event_count": None, "data_collections": None},
        {"status": "BEGIN", "id": "571", "event_count": None, "data_collections": None}, "debezium-transaction", NO_LINEAGE,
    ),
)  # fmt: skip
HEARTBEATS = (
    Sample(
        {"ts_ms": 1638965515240}, {"ts_ms": 1638965515240}, "debezium-heartbeat", NO_LINEAGE, 1638965515240
    ),
)
HEARTBEAT_SCHEMA = struct(
    "io.debezium.connector.common.Heartbeat", {"type": "int64", "optional": False, "field": "ts_ms"}
)

_DEBEZIUM = (
    ("changes", debezium.ChangeEvents, CHANGES, NOT_CHANGES, None),
    ("schema-changes", debezium.SchemaChanges, SCHEMA_CHANGES,
     ({"ddl": "x", "tableChanges": [], "databaseName": "shop"}, {"ddl": "x", "source": {}}), None),
    ("transactions", debezium.Transactions, TRANSACTIONS,
     ({"status": "BEGIN", "id": "5", "event_count": 2}, {**TRANSACTION, "status": "PAID"}, {**TRANSACTION, "id": 5}), None),
    ("heartbeats", debezium.Heartbeats, HEARTBEATS,
     ({"ts_ms": 1638965515240, "user_id": "u1"}, {"ts_ms": "now"}, {"ts": 1638965515240}), HEARTBEAT_SCHEMA),
)  # fmt: skip

CASES = (
    Case(
        "cloudevents-binary",
        next(one for one in ENVELOPES if isinstance(one, cloudevents.BinaryEvents)),
        (
            Sample({"a": 1, "type": "x"}, {"a": 1, "type": "x"}, "com.example.someevent",
                   {"source": "/mycontext/subcontext", "subject": None, "producer": None}, TIME, HEADERS),
            Sample({}, {}, "com.example.someevent", {"source": "/mycontext/subcontext", "subject": "users/*", "producer": None}, None,
                   (*HEADERS[:4], ("ce_subject", b"users/anna"))),
        ),
        (),
    ),
    Case(
        "cloudevents-debezium",
        next(one for one in ENVELOPES if isinstance(one, debezium_cloudevents.DebeziumCloudEvents)),
        (
            Sample(DEBEZIUM_EVENT, {"pk": 1, "name": "Bob"}, "s1.a", DEBEZIUM_EVENT_FACTS, 1578923739738),
            Sample({**DEBEZIUM_EVENT, "data": {"schema": {"type": "struct"}, "payload": DEBEZIUM_EVENT["data"]}, "iodebeziumtsms": None},
                   {"pk": 1, "name": "Bob"}, "s1.a", DEBEZIUM_EVENT_FACTS, 1578923739738),
        ),
        ({**DEBEZIUM_EVENT, "data": "AAAAAAEAAgICAg=="}, {**DEBEZIUM_EVENT, "iodebeziumop": "x"}, {**DEBEZIUM_EVENT, "specversion": 1}),
    ),
    Case("cloudevents", next(one for one in ENVELOPES if isinstance(one, cloudevents.StructuredEvents)), STRUCTURED, NOT_EVENTS),
    *(
        Case(f"debezium-{name}", next(one for one in ENVELOPES if isinstance(one, kind)), samples, misses)
        for name, kind, samples, misses, _ in _DEBEZIUM
    ),
    *(
        Case(
            f"debezium-{name}-wrapped",
            [one for one in ENVELOPES if isinstance(one, kafka_connect.Wrapped)][place],
            wrapped(samples, schema) + (Sample({"payload": samples[0].row}, samples[0].payload, samples[0].kind, samples[0].facts, samples[0].time),),
            tuple({"schema": schema, "payload": miss} for miss in misses) + ({"payload": samples[0].row, "topic": "t"},),
        )
        for place, (name, _, samples, misses, schema) in enumerate(_DEBEZIUM)
    ),
    Case("kafka-connect", next(one for one in ENVELOPES if isinstance(one, kafka_connect.ConnectRows)), CONNECT, NOT_CONNECT),
    Case("segment", next(one for one in ENVELOPES if isinstance(one, segment.SegmentCalls)), SEGMENT, NOT_CALLS),
    Case("ga4-export", next(one for one in ENVELOPES if isinstance(one, ga4.ExportedEvents)), EXPORTS, NOT_EXPORTS),
    Case("ga4-measurement", next(one for one in ENVELOPES if isinstance(one, ga4.MeasurementBodies)), BODIES, NOT_BODIES),
)  # fmt: skip

#: Records of shops that no envelope is around.
ORDINARY: tuple[Row, ...] = (
    {},
    {"user_id": 1, "item_id": 2, "event_type": "view", "timestamp": 1700000000},
    {"event": "add_to_cart", "userId": "u1", "type": "behaviour", "source": "app", "context": {"page": "home"}},
    {"event_name": "purchase", "event_timestamp": 1700000000000000, "source": "google", "medium": "cpc", "user_id": "u1"},
    {"id": "o-1", "type": "order", "source": "web", "data": {"amount": 5}, "subject": "order"},
    {"op": "c", "ts_ms": 1700000000000, "source": "pos", "after": 5, "before": 6},
    {"schema": "shop", "payload": "x", "status": "BEGIN", "id": "1"},
    {"type": "page", "event": "view", "properties": None, "traits": None},
    {"events": [{"name": "a", "params": {}}], "session": "s"},
    {"op": None, "source": None, "payload": None, "type": None, "events": None, "specversion": None, "event_params": None},
    {"before": None, "after": None, "source": None, "op": None, "ts_ms": None},
)  # fmt: skip
