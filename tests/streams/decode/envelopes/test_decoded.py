"""Envelopes within the decoder: bytes in, columns and lineage out, envelopes mixed with ordinary records."""

from __future__ import annotations

import orjson

from streams.decode.base import RowGroup
from streams.decode.envelopes import ENVELOPES
from streams.decode.grouping import RowDecoder
from streams.decode.json_objects import JsonReader
from streams.decode.kinds import Kinds
from streams.decode.limits import Limits
from tests.streams.decode.envelopes.samples import CASES, ORDINARY
from tests.streams.decode.envelopes.samples.cloudevents import HEADERS
from tests.streams.decode.envelopes.samples.debezium import ANNE, CHANGES
from tests.streams.decode.envelopes.samples.kafka_connect import wrapped
from tests.streams.decode.envelopes.samples.segment import CALLS

DECODER = RowDecoder(JsonReader(), ENVELOPES, Limits())


def decoded(rows: list[object], kinds: Kinds | None = None) -> list[RowGroup]:
    found = DECODER.decode(list(map(orjson.dumps, rows)), range(len(rows)), None, kinds)
    assert found.rejects == []
    return found.groups


def test_every_sample_among_ordinary_records_gets_its_envelope() -> None:
    chosen = [(case, sample) for case in CASES if case.envelope.needs for sample in case.samples]
    rows = [row for _, sample in chosen for row in (sample.row, *ORDINARY)]
    groups = decoded(rows)
    names = dict.fromkeys(range(len(rows)), "?")
    for group in groups:
        names.update(dict.fromkeys(group.indexes, group.envelope))
    step = 1 + len(ORDINARY)
    assert [names[place] for place in range(0, len(rows), step)] == [case.envelope.name for case, _ in chosen]
    assert {names[place] for place in range(len(rows)) if place % step} == {""}


def test_the_payload_becomes_the_columns_and_the_rest_lineage() -> None:
    [group] = decoded([one.row for one in wrapped(CHANGES[:3], None)])
    assert {column.path: column.values for column in group.columns} == {
        name: [value] * 3 for name, value in ANNE.items()
    }
    assert group.facts["operation"] == ["c", "u", "d"]
    assert group.times == [1559033904863] * 3


def test_calls_of_segment_are_kinds_of_their_own() -> None:
    groups = decoded([one.row for one in CALLS], Kinds())
    assert {group.kind.partition(":")[2] for group in groups} == {one.kind for one in CALLS}
    assert sum(group.records for group in groups) == len(CALLS)


def test_binary_mode_takes_its_facts_from_headers() -> None:
    values = [b'{"order_id":1}', b'{"order_id":2}', b'{"order_id":3}']
    groups = DECODER.decode(values, range(3), [HEADERS, (), HEADERS]).groups
    by_envelope = {group.envelope: group for group in groups}
    assert set(by_envelope) == {"cloudevents", ""}
    assert by_envelope["cloudevents"].indexes == [0, 2]
    assert by_envelope["cloudevents"].facts["source"] == ["/mycontext/subcontext"] * 2
