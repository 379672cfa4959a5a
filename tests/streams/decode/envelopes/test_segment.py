"""What is special about Segment: properties as fields, what clashes, and what never leaves."""

from __future__ import annotations

from streams.decode.envelopes.segment import SegmentCalls
from tests.streams.decode.envelopes.samples.segment import CALL, KEPT

SEGMENT = SegmentCalls("userId")


def test_a_credential_and_the_way_of_a_call_are_no_fields() -> None:
    row = {
        **CALL,
        "type": "track",
        "event": "e",
        "properties": {"a": 1},
        "projectId": "p",
        "_metadata": {"bundled": []},
    }
    opened = SEGMENT.open([row], None)
    assert opened.payloads == [{**KEPT, "event": "e", "a": 1}]
    assert "g0r1ll4" not in repr(opened)


def test_fields_of_the_call_come_before_properties_of_the_same_name() -> None:
    row = {**CALL, "type": "page", "name": "Home", "properties": {"name": "Start", "userId": 5, "url": "u"}}
    [payload] = SEGMENT.open([row], None).payloads
    assert payload == {**KEPT, "name": "Home", "url": "u", "properties": {"name": "Start", "userId": 5}}
    row["properties"] = {"name": "Start", "properties": {"a": 1}}
    [payload] = SEGMENT.open([row], None).payloads
    assert payload == {**KEPT, "name": "Home", "properties": {"name": "Start", "properties": {"a": 1}}}


def test_properties_that_are_no_object_stay_under_their_name() -> None:
    row = {**CALL, "type": "alias", "previousId": "p", "traits": {"a": 1}}
    assert SEGMENT.open([row], None).payloads == [{**KEPT, "previousId": "p", "a": 1}]
    row = {**CALL, "type": "alias", "previousId": "p", "properties": [1]}
    assert SEGMENT.open([row], None).payloads == [{**KEPT, "previousId": "p", "properties": [1]}]


def test_the_time_is_the_first_that_can_be_read() -> None:
    names = ("timestamp", "originalTimestamp", "receivedAt", "sentAt")
    rows = []
    for place in range(len(names)):
        times = {
            name: f"2024-01-0{at + 1}T00:00:00Z" if at >= place else "?" for at, name in enumerate(names)
        }
        rows.append({"type": "page", "userId": "u", "properties": {}, **times})
    assert SEGMENT.open(rows, None).times == [1704067200000 + day * 86_400_000 for day in range(4)]


def test_a_channel_that_nobody_documents_is_no_fact() -> None:
    row = {**CALL, "type": "page", "properties": {}, "channel": "Anna Schmidt"}
    assert SEGMENT.open([row], None).facts["source"] == [None]
