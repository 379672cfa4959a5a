"""Schemas that records refer to by an id: where they come from, and the wire format that carries the id.

Modules:
    base: the contract: ``Schema``, ``Reference``, ``SchemaSource``.
    exceptions: why a schema cannot be had.
    wire: the id in front of a record, as Confluent's serializers write it.
    client: a schema registry's REST interface.
    registry: what it answered, kept; asked in the background. folder: schemas in files. protoc: ``.proto`` text.
    framed: the schemas of one language, in the form in which its reader needs them.
    several: one source after another. kept: a bounded memory.
    opening: the sources that the settings name.
"""
