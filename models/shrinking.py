"""Smaller models: exported in another precision, if that loses no quality to speak of."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from export.registry import Entry
from export.registry.base import CATALOGUE, GRAPH
from export.registry.exceptions import QualityError
from export.registry.folders import check_free, whole_folder, writing
from export.shrink import Precision, shrink_graph
from export.shrink.entry import Living, Score, shrink_entry, size_ratio
from models.config import Wanted
from models.data.histories import Targets
from models.data.log import Codes
from models.evaluation import ndcg, rank

#: With ``auto``, a graph that is no smaller than so much of the next larger one is not worth its rounding.
_WORTH = 0.9


def shrink(
    entry: Entry, out: Path, precision: Precision, targets: Targets, living: Living | None = None
) -> Entry:
    """Write an entry anew in another precision, or of fewer items.

    Args:
        entry: in float32.
        out: must not exist, or be empty.
        precision: which.
        targets: in columns of the entry's catalogue; by these the two are compared.
        living: the items that stay; None: all. Targets that go are misses then.

    Raises:
        QualityError: when more is lost than is let pass; nothing is written.
        EntryError, RegistryError: as :func:`export.shrink.entry.shrink_entry`.
    """
    n_items, length, seen = _catalogue_size(entry), entry.card["max_length"], entry.card["seen"]

    def gains(score: Score, kept: Codes | None) -> npt.NDArray[np.float64]:
        if kept is None:
            return ndcg(rank(score, targets, n_items, length).of(seen))
        columns = np.full(n_items, -1)
        columns[kept] = np.arange(len(kept))
        return ndcg(rank(score, targets.translate(columns), len(kept), length).of(seen))

    return shrink_entry(entry, out, precision, gains, living)


def written(
    write: Callable[[Path], Entry],
    out: Path,
    wanted: Wanted,
    targets: Targets,
    said: Callable[[str], None],
    living: Living | None = None,
) -> Entry:
    """Export in the precision and with the items that are wanted; whole, and say so, where that would lose quality.

    Args:
        write: exports in float32 to a folder.
        out: must not exist, or be empty. It appears complete, or not at all.
        wanted: a precision, or ``auto``: the smallest that loses no quality, if it saves a tenth.
        targets: in columns of the catalogue.
        said: is told what came of it.
        living: the items that stay; None: all.

    Raises:
        EntryError, RegistryError: as ``write``.
    """
    if (wanted == "float32" and living is None) or not len(targets):
        return write(out)
    check_free(out)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as beside:
            whole = write(Path(beside, "float32"))
            for precision in _tried(whole, wanted, living is not None):
                try:
                    small = shrink(whole, out, precision, targets, living)
                except QualityError as refused:
                    said(f"not kept in {precision}: {refused}")
                    continue
                pruned = small.card.get("pruned")
                without = f", without {pruned['items']:,} of {pruned['of']:,} items" if pruned else ""
                said(f"kept in {precision}{without}: {size_ratio(small.card):.1f} times as small")
                return small
            with whole_folder(out) as draft:
                for file in whole.path.iterdir():
                    shutil.copyfile(file, draft / file.name)
    return Entry.open(out)


def _tried(whole: Entry, wanted: Wanted, pruned: bool) -> tuple[Precision, ...]:
    """Return what is tried, the smallest first; float32 is tried only where items go."""
    last: tuple[Precision, ...] = ("float32",) if pruned else ()
    if wanted == "float32":
        return last
    if wanted != "auto":
        return (wanted, *last)
    graph = whole.read(GRAPH)
    half, quarter = (len(shrink_graph(graph, precision)) for precision in ("float16", "int8"))
    found: list[Precision] = []
    if quarter <= _WORTH * min(half, len(graph)):
        found.append("int8")
    if half <= _WORTH * len(graph):
        found.append("float16")
    return (*found, *last)


def _catalogue_size(entry: Entry) -> int:
    return len(entry.read(CATALOGUE).splitlines())
