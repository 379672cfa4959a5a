"""Segment (and RudderStack, which writes the same): calls of its spec, with properties and traits as fields.

The payload is what a data team finds in the tables that Segment writes into a warehouse: the properties (of an
``identify`` or ``group`` call the traits) as fields of their own, beside the name of the event, the ids and the
context. The kind is the call: ``track``, ``identify`` and so on. Specification: https://segment.com/docs/connections/spec/
(common fields; track, identify, page, screen, group, alias),
https://segment.com/docs/connections/storage/warehouses/schema/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from streams.decode.base import Headers, Opened, Row
from streams.decode.envelopes.base import column, first_time, iso_times, joined, objects, short, texts

#: Each call with the object that it has fields of its own in.
_CALLS: Final = {
    "track": "properties",
    "page": "properties",
    "screen": "properties",
    "identify": "traits",
    "group": "traits",
    "alias": "traits",
}
#: What a call must have beside a user.
_MUST: Final = {"track": "event", "group": "groupId", "alias": "previousId"}
#: What only moved the call: where to, which way and when. ``writeKey`` is a credential.
_TRANSPORT: Final = frozenset(
    (
        "type",
        "channel",
        "integrations",
        "originalTimestamp",
        "projectId",
        "receivedAt",
        "request_ip",
        "sentAt",
    )
) | {"version", "writeKey", "_metadata"}
_TIMES: Final = ("timestamp", "originalTimestamp", "receivedAt", "sentAt")
#: Where calls come from, by the documentation of Segment and RudderStack.
_CHANNELS: Final = frozenset(("browser", "client", "http", "mobile", "server", "sources", "web"))
_NAMES: Final = frozenset((str, int))


class SegmentCalls:
    """One call a row. A property whose name a field of the call has too stays in ``properties`` (or ``traits``)."""

    name = "segment"
    needs = frozenset(("type",))

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row is a call of the spec: a type, a user, and what calls of that type have.

        Properties or traits are optional by the spec; without them a row must have a message's id and context.
        """
        call = row.get("type")
        if type(call) is not str or call not in _CALLS:
            return False
        if type(row.get("userId")) not in _NAMES and type(row.get("anonymousId")) not in _NAMES:
            return False
        must = _MUST.get(call)
        if must is not None and type(row.get(must)) not in _NAMES:
            return False
        own = row.get(_CALLS[call])
        if own is None:
            return call == "alias" or (type(row.get("messageId")) is str and type(row.get("context")) is dict)
        return type(own) is dict

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; see :meth:`streams.decode.base.Envelope.open`."""
        kinds = [kind or "" for kind in texts(column(rows, "type"))]
        payloads = [
            _payload(row, _CALLS.get(kind, "properties")) for row, kind in zip(rows, kinds, strict=True)
        ]
        contexts = objects(column(rows, "context"))
        facts = {
            "source": [one if one in _CHANNELS else None for one in texts(column(rows, "channel"))],
            "producer": _libraries(objects(column(contexts, "library"))),
        }
        times = first_time(*(iso_times(column(rows, name)) for name in _TIMES))
        return Opened(payloads, kinds, facts, times)


def _payload(call: Row, own: str) -> Row:
    inside: Any = call.get(own)
    fields = {name: value for name, value in call.items() if name not in _TRANSPORT and name != own}
    if type(inside) is not dict:
        return fields if inside is None else {**fields, own: inside}
    if fields.keys().isdisjoint(inside):
        return {**fields, **inside}
    clashing = {name: value for name, value in inside.items() if name in fields}
    free = {name: value for name, value in inside.items() if name not in fields}
    return {**fields, **free, own: clashing}


def _libraries(libraries: Sequence[Row]) -> list[str | None]:
    """Return what wrote each call: the library with its version."""
    parts = list(zip(texts(column(libraries, "name")), texts(column(libraries, "version")), strict=True))
    known = {part: short(joined(part, " ")) for part in set(parts)}
    return [known[part] for part in parts]
