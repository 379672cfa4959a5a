"""Assets as the inventory describes them: made by ``pandian profile`` of rows, not by hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams.commands.profile import profile_files
from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.mapping import mapping_of
from tests.support.data import data_file


def asset_of_rows(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the inventory document of JSON rows on a topic of this name."""
    path = folder / f"{name}.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    (asset,) = profile_files([str(path)])
    return asset


def asset_of_file(folder: Path, name: str, lines: int) -> dict[str, Any]:
    """Return the inventory document of the first lines of a file of the data folder."""
    path = folder / name.rpartition("/")[2].removesuffix(".gz")
    with gzip.open(data_file(name)) as file:
        path.write_bytes(b"".join(islice(file, lines + 1)))
    (asset,) = profile_files([str(path)])
    return asset


def mapped(asset: Mapping[str, Any]) -> FieldMapping:
    """Return the mapping of an asset that has one."""
    found = mapping_of(asset)
    assert isinstance(found, FieldMapping), found
    return found


def fields_of(mapping: FieldMapping) -> dict[str, str]:
    """Return the field of each role."""
    return {role: part.field for role, part in mapping.parts.items()}


def why_not(asset: Mapping[str, Any]) -> str:
    """Return why an asset has no mapping."""
    found = mapping_of(asset)
    assert isinstance(found, NoMapping), found
    return found.why
