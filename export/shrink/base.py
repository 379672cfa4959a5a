"""The precisions that a graph may be kept in."""

from __future__ import annotations

from typing import Literal

from export.shrink.catalogue import quantise_catalogues
from export.shrink.graph import Graph
from export.shrink.narrow import quantise_weights, to_float16, to_smaller_integers

#: As in :data:`export.registry.card.PRECISIONS`.
Precision = Literal["float32", "float16", "int8"]


def shrink_graph(encoded: bytes, precision: Precision) -> bytes:
    """Return a graph whose tables take less room; what goes in and comes out stays as it is.

    ``float16`` keeps tables of float32 in two bytes a number and computes with them in float32. ``int8`` keeps vectors
    of items and weights of layers in one byte, with a float32 scale for each item or output; items are told apart by
    integers, layers compute in float32; other tables are as with ``float16``. Whole numbers take as many bytes as the
    largest needs, which changes nothing. ``float32`` changes nothing at all.

    Each history is answered by itself: what it is asked together with does not matter. That is why onnxruntime's own
    ``quantize_dynamic`` is not used, which takes one scale for all of a batch, and which does not see that the vectors
    that are read are those that items are told apart by, and would keep them twice.

    Raises:
        ExportError: when a weight is no number.
    """
    graph = Graph(encoded)
    graph.check_numbers()
    if precision == "float32":
        return encoded
    if precision == "int8":
        quantise_catalogues(graph)
        quantise_weights(graph)
    to_float16(graph)
    to_smaller_integers(graph)
    return graph.encode()
