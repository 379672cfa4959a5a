"""Rows in envelopes, shaped as the specifications and tutorials of their makers show them.

A new envelope gets a module here and a :class:`Case` in ``CASES``; the contract suite then runs against it.
"""

from __future__ import annotations

from streams.decode.base import Row
from streams.decode.envelopes import ENVELOPES
from tests.streams.decode.envelopes.samples import cloudevents, debezium, ga4, kafka_connect, segment
from tests.streams.decode.envelopes.samples.kinds import Case, Sample

__all__ = ["CASES", "ORDINARY", "Case", "Sample"]

_BINARY, _DEBEZIUM_EVENTS, _STRUCTURED, *_REST = ENVELOPES
_OF_DEBEZIUM, _WRAPPED, (_CONNECT, _SEGMENT, _ANONYMOUS, _EXPORT, _BODIES) = _REST[:4], _REST[4:8], _REST[8:]

CASES = (
    Case("cloudevents-binary", _BINARY, cloudevents.BINARY, ()),
    Case("cloudevents-debezium", _DEBEZIUM_EVENTS, cloudevents.DEBEZIUM, cloudevents.NOT_DEBEZIUM),
    Case("cloudevents", _STRUCTURED, cloudevents.STRUCTURED, cloudevents.NOT_EVENTS),
    *(
        Case(f"debezium-{name}", envelope, samples, near_misses)
        for envelope, (name, samples, near_misses) in zip(_OF_DEBEZIUM, debezium.ALL, strict=True)
    ),
    *(
        Case(
            f"wrapped-{name}",
            envelope,
            (
                *kafka_connect.wrapped(samples, None),
                *kafka_connect.wrapped(samples, kafka_connect.PLAIN_SCHEMA),
            ),
            (
                *({"schema": None, "payload": miss} for miss in near_misses),
                {"payload": samples[0].row, "topic": "t"},
            ),
        )
        for envelope, (name, samples, near_misses) in zip(_WRAPPED, debezium.ALL, strict=True)
    ),
    Case("kafka-connect", _CONNECT, kafka_connect.ROWS, kafka_connect.NOT_ROWS),
    Case("segment", _SEGMENT, segment.CALLS, segment.NOT_CALLS),
    Case("segment-anonymous", _ANONYMOUS, segment.ANONYMOUS, segment.NOT_CALLS),
    Case("ga4-export", _EXPORT, ga4.EXPORTS, ga4.NOT_EXPORTS),
    Case("ga4-measurement", _BODIES, ga4.BODIES, ga4.NOT_BODIES),
)

#: Records of shops that no envelope is around.
ORDINARY: tuple[Row, ...] = (
    {},
    {"user_id": 1, "item_id": 2, "event_type": "view", "timestamp": 1700000000},
    {
        "event": "add_to_cart",
        "userId": "u1",
        "type": "behaviour",
        "source": "app",
        "context": {"page": "home"},
    },
    {"event_name": "purchase", "event_timestamp": 1700000000000000, "source": "google", "user_id": "u1"},
    {"id": "o-1", "type": "order", "source": "web", "data": {"amount": 5}, "subject": "order"},
    {"op": "c", "ts_ms": 1700000000000, "source": "pos", "after": 5, "before": 6},
    {"schema": "shop", "payload": "x", "status": "BEGIN", "id": "1"},
    {"type": "page", "event": "view", "properties": None, "traits": None},
    {"events": [{"name": "a", "params": {}}], "session": "s"},
    {"op": None, "source": None, "payload": None, "type": None, "events": None, "specversion": None},
    {"before": None, "after": None, "source": None, "op": None, "ts_ms": None},
)
