"""Raw Kafka record values -> columns of values by field path, and rejects with a reason.

A batch of records goes in (:class:`~streams.decode.registry.BatchDecoder`), each record comes out in exactly
one row group or as one reject. A format is one module with a class that keeps the
:class:`~streams.decode.base.Decoder` protocol, listed in :func:`~streams.decode.registry.formats`; the
contract suite in ``tests/streams/decode`` runs against each.

Modules:
    base: the contract: ``Column``, ``RowGroup``, ``Reject``, ``Decoded``, ``Decoder``.
    registry: which format reads which record.
    json_objects, csv_lines: the formats; csv_rules: what makes a text a CSV line, or a header line.
    columns, limits, paths: rows of nested objects -> columns; what bounds them; how their paths are written.
    halves: many records at once, and one bad record costs only itself.
    reasons, quarantine: why a record was rejected, and the document that says so.
"""
