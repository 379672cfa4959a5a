"""Schemas in files, and one source after another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pandian.errors import SettingError
from pandian.settings import load_settings
from streams.decode import reasons
from streams.decode.avro.schema import compile_schema
from streams.decode.halves import Failure
from streams.decode.protobuf.descriptors import types_of_schema
from streams.decode.schemas.base import Schema, SchemaKind, SchemaSource, flattened
from streams.decode.schemas.folder import FolderSchemas
from streams.decode.schemas.opening import open_schemas
from tests.streams.decode.schemas.server import Registry

MONEY = {
    "type": "record",
    "name": "Money",
    "namespace": "shop",
    "fields": [{"name": "units", "type": "Units"}],
}
UNITS = {"type": "fixed", "name": "shop.Units", "size": 4}
ORDER = {"type": "record", "name": "shop.Order", "fields": [{"name": "price", "type": "shop.Money"}]}


def found(source: SchemaSource, key: int) -> Schema | Failure:
    source.fetch([key], 5)
    return source.find(key)


def test_a_file_by_its_id_with_the_names_it_uses(tmp_path: Path) -> None:
    for name, schema in {
        "7": ORDER,
        "money-value": MONEY,
        "shop.Units": UNITS,
        "other": {"type": "int"},
    }.items():
        (tmp_path / f"{name}.avsc").write_text(json.dumps(schema))
    schema = found(FolderSchemas(tmp_path), 7)
    assert isinstance(schema, Schema)
    used = [one.schema.text for one in flattened(schema)]
    assert [json.loads(text)["name"] for text in used] == ["shop.Units", "Money"]
    assert compile_schema(schema.text, used).names == ("shop.Order",)


def test_names_in_a_circle_end(tmp_path: Path) -> None:
    for name, other in (("A", "B"), ("B", "A")):
        schema = {"type": "record", "name": name, "fields": [{"name": "x", "type": ["null", other]}]}
        (tmp_path / f"{name}.avsc").write_text(json.dumps(schema))
    (tmp_path / "7.avsc").write_text('{"type": "array", "items": "A"}')
    assert isinstance(found(FolderSchemas(tmp_path), 7), Schema)


def test_proto_files_are_compiled_with_what_they_import(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "money.proto").write_text(
        'syntax = "proto3"; package shop; message Money { int32 units = 1; }'
    )
    (tmp_path / "7.proto").write_text(
        'syntax = "proto3"; package shop; import "shop/money.proto"; import "google/protobuf/timestamp.proto";'
        "message Order { Money price = 1; google.protobuf.Timestamp at = 2; }"
    )
    schema = found(FolderSchemas(tmp_path), 7)
    assert isinstance(schema, Schema)
    order = types_of_schema(schema).by_path([0])
    assert order is not None
    assert order.full_name == "shop.Order"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("7.proto", b"message {"),
        ("7.proto", b'import "../../etc/passwd"; message A {}'),
        ("7.proto", b'import "7.proto"; message A {}'),
        ("7.avsc", b"\xff\xfe"),
        ("7.avsc", b" " * 4_000_001),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    schema = found(FolderSchemas(tmp_path), 7)
    assert isinstance(schema, Failure)
    assert schema.reason == reasons.SCHEMA_UNUSABLE


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    source = FolderSchemas(tmp_path)
    assert found(source, 7) == (reasons.SCHEMA_UNKNOWN, "the schema folder has no file of this id")
    (tmp_path / "7.json").write_text('{"title": "Order"}')
    assert found(source, 7) == Schema(SchemaKind.JSON, '{"title": "Order"}')


def test_the_folder_before_the_registry(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "7.avsc").write_text('"folder"')
    registry.schemas |= {7: {"schema": '"registry"'}, 8: {"schema": '"registry"'}}
    source = open_schemas(load_settings(schemas=tmp_path, schema_registry=registry.url))
    assert source is not None
    assert found(source, 7) == Schema(SchemaKind.AVRO, '"folder"')
    assert found(source, 8) == Schema(SchemaKind.AVRO, '"registry"')
    missing = found(source, 9)
    assert isinstance(missing, Failure)
    assert missing.reason == reasons.SCHEMA_UNKNOWN
    assert registry.asked == ["/schemas/ids/8", "/schemas/ids/9"]


def test_settings(tmp_path: Path) -> None:
    assert open_schemas(load_settings()) is None
    assert isinstance(open_schemas(load_settings(schemas=tmp_path)), FolderSchemas)
    for wrong in (
        {"schemas": tmp_path / "none"},
        {"schema_registry": "http://ada:s3cret@localhost"},
        {"schema_registry": "https://localhost", "schema_registry_ca": tmp_path / "none"},
    ):
        with pytest.raises(SettingError) as told:
            open_schemas(load_settings(**wrong))
        assert "s3cret" not in str(told.value)
