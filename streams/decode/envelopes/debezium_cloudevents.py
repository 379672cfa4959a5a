"""Debezium's changes as CloudEvents: ``iodebezium…`` attributes hold what ``source`` and ``op`` do elsewhere.

Specification: https://debezium.io/documentation/reference/stable/integrations/cloudevents.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from streams.decode.base import Headers, Opened, Row
from streams.decode.envelopes.cloudevents import StructuredEvents
from streams.decode.envelopes.debezium import ChangeEvents

_PREFIX: Final = "iodebezium"
#: Attributes that are not called as in ``source``.
_SPELLED: Final = {"tsms": "ts_ms"}


class DebeziumCloudEvents:
    """Events whose ``data`` has the row before and after a change, with or without Kafka Connect's schema."""

    name = "cloudevents+debezium"
    needs = StructuredEvents.needs | {"data", "iodebeziumop"}

    def __init__(self) -> None:
        self._outer = StructuredEvents()
        self._changes = ChangeEvents()

    def matches(self, row: Row, headers: Headers) -> bool:
        """Tell whether the row is a CloudEvent of which the parts make a change of Debezium's."""
        return (
            "iodebeziumop" in row
            and self._outer.matches(row, headers)
            and self._changes.matches(_change(row), ())
        )

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        changes = self._changes.open([_change(row) for row in rows], None)
        outer = self._outer.open(rows, headers)
        times = [inner or time for inner, time in zip(changes.times, outer.times, strict=True)]
        return Opened(changes.payloads, changes.kinds, changes.facts, times)


def _change(event: Row) -> Row:
    data: Any = event.get("data")
    if type(data) is dict and data.keys() == {"schema", "payload"}:
        data = data["payload"]
    source = {
        _SPELLED.get(name := key.removeprefix(_PREFIX), name): value
        for key, value in event.items()
        if key.startswith(_PREFIX)
    }
    return {**(data if type(data) is dict else {}), "source": source, "op": event.get("iodebeziumop")}
