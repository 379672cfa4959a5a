"""Envelopes: rows that wrap the record proper. What they hold is the record, what they say besides is its lineage.

An envelope is one small class that keeps the :class:`~streams.decode.base.Envelope` protocol, listed in ``ENVELOPES``
in the order in which they are tried. ``matches`` must be exact: ordinary records have fields called ``type``,
``source``, ``op`` and ``event_name`` too. Facts become lineage and are shown: they hold nothing that could be about a
person, and no more than ``base.MAX_TEXT`` characters. The contract suite in ``tests/streams/decode/envelopes`` runs
against each.

Modules:
    base: what they share.
    debezium: changes of database rows; extended_json: MongoDB's documents.
    cloudevents: structured and binary mode; debezium_cloudevents: Debezium's changes within.
    segment: calls of its spec. ga4: the BigQuery export and the Measurement Protocol.
    kafka_connect: schema and payload, alone or around one of Debezium's; connect_types: what its schema tells.
"""

from __future__ import annotations

from typing import Final

from streams.decode.base import Envelope
from streams.decode.envelopes.cloudevents import BinaryEvents, StructuredEvents
from streams.decode.envelopes.debezium import ChangeEvents, Heartbeats, SchemaChanges, Transactions
from streams.decode.envelopes.debezium_cloudevents import DebeziumCloudEvents
from streams.decode.envelopes.ga4 import ExportedEvents, MeasurementBodies
from streams.decode.envelopes.kafka_connect import ConnectRows, Wrapped
from streams.decode.envelopes.segment import SegmentCalls

_DEBEZIUM: Final[tuple[Envelope, ...]] = (ChangeEvents(), SchemaChanges(), Transactions(), Heartbeats())

#: All envelopes, in the order in which they are tried: those that headers tell first, since only the record itself has
#: headers; the more special ones before what they are made of.
ENVELOPES: Final[tuple[Envelope, ...]] = (
    BinaryEvents(),
    DebeziumCloudEvents(),
    StructuredEvents(),
    *_DEBEZIUM,
    *map(Wrapped, _DEBEZIUM),
    ConnectRows(),
    SegmentCalls("userId"),
    SegmentCalls("anonymousId"),
    ExportedEvents(),
    MeasurementBodies(),
)
