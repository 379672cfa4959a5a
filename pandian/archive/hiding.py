"""Takes columns out of files that are in the archive: what they hold turned out to be personal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pandian.archive.layout import MISFITS, ArchiveFile
from pandian.archive.store import ArchiveStore

#: What a column's texts become; None: the column goes.
Replacement = Callable[[str], str] | None


def hide(store: ArchiveStore, asset: str, partition: int, columns: Mapping[str, Replacement]) -> int:
    """Rewrite the files of an asset that came of one partition number without these columns; return how many.

    A file is replaced as a whole, under its name; one that has none of the columns stays. Doing it twice is doing it
    once, if that holds of the replacements.

    Raises:
        ArchiveError: when the archive cannot be read or written.
    """
    changed = 0
    for file in store.files(asset):
        if file.segment.partition == partition and _hide(store, file, columns):
            changed += 1
    return changed


def _hide(store: ArchiveStore, file: ArchiveFile, columns: Mapping[str, Replacement]) -> bool:
    with store.open(file) as opened, store.reading():
        parquet = pq.ParquetFile(opened)
        names = set(parquet.schema_arrow.names)
        if not names & columns.keys() and MISFITS not in names:
            return False
        table = parquet.read()
    found = hidden(table, columns)
    if found.equals(table):
        return False
    with store.spool() as path:
        with store.reading():
            pq.write_table(found, path, compression="zstd")
        store.put(path, file)
    return True


def hidden(table: pa.Table, columns: Mapping[str, Replacement]) -> pa.Table:
    """Return a table without these columns, or with what their texts become; also what did not fit them goes."""
    for name in [name for name in table.schema.names if name in columns]:
        replacement, place = columns[name], table.schema.get_field_index(name)
        if replacement is None:
            table = table.remove_column(place)
            continue
        column = table.column(place)
        texts = _mapped(column.to_pylist(), replacement)
        kind = column.type if _is_text(column.type) else _as_text(column.type)
        table = table.set_column(place, name, pa.array(texts, kind))
    if MISFITS in table.schema.names:
        place = table.schema.get_field_index(MISFITS)
        column = table.column(place)
        kept = [
            None if one is None else [(name, text) for name, text in one if name not in columns] or None
            for one in column.to_pylist()
        ]
        table = table.set_column(place, MISFITS, pa.array(kept, column.type))
    return table


def _mapped(value: Any, replacement: Callable[[str], str]) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_mapped(one, replacement) for one in value]
    return replacement(value if isinstance(value, str) else str(value))


def _is_text(kind: pa.DataType) -> bool:
    return _is_text(kind.value_type) if pa.types.is_list(kind) else bool(pa.types.is_string(kind))


def _as_text(kind: pa.DataType) -> pa.DataType:
    return pa.list_(_as_text(kind.value_type)) if pa.types.is_list(kind) else pa.string()
