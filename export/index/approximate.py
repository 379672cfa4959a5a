"""Neighbours by a graph of neighbours: HNSW (Malkov and Yashunin, 2016), as the package voyager has it.

Of the libraries of this kind voyager was taken: it is kept well, has wheels of .3 MB for all systems and needs nothing
besides (Apache License 2.0); hnswlib has no wheels, faiss takes 19 MB.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from export.index.base import Columns, Vectors, check_asked, unit
from export.index.exact import ExactIndex

#: Edges of an item in the graph, and candidates that are looked at when it is put in.
_EDGES, _BUILDING = 16, 200
#: Candidates that are looked at for an answer, at least, and for each neighbour that is asked for.
_ASKING, _ASKING_EACH = 100, 4
#: Items whose neighbours are compared with the exact ones.
_COMPARED = 1_000


class ApproximateIndex:
    """Looks at some hundreds of items, whatever the size of the catalogue.

    Args:
        data: what :func:`build` gave.

    Raises:
        ImportError: when voyager is not installed.
        RuntimeError, ValueError: when it is no such index.
    """

    kind = "approximate"

    def __init__(self, data: bytes) -> None:
        import voyager

        self._index: Any = voyager.Index.load(io.BytesIO(data))

    def __len__(self) -> int:
        return int(self._index.num_elements)

    def neighbours(self, columns: Columns, k: int) -> tuple[Columns, Vectors]:
        """Return near items of each; see :class:`export.index.base.ItemIndex`. Some of the nearest may be missing."""
        k = check_asked(columns, k, len(self))
        if not len(columns) or not k:
            return np.zeros((len(columns), k), np.int64), np.zeros((len(columns), k), np.float32)
        vectors = self._index.get_vectors(columns)
        looked = max(_ASKING, _ASKING_EACH * k)
        found, distances = self._index.query(vectors, k=k + 1, num_threads=1, query_ef=looked)
        found, cosines = found.astype(np.int64), (1 - distances).astype(np.float32)
        # Itself goes to the end, and is cut off; where it was not found, the last one is.
        order = np.lexsort((found, -cosines, found == columns[:, None]), axis=1)[:, :k]
        return np.take_along_axis(found, order, 1), np.take_along_axis(cosines, order, 1)

    def vectors(self, columns: Columns) -> Vectors:
        """Return the vectors of some items; see :class:`export.index.base.ItemIndex`."""
        check_asked(columns, 1, len(self))
        if not len(columns):
            return np.zeros((0, self._index.num_dimensions), np.float32)
        return np.asarray(self._index.get_vectors(columns), np.float32)


def build(vectors: Vectors, threads: int = 1) -> bytes:
    """Return an index of vectors as bytes. With one thread the same vectors give the same bytes.

    It takes about a minute of one processor for 100,000 vectors of 64 dimensions.

    Raises:
        ImportError: when voyager is not installed.
    """
    import voyager

    index = voyager.Index(
        voyager.Space.InnerProduct,
        vectors.shape[1],
        M=_EDGES,
        ef_construction=_BUILDING,
        random_seed=1,
        max_elements=len(vectors),
    )
    index.add_items(unit(vectors), num_threads=threads)
    data: bytes = index.as_bytes()
    return data


def recall(exact: ExactIndex, approximate: ApproximateIndex, k: int = 10) -> float:
    """Return the share of the ``k`` nearest items that an index finds, over 1,000 items that are drawn."""
    n_items = len(approximate)
    columns = np.random.default_rng(0).permutation(n_items)[:_COMPARED]
    pairs = zip(exact.neighbours(columns, k)[0], approximate.neighbours(columns, k)[0], strict=True)
    return float(np.mean([len(np.intersect1d(*pair)) / max(1, len(pair[0])) for pair in pairs]))
