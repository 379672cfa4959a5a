"""Schemas are bounded before anything is read by them; what follows them is read as JSON has it."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any

import fastavro
import pytest

from streams.decode import reasons
from streams.decode.avro.schema import MAX_TEXT, compile_schema
from streams.decode.one_by_one import UnreadableError
from streams.decode.schemas.exceptions import UnusableSchemaError


def record(name: str = "R", /, **types: Any) -> dict[str, Any]:
    return {
        "type": "record",
        "name": name,
        "fields": [{"name": key, "type": kind} for key, kind in types.items()],
    }


def read(schema: Any, data: bytes) -> Any:
    return compile_schema(json.dumps(schema)).read(BytesIO(data))


def written(schema: Any, row: Any) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), row)
    return out.getvalue()


CHAIN = [record("R0", a="int"), *(record(f"R{n}", a=f"R{n - 1}") for n in range(1, 300))]
LAUGHS = [
    record("R0", a="null", b="null"),
    *(record(f"R{n}", a=f"R{n - 1}", b=f"R{n - 1}") for n in range(1, 40)),
]
DEEP: Any = "int"
for _ in range(500):
    DEEP = {"type": "array", "items": DEEP}

UNUSABLE: dict[str, Any] = {
    "no record": "int",
    "array of records": {"type": "array", "items": record(a="int")},
    "no type": {},
    "null": None,
    "number": 7,
    "unknown name": record(a="Other"),
    "record without fields": {"type": "record", "name": "R"},
    "record without name": {"type": "record", "fields": []},
    "field without type": {"type": "record", "name": "R", "fields": [{"name": "a"}]},
    "a field twice": {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}] * 2},
    "a name twice": record(a=record("A"), b=record("A")),
    "union in union": record(a=["null", ["int"]]),
    "empty union": record(a=[]),
    "negative fixed": record(a={"type": "fixed", "name": "F", "size": -1}),
    "symbols that are no texts": record(a={"type": "enum", "name": "E", "symbols": [1]}),
    "symbols that are no names": record(a={"type": "enum", "name": "E", "symbols": ["a b"]}),
    "holds itself without end": record(a="R"),
    "elements of no bytes": record(a={"type": "array", "items": "null"}),
    "elements of no bytes, hidden": record(a={"type": "array", "items": record("E", x=record("F"))}),
    "elements of no bytes, fixed": record(a={"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}}),
    "elements of many nothings": record(
        a={"type": "array", "items": record("E", x="int", **{f"n{n}": "null" for n in range(200)})}
    ),
    "deep": record(a=DEEP),
    "deep by names": CHAIN,
    "billion laughs": record(a=LAUGHS[0], **{f"f{n}": LAUGHS[n] for n in range(1, 40)}),
    "too many types": record(**{f"f{n}": "int" for n in range(5_001)}),
    "recursive and large": record(**{f"f{n}": ["null", "R"] for n in range(1_500)}),
    "says it is parsed": {"type": "record", "__fastavro_parsed_schema": True, "name": "R"},
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_schemas_that_are_not_read_by(name: str) -> None:
    started = time.process_time()
    with pytest.raises(UnusableSchemaError):
        compile_schema(json.dumps(UNUSABLE[name]))
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, " " * (MAX_TEXT + 1), '{"type":' * 500 + "1" + "}" * 500]
)
def test_texts_that_are_no_schema(text: str) -> None:
    with pytest.raises(UnusableSchemaError):
        compile_schema(text)


LIST = record(next=["null", "R"])


@pytest.mark.parametrize("length", [0, 1, 40, 62])
def test_recursive_values_are_read(length: int) -> None:
    _, row = read(LIST, b"\x02" * length + b"\x00")
    for _ in range(length):
        row = row["next"]
    assert row == {"next": None}


@pytest.mark.parametrize("length", [64, 10_000, 1_000_000])
def test_recursive_values_that_would_end_the_process(length: int) -> None:
    with pytest.raises(UnreadableError) as told:
        read(LIST, b"\x02" * length + b"\x00")
    assert told.value.reason == reasons.TOO_LARGE


def test_a_tree_is_read() -> None:
    tree = record(children={"type": "array", "items": "R"}, by_name={"type": "map", "values": "R"})
    leaf = {"children": [], "by_name": {}}
    row = {"children": [leaf, leaf], "by_name": {"a": leaf}}
    assert read(tree, written(tree, row)) == ("R", row)


TYPES = record(
    null="null",
    boolean="boolean",
    int="int",
    long="long",
    single="float",
    double="double",
    nan="double",
    text="string",
    raw="bytes",
    raw_text="bytes",
    fixed={"type": "fixed", "name": "F", "size": 2},
    enum={"type": "enum", "name": "E", "symbols": ["NEW", "DONE"]},
    array={"type": "array", "items": "int"},
    map={"type": "map", "values": "bytes"},
    union=["null", "double", {"type": "record", "name": "In", "fields": [{"name": "a", "type": "F"}]}],
)
ROW = {
    "null": None,
    "boolean": True,
    "int": -7,
    "long": 2**62,
    "single": 19.99,
    "double": 0.1,
    "nan": float("nan"),
    "text": "盘点",
    "raw": b"\x00\xff",
    "raw_text": "盘点".encode(),
    "fixed": b"ok",
    "enum": "DONE",
    "array": [1, 2],
    "map": {"a": b"\x00"},
    "union": {"a": b"no"},
}
PLAIN = ROW | {
    "nan": None,
    "raw": "AP8=",
    "raw_text": "盘点",
    "fixed": "ok",
    "map": {"a": "AA=="},
    "union": {"a": "no"},
}


def test_every_type() -> None:
    assert read(TYPES, written(TYPES, ROW)) == ("R", PLAIN)


@pytest.mark.parametrize(
    ("kind", "logical", "stored", "expected"),
    [
        ("int", "date", 20_000, "2024-10-04"),
        ("int", "date", -(2**31), -(2**31)),
        ("int", "time-millis", 3_600_000, "01:00:00"),
        ("int", "time-millis", -1, -1),
        ("long", "time-micros", 1, "00:00:00.000001"),
        ("long", "timestamp-millis", 1_700_000_000_123, "2023-11-14T22:13:20.123000Z"),
        ("long", "timestamp-millis", 2**62, 2**62),
        ("long", "timestamp-micros", -1, "1969-12-31T23:59:59.999999Z"),
        ("long", "timestamp-nanos", 1_700_000_000_000_000_000, "2023-11-14T22:13:20Z"),
        ("long", "local-timestamp-millis", 0, "1970-01-01T00:00:00"),
        ("long", "local-timestamp-micros", 2**62, 2**62),
        ("long", "local-timestamp-nanos", 0, "1970-01-01T00:00:00"),
        ("long", "no such thing", 5, 5),
        ("string", "uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("string", "date", "today", "today"),
    ],
)
def test_logical_types(kind: str, logical: str, stored: Any, expected: Any) -> None:
    plain = record(a=kind)
    assert read(record(a={"type": kind, "logicalType": logical}), written(plain, {"a": stored})) == (
        "R",
        {"a": expected},
    )


@pytest.mark.parametrize(
    ("unscaled", "scale", "expected"),
    [
        (1999, 2, 19.99),
        (-1, 3, -0.001),
        (20, 0, 20),
        (2**70, 0, float(2**70)),
        (2**8000, 0, "Infinity"),
        (0, 2, 0.0),
    ],
)
def test_decimals(unscaled: int, scale: int, expected: Any) -> None:
    raw = unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)
    schema = record(a={"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": scale})
    assert read(schema, written(record(a="bytes"), {"a": raw})) == ("R", {"a": expected})


def test_fixed_logical_types() -> None:
    for size, logical, data, expected in (
        (16, "uuid", bytes(16), "00000000-0000-0000-0000-000000000000"),
        (8, "uuid", b"shortone", "shortone"),
        (12, "duration", bytes(12), "AAAAAAAAAAAAAAAA"),
        (2, "decimal", b"\x07\xcf", 19.99),
    ):
        kind = {
            "type": "fixed",
            "name": "F",
            "size": size,
            "logicalType": logical,
            "scale": 2,
            "precision": 4,
        }
        assert read(record(a=kind), data) == ("R", {"a": expected})


def test_a_union_of_records_says_which_it_was() -> None:
    schema = [record("shop.Order", id="int"), record("shop.User", order="shop.Order", name="string")]
    assert read(schema, b"\x00\x02") == ("shop.Order", {"id": 1})
    assert read(schema, b"\x02\x02\x02a") == ("shop.User", {"order": {"id": 1}, "name": "a"})


def test_names_that_the_specification_does_not_have_are_read() -> None:
    assert read(record("my-shop.Order", **{"unit price": "int"}), b"\x02") == (
        "my-shop.Order",
        {"unit price": 1},
    )


def test_names_of_other_schemas() -> None:
    compiled = compile_schema(
        json.dumps(record("a.Order", price="b.Money")),
        [
            json.dumps({"type": "fixed", "name": "b.Units", "size": 1}),
            json.dumps(record("b.Money", u="Units")),
        ],
    )
    assert compiled.read(BytesIO(b"7")) == ("a.Order", {"price": {"u": "7"}})


@pytest.mark.parametrize("end", range(len(written(TYPES, ROW))))
def test_what_is_cut_off_is_told(end: int) -> None:
    with pytest.raises(UnreadableError) as told:
        read(TYPES, written(TYPES, ROW)[:end])
    assert told.value.reason == reasons.AVRO_MALFORMED
