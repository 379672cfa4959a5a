"""CloudEvents as the SDK of their makers writes them, in both modes; subjects and sources that hide people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.base import Opened
from streams.decode.envelopes.cloudevents import BinaryEvents, StructuredEvents
from tests.streams.decode.envelopes.samples.cloudevents import HEADERS, SPEC_EVENT, event

names = st.text(alphabet="abcdefghijklmnopqrstuvwxyz.", min_size=1, max_size=30).filter(
    lambda text: text.strip(".")
)
datas = st.dictionaries(
    st.text(max_size=8), st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.none(), max_size=4
)
times = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def attributes(kind: str, time: datetime) -> dict[str, Any]:
    return {"type": kind, "source": f"https://{kind}/orders", "id": "A-1", "time": time, "partitionkey": "k"}


def check(opened: Opened, kind: str, time: datetime, data: Any) -> None:
    assert opened.payloads == [data]
    assert list(opened.kinds) == [kind]
    assert opened.facts["producer"] == [kind]
    assert opened.times == [(time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)]


@given(names, times, datas)
def test_structured_mode_of_the_sdk(kind: str, time: datetime, data: dict[str, Any]) -> None:
    message = kafka.to_structured(CloudEvent(attributes(kind, time), data), JSONFormat())
    row = orjson.loads(message.value)
    assert StructuredEvents().matches(row, list(message.headers.items()))
    assert not BinaryEvents().matches(row, list(message.headers.items()))
    check(StructuredEvents().open([row], None), kind, time, data)


@given(names, times, datas)
def test_binary_mode_of_the_sdk(kind: str, time: datetime, data: dict[str, Any]) -> None:
    message = kafka.to_binary(CloudEvent(attributes(kind, time), data), JSONFormat())
    row, headers = orjson.loads(message.value), list(message.headers.items())
    assert BinaryEvents().matches(row, headers)
    check(BinaryEvents().open([row], [headers]), kind, time, data)


def test_binary_data_of_the_sdk() -> None:
    values = {
        "datacontenttype": "application/octet-stream",
        **attributes("a", datetime(2024, 1, 1, tzinfo=UTC)),
    }
    message = kafka.to_structured(CloudEvent(values, b"\x00\x01"), JSONFormat())
    assert StructuredEvents().open([orjson.loads(message.value)], None).payloads == [{"data_base64": "AAE="}]


def test_an_event_that_says_all_twice_is_structured() -> None:
    # "Implementations MAY include the same Kafka headers as defined for the binary mode."
    assert not BinaryEvents().matches(SPEC_EVENT, HEADERS)
    assert StructuredEvents().matches(SPEC_EVENT, HEADERS)


@pytest.mark.parametrize("missing", range(4))
def test_binary_mode_needs_every_required_attribute(missing: int) -> None:
    headers = [header for place, header in enumerate(HEADERS) if place != missing]
    assert not BinaryEvents().matches({"a": 1}, headers)
    assert not BinaryEvents().matches({"a": 1}, [*headers, (HEADERS[missing][0], None)])  # type: ignore[list-item]  # Kafka allows it
    assert BinaryEvents().matches({"a": 1}, [*headers, HEADERS[missing]])


@pytest.mark.parametrize(
    ("subject", "sort"),
    [
        ("orders/4711", "orders/*"),
        ("/orders/4711/lines/1", "orders/*"),
        ("users/anna", "users/*"),
        ("anna", "*"),
        ("anna@shop.example", "*"),
        ("4711/lines", "*"),
        ("orders/", "*"),
        ("mynewfile.jpg", "*"),
        ("", None),
        (None, None),
    ],
)
def test_of_a_subject_only_its_sort_is_kept(subject: str | None, sort: str | None) -> None:
    assert StructuredEvents().open([{**SPEC_EVENT, "subject": subject}], None).facts["subject"] == [sort]


@pytest.mark.parametrize(
    ("media", "is_json"),
    [
        ("application/json", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("application/cloudevents+json", True),
        ("text/json;x", True),
        ("application/jsonl", False),
        ("application/xml", False),
        ("json", False),
        ("", False),
    ],
)
def test_base64_is_opened_when_the_content_is_json(media: str, is_json: bool) -> None:
    row = event(data=None, data_base64="eyJhIjoxfQ==", datacontenttype=media)
    expected = {"a": 1} if is_json else {"data_base64": "eyJhIjoxfQ=="}
    assert StructuredEvents().open([row], None).payloads == [expected]


@pytest.mark.parametrize("encoded", ["eyJhIjox", "////", "é", "e", 5, ["a"], {}])
def test_base64_that_cannot_be_read_stays(encoded: Any) -> None:
    assert StructuredEvents().open([event(data=None, data_base64=encoded)], None).payloads == [
        {"data_base64": encoded}
    ]
