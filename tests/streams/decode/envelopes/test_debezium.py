"""What is special about Debezium: documents as text, whole tables, decimals that only the schema can read."""

from __future__ import annotations

import orjson
import pytest

from streams.decode.envelopes.debezium import ChangeEvents
from streams.decode.envelopes.extended_json import document
from streams.decode.envelopes.kafka_connect import Wrapped
from tests.streams.decode.envelopes.samples.debezium import ANNE, MONGO, MYSQL, POSTGRES, change
from tests.streams.decode.envelopes.samples.kafka_connect import ENVELOPE_SCHEMA, PAID, PAID_PLAIN

CHANGES = ChangeEvents()


def test_decimals_and_days_of_a_wrapped_change_are_read_by_its_schema() -> None:
    rows = [
        {"schema": ENVELOPE_SCHEMA, "payload": change("u", PAID, PAID, MYSQL)},
        {"schema": ENVELOPE_SCHEMA, "payload": change("d", PAID, None, MYSQL)},
        {"schema": None, "payload": change("c", None, PAID, MYSQL)},
    ]
    wrapped = Wrapped(CHANGES)
    assert all(wrapped.matches(row, ()) for row in rows)
    assert wrapped.open(rows, None).payloads == [PAID_PLAIN, PAID_PLAIN, PAID]


def test_a_document_with_its_state_before_is_taken_as_it_became() -> None:
    row = change("u", '{"a":1}', None, MONGO, updateDescription={"updatedFields": '{"a":2}'})
    assert CHANGES.open([row], None).payloads == [{"a": 2}]
    assert CHANGES.open([change("d", '{"a":1}', None, MONGO)], None).payloads == [{"a": 1}]
    assert CHANGES.open([change("u", {"a": 1}, '{"a":2}', MONGO)], None).payloads == [{"a": 2}]


@pytest.mark.parametrize("patch", ['{"$set":1}', '{"$set":null}', '{"$set":[{"a":1}]}', "{", "[]", ""])
def test_a_patch_that_sets_nothing_is_an_empty_row(patch: str) -> None:
    assert CHANGES.open([{"op": "u", "source": MONGO, "patch": patch}], None).payloads == [{}]


def test_a_document_that_is_none_stays_a_text() -> None:
    rows = [change("c", None, text, MONGO) for text in ("{", "[1]", "", '"x"')]
    assert CHANGES.open(rows, None).payloads == [
        {"after": "{"},
        {"after": "[1]"},
        {"after": ""},
        {"after": '"x"'},
    ]


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        (
            {"connector": "sqlserver", "db": "shop", "schema": "dbo", "table": "o"},
            "dbo.o",
            "sqlserver shop.dbo.o",
        ),
        (
            {"connector": "oracle", "name": "s", "db": "X", "schema": "INV", "table": "O"},
            "INV.O",
            "oracle s X.INV.O",
        ),
        ({"connector": "sqlite", "name": "s", "table": "o"}, "o", "sqlite s o"),
        ({"connector": "mysql", "name": "s", "db": "shop", "table": None}, "", "mysql s shop"),
        ({"connector": "mysql", "name": 5, "db": ["shop"], "table": {"a": 1}}, "", "mysql"),
    ],
)
def test_kind_and_source(source: dict[str, object], kind: str, said: str) -> None:
    opened = CHANGES.open([change("c", None, ANNE, source)], None)
    assert (list(opened.kinds), opened.facts["source"], opened.facts["producer"]) == ([kind], [said], [None])


def test_the_time_of_the_change_counts_then_that_of_the_event() -> None:
    sources = [POSTGRES, {**POSTGRES, "ts_ms": None}, {**POSTGRES, "ts_ms": 0}, {**POSTGRES, "ts_ms": "x"}]
    rows = [change("c", None, ANNE, source) for source in sources]
    assert CHANGES.open(rows, None).times == [POSTGRES["ts_ms"], *[1559033904900] * 3]


def test_extended_json() -> None:
    text = (
        '{"_id":{"$oid":"596e275826f08b2730779e1f"},"n":{"$numberInt":"-5"},"l":{"$numberLong":"9223372036854775807"},'
        '"d":{"$numberDouble":"1.5"},"nan":{"$numberDouble":"NaN"},"dec":{"$numberDecimal":"10.99"},'
        '"at":{"$date":{"$numberLong":"1559033904863"}},"iso":{"$date":"2019-05-28T08:58:24Z"},"ms":{"$date":1559033904863},'
        '"bin":{"$binary":"a2Fma2E=","$type":"00"},"list":[{"$numberLong":"1"},{"x":{"$numberLong":"2"}}],'
        '"big":{"$numberLong":"9999999999999999999"},"odd":{"$numberLong":[1]},"other":{"$unknown":1},"sum":{"$sum":"$a"}}'
    )
    assert document(text) == {
        "_id": "596e275826f08b2730779e1f", "n": -5, "l": 2**63 - 1, "d": 1.5, "nan": None, "dec": 10.99,
        "at": 1559033904863, "iso": "2019-05-28T08:58:24Z", "ms": 1559033904863,
        "bin": {"$binary": "a2Fma2E=", "$type": "00"}, "list": [1, {"x": 2}],
        "big": "9999999999999999999", "odd": [1], "other": {"$unknown": 1}, "sum": {"$sum": "$a"},
    }  # fmt: skip
    assert [document(value) for value in ("[1]", "null", "{", "", None, 5, {"a": 1})] == [None] * 7


def test_decimals_of_documents_are_numbers_where_they_can_be() -> None:
    written = ("12", "12.50", "1E+6000", "1E-6176", "NaN", "sNaN", "-Infinity", "x", "1" * 100, "")
    found = document(orjson.dumps({text: {"$numberDecimal": text} for text in written}).decode())
    assert found is not None
    assert list(map(repr, found.values())) == [
        "12", "12.5", "'Infinity'", "0.0", "None", "None", "'-Infinity'", "'x'", repr("1" * 100), "''",
    ]  # fmt: skip


def test_deep_documents_are_simplified_as_deep_as_columns_go() -> None:
    found = document('{"a":' * 500 + '{"$numberLong":"1"}' + "}" * 500)
    for _ in range(500):
        assert found is not None
        found = found["a"]
    assert found == {"$numberLong": "1"}
