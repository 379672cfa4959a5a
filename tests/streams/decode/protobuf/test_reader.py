"""Which message type a record is, and that hostile records cost only themselves."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from pandian.errors import SettingError
from pandian.settings import load_settings
from streams.decode import reasons
from streams.decode.protobuf.descriptors import types_of_set
from streams.decode.protobuf.opening import open_messages
from streams.decode.protobuf.reader import KnownMessages, ProtobufReader
from streams.decode.schemas.client import RegistryAddress, RegistryClient
from streams.decode.schemas.exceptions import UnusableSchemaError
from streams.decode.schemas.protoc import compile_proto
from streams.decode.schemas.registry import RegistrySchemas
from tests.streams.decode.protobuf.shop import PROTO, descriptor_set, message, order, types, wire
from tests.streams.decode.reader_checks import check_contract, mutations, of_each, read, slowest
from tests.streams.decode.schemas.server import Registry, framed

ORDERS = ProtobufReader(None, KnownMessages(types(), "shop.Order"))
FITTING = ProtobufReader(None, KnownMessages(types(), "*"))
USER = wire(message("shop.User", id="ada", name="Ada"))


def shop_file() -> bytes:
    [file] = [one for one in FileDescriptorSet.FromString(descriptor_set()).file if "main" in one.name]
    return file.SerializeToString()


def test_contract() -> None:
    good = [wire(order(n)) for n in range(5)] + [wire(message("shop.Order", id="x"))]
    check_contract(ORDERS, good, [good[0][:-1], b"\xff" * 20, b"\x0a\x01\xff", b"\xc2\x3e\x01a"])
    assert all(ORDERS.accepts(value, ()) for value in good)


def test_texts_and_framed_records_are_left_to_others() -> None:
    for value in (
        b"a,b",
        b"1,2\r\n3,4",
        "盘点,2".encode(),
        b"{}",
        b"hello",
        b"\x00\x00\x00\x00\x01\x00",
        b"\x07a",
    ):
        assert not ORDERS.accepts(value, ())
    assert not ProtobufReader(None).accepts(wire(order()), ())


@pytest.mark.parametrize("header", [
    ("pandian.message", b"shop.User"),
    ("Content-Type", b'application/x-protobuf; messageType="shop.User"'),
    ("content-type", b"application/protobuf; charset=utf-8; proto=shop.User"),
])  # fmt: skip
def test_headers_name_the_type(header: tuple[str, bytes]) -> None:
    reader = ProtobufReader(None, KnownMessages(types()))
    assert reader.accepts(USER, [header])
    assert not reader.accepts(USER, ())
    found = reader.read([USER, USER], [0, 1], [[header], [("pandian.message", b"shop.Nobody")]])
    assert found.rows == [{"id": "ada", "name": "Ada"}]
    assert found.names == ["shop.User"]
    assert [reject.reason for reject in found.rejects] == [reasons.SCHEMA_UNKNOWN]


def test_the_type_that_fits_best() -> None:
    line = wire(message("shop.Line", sku="a", quantity=2, price=9.5))
    found = read(FITTING, [USER, line, wire(order()), b"\xc2\x3e\x01a", wire(message("shop.User", id="a"))])
    assert found.names == ["shop.User", "shop.Line", "shop.Order", "shop.User"]
    assert [reject.reason for reject in found.rejects] == [reasons.PROTOBUF_MALFORMED]


def test_mutated_messages() -> None:
    values = [one for one in mutations([wire(order(n)) for n in range(3)] + [USER], 4_000) if one]
    for reader in (ORDERS, FITTING):
        assert sum(isinstance(one, tuple) for one in of_each(read(reader, values)).values()) > 300
        assert slowest(reader, values[:400]) < 0.05


def registered(registry: Registry, key: int, file: bytes, **more: Any) -> ProtobufReader:
    registry.schemas[key] = {"schema": "text", "serialized": file, "schemaType": "PROTOBUF", **more}
    return ProtobufReader(RegistrySchemas(RegistryClient(RegistryAddress(registry.url))), None, 5)


def test_behind_a_schemas_id_with_the_index_of_the_message(registry: Registry) -> None:
    reader = registered(registry, 7, shop_file())
    first = framed(7, b"\x00" + USER)
    note = framed(7, b"\x04\x04\x00" + b"\x0a\x02hi")
    inner = framed(7, b"\x06\x04\x00\x00" + b"\x08\x05")
    found = read(reader, [first, note, inner])
    assert found.names == ["shop.User", "shop.Order.Note", "shop.Order.Note.Inner"]
    assert found.rows == [{"id": "ada", "name": "Ada"}, {"text": "hi"}, {"a": 5}]
    assert all(reader.accepts(value, ()) for value in (first, note, inner))
    for index in (
        b"",
        b"\x01",
        b"\x02",
        b"\x02\x01",
        b"\x02\xff",
        b"\xff\xff\xff\xff\xff\xff\xff",
        b"\x02\x7e",
        b"\x04\x00\x00",
    ):
        [reject] = read(reader, [framed(7, index)]).rejects
        assert reject.reason in (reasons.PROTOBUF_MALFORMED, reasons.SCHEMA_UNKNOWN)


def test_references_of_a_registered_schema(registry: Registry) -> None:
    money = FileDescriptorProto(name="any name", package="shop", syntax="proto3")
    money.message_type.add(name="Money").field.add(name="units", number=1, label=1, type=5)
    main = FileDescriptorProto(package="shop", syntax="proto3", dependency=["shop/money.proto"])
    main.message_type.add(name="Price").field.add(
        name="price", number=1, label=1, type=11, type_name=".shop.Money"
    )
    registry.versions["money", 4] = {
        "schema": "",
        "serialized": money.SerializeToString(),
        "schemaType": "PROTOBUF",
    }
    references = [{"name": "shop/money.proto", "subject": "money", "version": 4}]
    reader = registered(registry, 7, main.SerializeToString(), references=references)
    assert read(reader, [framed(7, b"\x00\x0a\x02\x08\x05")]).rows == [{"price": {"units": 5}}]


def test_a_registry_that_gives_text_only(registry: Registry) -> None:
    registry.schemas[7] = {"schema": PROTO, "schemaType": "PROTOBUF"}
    source = RegistrySchemas(RegistryClient(RegistryAddress(registry.url)))
    assert read(ProtobufReader(source, None, 20), [framed(7, b"\x00" + USER)]).names == ["shop.User"]


@pytest.mark.parametrize("file", [b"\xff\xff", FileDescriptorProto(dependency=["none"]).SerializeToString()])
def test_registered_schemas_that_cannot_be_used(registry: Registry, file: bytes) -> None:
    [reject] = read(registered(registry, 7, file), [framed(7, b"\x00\x0a\x00")]).rejects
    assert reject.reason == reasons.SCHEMA_UNUSABLE


def test_sets_that_cannot_be_used() -> None:
    circle = FileDescriptorSet()
    circle.file.add(name="a", dependency=["b"])
    circle.file.add(name="b", dependency=["a"])
    twice = FileDescriptorSet()
    for name in ("a", "b"):
        twice.file.add(name=name).message_type.add(name="M")
    many = FileDescriptorSet()
    for number in range(1_001):
        many.file.add(name=str(number))
    started = time.process_time()
    for data in (
        b"",
        b"\xff",
        b"\x00" * 8_000_001,
        *(one.SerializeToString() for one in (circle, twice, many)),
    ):
        with pytest.raises(UnusableSchemaError):
            types_of_set(data)
    assert time.process_time() - started < 2


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "shop.desc"
    path.write_bytes(descriptor_set())
    assert open_messages(load_settings()) is None
    known = open_messages(load_settings(protobuf_descriptors=path, protobuf_message="shop.User"))
    assert read(ProtobufReader(None, known), [USER]).names == ["shop.User"]
    empty = tmp_path / "empty.desc"
    empty.write_bytes(compile_proto('syntax = "proto3";', []))
    for wrong, says in (
        ({"protobuf_message": "shop.User"}, "PROTOBUF_DESCRIPTORS"),
        ({"protobuf_descriptors": tmp_path / "none"}, "descriptor set"),
        ({"protobuf_descriptors": path, "protobuf_message": "shop.Nobody"}, "shop.Order"),
        ({"protobuf_descriptors": empty, "protobuf_message": "*"}, "at least one"),
    ):
        with pytest.raises(SettingError, match=says):
            open_messages(load_settings(**wrong))
