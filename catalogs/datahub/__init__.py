"""DataHub: metadata change proposals, one an aspect.

Only aspects that ingestion owns are written, never those in which people edit (``editable…``), so that an export
does not undo anybody's words.

Modules:
    urns: names of things in DataHub.
    types: field types.
    aspects: what an asset is: properties, schema, tags and terms.
    profile: what was measured of it at a time.
    assertions: what is expected of it.
    exporters: the file that ``datahub ingest`` reads, and the body of the REST emitter's request.
"""
