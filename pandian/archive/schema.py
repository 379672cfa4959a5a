"""Files of one asset differ as the asset changes: one schema for all of them, and rows cast to it."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc


def unified(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """Return one schema: the fields of all by their first appearance, with types that hold the values of all."""
    found: dict[str, pa.DataType] = {}
    for schema in schemas:
        for field in schema:
            before = found.get(field.name)
            found[field.name] = field.type if before is None else wider(before, field.type)
    return pa.schema(list(found.items()))


def wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return the type that values of both become: one of them, double of numbers, else text."""
    if one.equals(other) or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if pa.types.is_list(one) and pa.types.is_list(other):
        return pa.list_(wider(one.value_type, other.value_type))
    if {one, other} == {pa.int64(), pa.float64()}:
        return pa.float64()
    return pa.string()


def cast(table: pa.Table, schema: pa.Schema, rows: int) -> pa.Table:
    """Return a table with exactly the columns of a schema that :func:`unified` made; what is missing is null.

    Args:
        table: of one of the files.
        schema: of all of them.
        rows: of the table, which may have no columns.
    """
    here = set(table.schema.names)
    columns = [
        _cast(table.column(field.name), field.type)
        if field.name in here
        else pa.nulls(rows, field.type)
        for field in schema
    ]  # fmt: skip
    if not columns:
        return table
    return pa.Table.from_arrays(columns, schema=schema)


def _cast(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    if column.type.equals(wanted):
        return column
    if pa.types.is_list(wanted) or not (pa.types.is_list(column.type) or pa.types.is_map(column.type)):
        # Whole numbers beyond 2**53 become the nearest double, as they do wherever both come together.
        return pc.cast(column, wanted, safe=False)
    return pa.chunked_array([pa.array(_texts(column), wanted)])


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return [None if value is None else str(value) for value in column.to_pylist()]
