"""Tables kept in fewer bytes. They become what they were when the graph is loaded: it computes as before.

So a processor needs no arithmetic of half precision, and speed and memory stay as they are; what is smaller is what is
kept, sent and read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from export.shrink.graph import Array, Graph

#: Smaller tables stay as they are: they would gain nothing, and some nodes want their sizes to be constants.
LEAST = 512
_LARGEST_HALF = float(np.finfo(np.float16).max)
_INTEGERS = (np.int16, np.int32)
#: Largest number of int8 that is used: as large below 0 as above.
LARGEST = 127


def to_float16(graph: Graph) -> None:
    """Keep tables of float32 as float16, but for those with numbers that are larger or smaller than it has.

    Smaller ones matter where all of a table is above 0, as shares are: of 0 there is no logarithm.
    """
    for name, array in graph.tables(np.float32, LEAST):
        if np.abs(array).max() <= _LARGEST_HALF:
            half = array.astype(np.float16)
            if half.all() or array.min() <= 0:
                _keep(graph, name, half, TensorProto.FLOAT)


def to_smaller_integers(graph: Graph) -> None:
    """Keep tables of int64 in the fewest bytes that hold them; they lose nothing."""
    for name, array in graph.tables(np.int64, LEAST):
        for kind in _INTEGERS:
            if np.iinfo(kind).min <= array.min() and array.max() <= np.iinfo(kind).max:
                _keep(graph, name, array.astype(kind), TensorProto.INT64)
                break


def quantise_weights(graph: Graph) -> None:
    """Keep the weights of layers as int8, with a scale for each of their outputs."""
    for name, array in graph.tables(np.float32, LEAST):
        axis = _inputs_axis(graph, name) if array.ndim == 2 else None
        if axis is not None:
            whole, scale = quantised(array, axis)
            kept, scales = graph.add_table(f"{name}.int8", whole), graph.add_table(f"{name}.scale", scale)
            graph.drop_table(name)
            graph.made([("Cast", [kept], {"to": TensorProto.FLOAT}), ("Mul", [None, scales], {})], name)


def quantised(array: Array, axis: int) -> tuple[Array, Array]:
    """Return int8 and float32 scales, whose product is nearest to a table; along ``axis`` there is one scale."""
    scale = np.maximum(np.abs(array).max(axis, keepdims=True) / LARGEST, np.finfo(np.float32).tiny)
    return np.clip(np.rint(array / scale), -LARGEST, LARGEST).astype(np.int8), scale.astype(np.float32)


def _inputs_axis(graph: Graph, name: str) -> int | None:
    """Return along which axis a table is summed by all that take it; None when it is not a layer's weights."""
    found = {_summed(node, name) for node in graph.users(name)}
    return found.pop() if len(found) == 1 and not graph.is_taken_within(name) else None


def _summed(node: Any, name: str) -> int | None:
    if list(node.input)[1:2] != [name] or node.op_type not in ("MatMul", "Gemm"):
        return None
    turned = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    return 1 if turned else 0


def _keep(graph: Graph, name: str, small: Array, back: int) -> None:
    kept = graph.add_table(f"{name}.{small.dtype.name}", small)
    graph.drop_table(name)
    graph.made([("Cast", [kept], {"to": back})], name)
