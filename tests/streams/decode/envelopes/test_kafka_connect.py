"""Kafka Connect's schemas: what they tell of values, whatever stands in them."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.envelopes.connect_types import converted
from tests.streams.decode.envelopes.samples.kafka_connect import PAID, PAID_PLAIN, VALUE, struct

DECIMAL = "org.apache.kafka.connect.data.Decimal"


def decimal_field(scale: Any, name: str = "d") -> dict[str, Any]:
    return {"type": "bytes", "name": DECIMAL, "parameters": {"scale": scale}, "field": name}


def encoded(digits: int) -> str:
    """As ``BigInteger.toByteArray`` in Base64."""
    return base64.b64encode(digits.to_bytes(digits.bit_length() // 8 + 1, signed=True)).decode()


@given(st.integers(-(10**40), 10**40), st.integers(-10, 40))
def test_decimals_are_those_that_were_written(digits: int, scale: int) -> None:
    [row] = converted([{"d": encoded(digits)}], [struct("x", decimal_field(str(scale)))])
    written = Decimal(digits).scaleb(-scale, Context(prec=100))
    is_int = scale <= 0 and -(2**63) <= written < 2**63
    assert repr(row["d"]) == repr(int(written) if is_int else float(written))


@given(st.integers(-700_000, 2_900_000))
def test_days_are_those_that_were_written(days: int) -> None:
    [row] = converted(
        [{"d": days}],
        [struct("x", {"type": "int32", "name": "org.apache.kafka.connect.data.Date", "field": "d"})],
    )
    assert row["d"] == (date(1970, 1, 1) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("value", [None, 5, "", "not base64", "é", [1], {"a": 1}, "A" * 1000])
def test_what_is_no_decimal_stays(value: Any) -> None:
    assert converted([{"d": value}], [struct("x", decimal_field("2"))]) == [
        {"d": 0.0 if value == "" else value}
    ]


@pytest.mark.parametrize("scale", [None, 2, "", "x", "99999", "--1", "9999", {"a": 1}])
def test_a_decimal_without_a_scale_stays(scale: Any) -> None:
    assert converted([{"d": "MDk="}], [struct("x", decimal_field(scale))]) == [{"d": "MDk="}]


def test_values_within_structs_and_other_payloads_beside() -> None:
    line = struct("line", decimal_field("2", "price"), field="line")
    schema = struct("order", line, decimal_field("0", "count"), {"field": 5}, "odd", {"type": "int32"})
    payloads: list[Any] = [
        {"line": {"price": "MDk=", "sku": "a"}, "count": "BQ=="},
        {"line": None, "count": None},
        {"line": [1]},
        {},
        None,
        "text",
    ]
    before = orjson.dumps(payloads)
    assert converted(payloads, [schema] * len(payloads)) == [
        {"line": {"price": 123.45, "sku": "a"}, "count": 5},
        *payloads[1:],
    ]
    assert orjson.dumps(payloads) == before


def test_schemas_that_change_from_row_to_row() -> None:
    schemas = [VALUE, {}, dict(VALUE), struct("x"), VALUE]
    assert converted([PAID] * 5, schemas) == [PAID_PLAIN, PAID, PAID_PLAIN, PAID, PAID_PLAIN]


def test_equal_schemas_as_deep_as_the_parser_goes() -> None:
    deep = b'{"fields":[' * 500 + b"]}" * 500
    assert converted([PAID] * 3, [orjson.loads(deep), orjson.loads(deep), VALUE]) == [PAID, PAID, PAID_PLAIN]


def test_schemas_of_many_fields_are_bounded() -> None:
    schema = struct("x", *(decimal_field("0", f"k{number}") for number in range(5_000)))
    [row] = converted([{f"k{number}": "BQ==" for number in range(5_000)}], [schema])
    assert list(row.values()).count(5) == 1_000
