"""Segment (and RudderStack, which writes the same): calls of its spec, with properties and traits as fields.

The payload is what a data team finds in the tables that Segment writes into a warehouse: the properties (of an
``identify`` or ``group`` call the traits) as fields of their own, beside the name of the event, the ids and the
context. The kind is the call: ``track``, ``identify`` and so on. Specification: https://segment.com/docs/connections/spec/
(common fields; track, identify, page, screen, group, alias),
https://segment.com/docs/connections/storage/warehouses/schema/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.decode.base import Headers, Opened, Row
from streams.decode.envelopes.base import column, first_times, iso_times, joined, objects, short, texts

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
    """One call a row. A property whose name a field of the call has too stays in ``properties`` (or ``traits``).

    Args:
        user: the field that says whose call it is: ``userId`` or ``anonymousId``. A call can have both.
    """

    name = "segment"

    def __init__(self, user: str) -> None:
        self.needs = frozenset(("type", user))
        self._user = user

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row is a call of the spec: a type, a user, and what calls of that type have.

        Properties or traits are optional by the spec; without them a row must have a message's id and context.
        """
        call = row.get("type")
        if type(call) is not str or call not in _CALLS or type(row.get(self._user)) not in _NAMES:
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
        contexts = objects(column(rows, "context"))
        facts = {
            "source": [one if one in _CHANNELS else None for one in texts(column(rows, "channel"))],
            "producer": _libraries(objects(column(contexts, "library"))),
        }
        times = first_times(iso_times(column(rows, name)) for name in _TIMES)
        return Opened(_payloads(rows), column(rows, "type"), facts, times)


def _payloads(rows: Sequence[Row]) -> list[Row]:
    """Return the calls without what moved them; what is kept is found once for calls of the same names."""
    kept: dict[tuple[str, ...], list[str]] = {}
    found = []
    for call in rows:
        own = _CALLS[call["type"]]
        names = (own, *call)
        keep = kept.get(names)
        if keep is None:
            keep = kept[names] = [name for name in call if name not in _TRANSPORT and name != own]
        found.append(_lifted({name: call[name] for name in keep}, own, call.get(own)))
    return found


def _lifted(fields: Row, own: str, inside: Row | None) -> Row:
    if not inside:
        return fields
    if fields.keys().isdisjoint(inside):
        return {**fields, **inside}
    clashing = {name: value for name, value in inside.items() if name in fields or name == own}
    return {**inside, **fields, own: clashing}


def _libraries(libraries: Sequence[Row]) -> list[str | None]:
    """Return what wrote each call: the library with its version."""
    parts = list(zip(texts(column(libraries, "name")), texts(column(libraries, "version")), strict=True))
    known = {part: short(joined(part, " ")) for part in set(parts)}
    return [known[part] for part in parts]
