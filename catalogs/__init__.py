"""Out to the world: the inventory document in the forms that catalogues, contracts and people read.

An exporter takes an inventory (``pandian profile --json``, ``GET /v1/inventory``) and gives the text of one file; it
reads nothing else, sends nothing, and gives the same for the same. Values of personal fields do not get past
:mod:`catalogs.document`, so no exporter can show them.

Modules:
    base: the contract of exporters.
    registry: the formats by name.
    document: the document as typed, immutable views; what is masked has no values.
    checks: what can be expected of a field from now on, with bounds from measured intervals.
    paths: field paths, and fields as a tree.
    references: relations between fields of assets.
    words: descriptions for people.
    naming: names and identifiers that a format allows.
    csv_table, json_schema, odcs, great_expectations: a format each.
    datahub, openmetadata, html: formats of several modules.
"""
