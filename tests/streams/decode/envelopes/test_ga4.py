"""What is special about Google Analytics 4: parameters become named fields."""

from __future__ import annotations

from typing import Any

import pytest

from streams.decode.envelopes.ga4 import ExportedEvents, MeasurementBodies
from tests.streams.decode.envelopes.samples.ga4 import BODY, EXPORTED

EXPORT = ExportedEvents()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"string_value": "a"}, "a"),
        ({"string_value": "5"}, "5"),
        ({"string_value": ""}, ""),
        ({"int_value": 5}, 5),
        ({"int_value": "-5"}, -5),
        ({"int_value": "5.0"}, "5.0"),
        ({"int_value": 0, "double_value": 1.5}, 0),
        ({"float_value": 0.5}, 0.5),
        ({"string_value": None, "double_value": 0.0}, 0.0),
        ({}, None),
        ({"other": 1}, None),
    ],
)
def test_values_of_parameters(value: dict[str, Any], expected: Any) -> None:
    [payload] = EXPORT.open([{**EXPORTED, "event_params": [{"key": "k", "value": value}]}], None).payloads
    assert repr(payload["event_params"]) == repr({"k": expected})


def test_of_a_parameter_that_is_there_twice_the_last_counts() -> None:
    twice = [{"key": "k", "value": {"int_value": number}} for number in (1, 2)]
    assert EXPORT.open([{**EXPORTED, "event_params": twice}], None).payloads[0]["event_params"] == {"k": 2}


def test_what_are_no_parameters_stays_as_it_is() -> None:
    odd = [{"key": "k", "value": {}}, {"key": 5, "value": {}}]
    row = {**EXPORTED, "user_properties": odd, "items": [5, {"item_params": "x"}]}
    assert EXPORT.matches(row, ()) and not EXPORT.matches({**row, "event_params": odd}, ())
    [payload] = EXPORT.open([row], None).payloads
    assert payload["user_properties"] == odd
    assert payload["items"] == [5, {"item_params": "x"}]


def test_events_of_one_body_become_rows_only_when_there_is_one() -> None:
    bodies = MeasurementBodies()
    several = {**BODY, "events": [*BODY["events"], {"name": "login"}]}
    opened = bodies.open([BODY, several], None)
    assert list(opened.kinds) == ["events", "event-batches"]
    assert opened.payloads[0]["event_name"] == "purchase" and "events" not in opened.payloads[0]
    assert [one["event_name"] for one in opened.payloads[1]["events"]] == ["purchase", "login"]
