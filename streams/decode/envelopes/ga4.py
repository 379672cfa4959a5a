"""Google Analytics 4: rows of the BigQuery export, and bodies of the Measurement Protocol.

Parameters are arrays of keys and values there; here they are named fields: ``event_params.page_location``.
Specification:
https://support.google.com/analytics/answer/7029846 (BigQuery Export schema),
https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference (Measurement Protocol)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from streams.decode.base import Headers, Opened, Row
from streams.decode.envelopes.base import column, epoch_times, joined, objects, short, texts

#: Where a parameter's value is, by its type. An export fills one of them.
_VALUES: Final = ("string_value", "int_value", "double_value", "float_value")
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_MICROSECONDS: Final = 1000

#: All that a body of the Measurement Protocol may have.
_BODY: Final = frozenset(
    ("app_instance_id", "client_id", "consent", "device", "events", "ip_override", "non_personalized_ads")
) | {
    "timestamp_micros",
    "user_agent",
    "user_data",
    "user_id",
    "user_location",
    "user_properties",
    "validation_behavior",
}


class ExportedEvents:
    """``event_name``, ``event_timestamp``, ``event_params`` and the export's other columns, which stay as they are."""

    name = "ga4"
    needs = frozenset(("event_name", "event_timestamp", "event_params"))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row has an event's name, its microseconds and an array of parameters."""
        parameters = row.get("event_params")
        if type(parameters) is not list or type(row.get("event_name")) is not str:
            return False
        if epoch_times([row.get("event_timestamp")], _MICROSECONDS) == [None]:
            return False
        return all(map(_is_parameter, parameters)) if parameters else type(row.get("event_date")) is str

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        times = epoch_times(column(rows, "event_timestamp"), _MICROSECONDS)
        return Opened(list(map(_exported, rows)), ["events"] * len(rows), _facts(rows), times)


class MeasurementBodies:
    """``client_id`` (of an app ``app_instance_id``) and ``events``. One event becomes a row like the export's.

    Several events of one body stay an array (``events[].event_name``), of the kind ``event-batches``.
    """

    name = "ga4"
    needs = frozenset(("events",))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row has a client, named events and nothing that such a body has not."""
        events = row.get("events")
        if type(events) is not list or not events or not row.keys() <= _BODY:
            return False
        client = row.get("client_id", row.get("app_instance_id"))
        return type(client) is str and all(map(_is_event, events))

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        payloads = list(map(_body, rows))
        kinds = ["event-batches" if "events" in payload else "events" for payload in payloads]
        times = epoch_times(column(rows, "timestamp_micros"), _MICROSECONDS)
        return Opened(payloads, kinds, {}, times)


def _facts(rows: Sequence[Row]) -> dict[str, Sequence[str | None]]:
    """Return the platform with the number of the data stream, and of an app its package."""
    streams = [str(one) if type(one) is int else one for one in column(rows, "stream_id")]
    parts = list(zip(texts(column(rows, "platform")), texts(streams), strict=True))
    known = {part: short(joined(part, " ")) for part in set(parts)}
    apps = texts(column(objects(column(rows, "app_info")), "id"))
    return {"source": [known[part] for part in parts], "producer": apps}


def _is_parameter(one: Any) -> bool:
    return type(one) is dict and type(one.get("key")) is str and type(one.get("value")) is dict


def _is_event(one: Any) -> bool:
    return type(one) is dict and type(one.get("name")) is str and type(one.get("params", {})) is dict


def _exported(row: Row) -> Row:
    fields = {**row, "event_params": _object(row["event_params"])}
    if "user_properties" in row:
        fields["user_properties"] = _named(row["user_properties"])
    items = row.get("items")
    if type(items) is list:
        fields["items"] = [_item(item) if type(item) is dict else item for item in items]
    return fields


def _item(item: Row) -> Row:
    return {**item, "item_params": _named(item["item_params"])} if "item_params" in item else item


def _named(parameters: Any) -> Any:
    """Return an array of keys and values as an object; anything else as it is, of one key the last value."""
    if type(parameters) is not list or not all(map(_is_parameter, parameters)):
        return parameters
    return _object(parameters)


def _object(parameters: list[Row]) -> Row:
    return {one["key"]: _value(one["value"]) for one in parameters}


def _value(value: Row) -> Any:
    for name in _VALUES:
        found = value.get(name)
        if found is not None:
            # BigQuery writes 64-bit integers of JSON as texts.
            is_text = name == "int_value" and type(found) is str and _INTEGER.fullmatch(found)
            return int(found) if is_text else found
    return None


def _body(row: Row) -> Row:
    fields = dict(row)
    properties = row.get("user_properties")
    if type(properties) is dict:
        fields["user_properties"] = {name: _property(value) for name, value in properties.items()}
    events = [
        {"event_name": event["name"], "event_params": event.get("params", {})} for event in row["events"]
    ]
    if len(events) > 1:
        return {**fields, "events": events}
    del fields["events"]
    return {**fields, **events[0]}


def _property(value: Any) -> Any:
    return value["value"] if type(value) is dict and "value" in value else value
