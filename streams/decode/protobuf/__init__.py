"""Protobuf: records of message types that a descriptor set or a schema registry describes. google.protobuf reads them.

Modules:
    descriptors: descriptor sets and registered schemas -> message types.
    naming: which message type a record is, as its headers or the index in front of it say.
    rows: messages -> rows. well_known: Google's own types, as JSON has them.
    fitting: which type fits a record best. reader: the reader. opening: the types that the settings name.
"""
