"""Avro behind a schema's id: several schemas in one batch, references, a registry that is down and comes back."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any

import fastavro
import pytest

from streams.decode import reasons
from streams.decode.avro.wire import AvroWireReader
from streams.decode.json_wire import JsonWireReader
from streams.decode.schemas.client import RegistryAddress, RegistryClient
from streams.decode.schemas.registry import RegistrySchemas
from streams.decode.schemas.wire import schema_ids
from tests.streams.decode.reader_checks import check_contract, mutations, of_each, read, slowest
from tests.streams.decode.schemas.server import Registry, framed


def record(name: str, /, **types: Any) -> dict[str, Any]:
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": key, "type": kind} for key, kind in types.items()],
    }


FIRST = record("shop.Order", id="long", price="double")
SECOND = record("shop.Order", id="long", price="double", coupon=["null", "string"])
USER = record("shop.User", id="string")


def body(schema: Any, row: Any) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, row)
    return out.getvalue()


def reader(registry: Registry, seconds: float = 5) -> AvroWireReader:
    return AvroWireReader(RegistrySchemas(RegistryClient(RegistryAddress(registry.url))), seconds)


@pytest.fixture
def shop(registry: Registry) -> Registry:
    registry.schemas |= {
        n: {"schema": json.dumps(schema)} for n, schema in ((1, FIRST), (2, SECOND), (3, USER))
    }
    return registry


OLD = framed(1, body(FIRST, {"id": 1, "price": 2.5}))
NEW = framed(2, body(SECOND, {"id": 2, "price": 3.5, "coupon": "X"}))
ADA = framed(3, body(USER, {"id": "ada"}))


def test_schemas_of_one_batch_are_each_records_own(shop: Registry) -> None:
    found = read(reader(shop), [OLD, NEW, ADA, OLD])
    assert found.names == ["shop.Order", "shop.Order", "shop.User", "shop.Order"]
    assert found.rows[:2] == [{"id": 1, "price": 2.5}, {"id": 2, "price": 3.5, "coupon": "X"}]
    assert sorted(shop.asked) == ["/schemas/ids/1", "/schemas/ids/2", "/schemas/ids/3"]
    assert schema_ids([OLD, NEW, None, b"", b"{}", b"\x00\x00"]) == {1, 2}


def test_references(registry: Registry) -> None:
    money = record("shop.Money", units="int", currency="shop.Currency")
    registry.versions["money", 2] = {
        "schema": json.dumps(money),
        "references": [{"name": "shop.Currency", "subject": "currency", "version": 1}],
    }
    registry.versions["currency", 1] = {
        "schema": json.dumps({"type": "enum", "name": "shop.Currency", "symbols": ["CNY", "EUR"]})
    }
    registry.schemas[9] = {
        "schema": json.dumps(record("shop.Order", price="Money")),
        "references": [{"name": "shop.Money", "subject": "money", "version": 2}],
    }
    assert read(reader(registry), [framed(9, b"\x0a\x02")]).rows == [
        {"price": {"units": 5, "currency": "EUR"}}
    ]


def test_a_registry_that_is_down_costs_no_record_and_comes_back(shop: Registry) -> None:
    shop.status = 503
    source = RegistrySchemas(RegistryClient(RegistryAddress(shop.url)))
    avro = AvroWireReader(source, 5)
    assert avro.accepts(OLD, ())
    found = read(avro, [OLD, NEW])
    assert [reject.reason for reject in found.rejects] == [reasons.SCHEMA_REGISTRY_DOWN] * 2
    shop.status = None
    until = time.monotonic() + 10
    while not read(avro, [OLD, NEW]).rows and time.monotonic() < until:
        time.sleep(0.05)
    assert len(read(avro, [OLD, NEW]).rows) == 2


def test_a_batch_does_not_wait_for_long(shop: Registry) -> None:
    shop.delay = 1
    avro = reader(shop, 0.05)
    started = time.monotonic()
    [reject] = read(avro, [OLD]).rejects
    assert time.monotonic() - started < 0.5
    assert reject.reason == reasons.SCHEMA_REGISTRY_DOWN


def test_schemas_that_are_unknown_or_cannot_be_used(shop: Registry) -> None:
    shop.schemas |= {
        4: {"schema": "{"},
        5: {"schema": '"string"'},
        6: {"schema": json.dumps(record("R", a="R"))},
    }
    values = [framed(key, b"\x02") for key in (4, 5, 6, 7)]
    assert [reject.reason for reject in read(reader(shop), values).rejects] == [
        *[reasons.SCHEMA_UNUSABLE] * 3,
        reasons.SCHEMA_UNKNOWN,
    ]


def test_contract(shop: Registry) -> None:
    avro = reader(shop)
    bad = [
        OLD[:-1],
        OLD + b"\x00",
        framed(3, b"\x08\xff\xfe\xfd\xfc"),
        framed(77, b"\x00"),
        framed(1, b""),
        bytes(5),
    ]
    check_contract(avro, [OLD, NEW, ADA], bad)
    assert all(avro.accepts(value, ()) for value in (OLD, NEW, *bad))
    assert not any(avro.accepts(value, ()) for value in (b"\x00\x01", b"{}", b"a,b", b"\x01" + OLD[1:]))


def test_mutated_records(shop: Registry) -> None:
    avro = reader(shop)
    values = [one for one in mutations([OLD, NEW, ADA], 4_000) if one[:1] == b"\x00" and len(one) >= 5]
    first = of_each(read(avro, values))
    assert sum(isinstance(one, tuple) for one in first.values()) > 500
    assert slowest(avro, [value for value in values if 1 <= value[4] <= 3][:500]) < 0.05


def test_json_behind_a_schemas_id(shop: Registry) -> None:
    shop.schemas |= {
        11: {"schema": '{"title": "Order"}', "schemaType": "JSON"},
        12: {"schema": "true", "schemaType": "JSON"},
    }
    source = RegistrySchemas(RegistryClient(RegistryAddress(shop.url)))
    source.fetch([1, 11, 12], 5)
    objects, avro = JsonWireReader(source, 5), AvroWireReader(source, 5)
    good = [framed(11, b'{"id": 1}'), framed(12, b' {"id": 2}')]
    bad = [framed(11, b"{"), framed(11, b"[1]"), framed(11, b"")]
    check_contract(objects, good, bad)
    assert read(objects, good).names == ["Order", ""]
    assert all(objects.accepts(value, ()) and not avro.accepts(value, ()) for value in good + bad)
    assert avro.accepts(OLD, ())
    assert not objects.accepts(OLD, ())


def test_a_schema_that_comes_too_late_makes_its_record_wait(shop: Registry) -> None:
    shop.schemas[11] = {"schema": "{}", "schemaType": "JSON"}
    source = RegistrySchemas(RegistryClient(RegistryAddress(shop.url)))
    objects, avro = JsonWireReader(source, 5), AvroWireReader(source, 5)
    value = framed(11, b'{"id": 1}')
    assert avro.accepts(value, ())  # nothing is known of the id yet
    [reject] = read(avro, [value]).rejects
    assert reject.reason == reasons.SCHEMA_REGISTRY_DOWN
    assert not avro.accepts(value, ())
    assert objects.accepts(value, ())
    assert read(objects, [value]).rows == [{"id": 1}]
