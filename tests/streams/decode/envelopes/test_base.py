"""Texts, addresses and times of envelopes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decode.envelopes.base import MAX_TEXT, address, epoch_times, first_times, iso_times, texts


def test_texts_are_lines_of_bounded_length() -> None:
    given = [
        "a",
        " a\n\tb ",
        "",
        "  ",
        None,
        5,
        ["a"],
        {"a": 1},
        True,
        "x" * 1000,
        "\x00",
        "a\u202eb",
        "\b\r0",
    ]
    lines = ["a", "a b", None, None, None, None, None, None, None, "x" * MAX_TEXT, None, "ab", "0"]
    assert texts(given) == lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The examples of the CloudEvents specification for source.
        ("https://github.com/cloudevents", "https://github.com/cloudevents"),
        ("mailto:cncf-wg-serverless@lists.cncf.io", "mailto:*"),
        ("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "urn:uuid:*"),
        ("/cloudevents/spec/pull/123", "/cloudevents/spec/pull/*"),
        ("/sensors/tn-1234567/alerts", "/sensors/*/alerts"),
        ("1-555-123-4567", "*"),
        # Where people can be in an address.
        ("https://anna:secret@shop.example:8443/cart", "https://shop.example:8443/cart"),
        ("https://shop.example/find?q=anna#anna", "https://shop.example/find"),
        ("/users/anna/cart", "/users/*/cart"),
        ("crm:Customer:anna", "crm:Customer:*"),
        ("anna@shop.example", "*"),
        ("/v1/orders_s3", "/v1/orders_s3"),
        ("/张伟", "/*"),
        ("", None),
        ("?", None),
    ],
)
def test_addresses_lead_to_places_not_to_people(text: str, expected: str | None) -> None:
    assert address(text) == expected


@given(st.text() | st.text(alphabet="/:@?#a1*."))
def test_an_address_of_an_address_is_itself(text: str) -> None:
    once = address(text)
    assert once is None or len(once) <= MAX_TEXT
    assert once is None or address(once) == once


def test_epoch_times() -> None:
    assert epoch_times(
        [1559033904863, "1559033904863", 0, -1, 2**63, 1.5, True, None, "x", "1" * 30, "٣"]
    ) == ([1559033904863] * 2 + [None] * 9)
    assert epoch_times([1612069510766593, "1612069510766593"], unit=1000) == [1612069510766] * 2


def test_iso_times() -> None:
    assert (
        iso_times(["2018-04-05T17:31:00Z", "2018-04-05t17:31:00z", "2018-04-05T19:31:00.000+02:00"])
        == [1522949460000] * 3
    )
    assert iso_times(["2018-04-05T17:31:00.1234567Z", "2018-04-05"]) == [1522949460123, 1522886400000]
    assert (
        iso_times(["1969-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
        == [None] * 3
    )
    assert iso_times(["", "soon", "x" * 100_000, 5, None, ["2018-04-05"]]) == [None] * 6


@given(st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1)), st.integers(-1439, 1439))
def test_iso_times_are_those_of_the_clock(clock: datetime, minutes: int) -> None:
    aware = clock.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert iso_times([aware.isoformat()]) == [
        (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) or None
    ]


def test_the_first_time_that_is_known() -> None:
    assert first_times(iter([[1, None, None], [2, 3, None]])) == [1, 3, None]
    rest = iter([[1, 2], [3, 4]])
    assert first_times(rest) == [1, 2]
    assert next(rest) == [3, 4]
