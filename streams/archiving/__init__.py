"""Rows -> the Parquet files of the archive: typed, cleaned, and with nothing personal in them.

Modules:
    base: the plan by which the rows of an asset are written.
    planning: that plan from the asset's document in the inventory.
    assets: which asset of a topic a kind of record belongs to.
    cells: the values of a field in a group of rows.
    values: values cleaned, masked, and made the column's type.
    rows: decoded records -> tables by asset and day.
    segment: the tables of one segment -> files.
    state: how far a source partition is archived.

None of them knows Kafka: :mod:`streams.stages.archive` reads records and puts the files into the archive.
"""
