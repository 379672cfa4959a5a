"""The files of an entry that hold its items' vectors and their index."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from export.index.approximate import ApproximateIndex, build, recall
from export.index.base import ItemIndex, unit
from export.index.exact import ExactIndex
from export.registry.base import Entry
from export.registry.exceptions import EntryError, ExportError

VECTORS, INDEX = "vectors.npy", "index.voyager"
#: From so many items on an approximate index is made: below, looking at all takes no more than some milliseconds.
LEAST = 200_000


def index_files(
    vectors: npt.NDArray[np.floating], n_items: int, least: int = LEAST
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the files that hold vectors of items, and what a card says of them.

    Args:
        vectors: [n_items, dimensions], of any length.
        n_items: size of the catalogue.
        least: from so many items on an approximate index is made, where voyager is installed.

    Raises:
        ExportError: when they are not one an item, or some are not finite.
    """
    if vectors.ndim != 2 or len(vectors) != n_items or not np.isfinite(vectors).all():
        raise ExportError(
            f"vectors {vectors.shape}", f"must be finite, and {n_items:,}, one an item", "train again"
        )
    kept = unit(vectors).astype(np.float16)
    file = io.BytesIO()
    np.save(file, kept, allow_pickle=False)
    files, card = {VECTORS: file.getvalue()}, {"kind": "exact", "dimensions": kept.shape[1]}
    if n_items >= least and find_spec("voyager"):
        files[INDEX] = build(kept.astype(np.float32))
        found = recall(ExactIndex(kept), ApproximateIndex(files[INDEX]))
        card |= {"kind": "approximate", "recall@10": round(found, 4)}
    return files, card


def open_index(entry: Entry) -> ItemIndex | None:
    """Return the index of an entry's items; None when the model has no vectors of items.

    An approximate index is answered by looking at all items where voyager is not installed.

    Raises:
        EntryError: when a file is not what was exported.
    """
    if VECTORS not in entry.files:
        return None
    n_items = len(entry.read("items.txt").splitlines())
    if INDEX in entry.files and find_spec("voyager"):
        try:
            index = ApproximateIndex(entry.read(INDEX))
        except (RuntimeError, ValueError) as error:
            raise _wrong(entry, INDEX, str(error), "must be an index of voyager") from error
        if len(index) != n_items:
            raise _wrong(entry, INDEX, f"{len(index):,} items", f"must be {n_items:,}, as in items.txt")
        return index
    try:
        vectors = np.load(io.BytesIO(entry.read(VECTORS)), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise _wrong(entry, VECTORS, str(error), "must be vectors of numpy") from error
    if vectors.ndim != 2 or vectors.dtype != np.float16 or len(vectors) != n_items:
        raise _wrong(
            entry, VECTORS, f"{vectors.dtype} {vectors.shape}", f"must be float16 [{n_items}, dimensions]"
        )
    return ExactIndex(vectors)


def _wrong(entry: Entry, name: str, found: str, rule: str) -> EntryError:
    return EntryError(f"{entry.path / name}: {found[:160]}", rule, "export the model again")
