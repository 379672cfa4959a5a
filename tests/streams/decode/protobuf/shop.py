"""Message types of a shop, compiled by protoc, and messages of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf.message_factory import GetMessageClass

from streams.decode.protobuf.descriptors import MessageTypes, types_of_set
from streams.decode.schemas.protoc import compile_proto

PROTO = """
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";

enum State { NEW = 0; DONE = 1; }
message User { string id = 1; string name = 2; }
message Line { string sku = 1; int32 quantity = 2; double price = 3; Line part = 4; }
message Order {
  message Note { string text = 1; message Inner { int32 a = 1; } }
  string id = 1;
  int64 user = 2;
  google.protobuf.Timestamp at = 3;
  State state = 4;
  repeated Line lines = 5;
  map<int32, string> tags = 6;
  bytes raw = 7;
  float discount = 8;
  optional int32 rank = 9;
  google.protobuf.Struct extra = 10;
  google.protobuf.Int64Value wrapped = 11;
  uint64 big = 12;
  repeated State states = 13;
  string ListFields = 14;
  oneof paid { string card = 15; bool cash = 16; }
  google.protobuf.Duration took = 17;
  map<string, Line> by_name = 18;
  Note note = 19;
  double rate = 20;
  google.protobuf.Any any = 21;
}
message Wide { repeated Cell cells = 1; }
message Cell { CELL }
""".replace("CELL", " ".join(f"int64 c{n} = {n};" for n in range(1, 301)))


@cache
def descriptor_set() -> bytes:
    return compile_proto(PROTO, [])


@cache
def types() -> MessageTypes:
    return types_of_set(descriptor_set())


def message(name: str, /, **fields: Any) -> Any:
    found = types().by_name(name)
    assert found is not None
    return GetMessageClass(found)(**fields)


def order(number: int = 1) -> Any:
    made = message("shop.Order", id=f"o{number}", user=2**40 + number, state=1, raw=b"\x00\x01", discount=0.1)
    made.at.seconds = 1_700_000_000
    made.lines.add(sku="a", quantity=number, price=2.5).part.sku = "z"
    made.tags[5] = "x"
    return made


def wire(made: Any) -> bytes:
    data: bytes = made.SerializeToString(deterministic=True)
    return data
