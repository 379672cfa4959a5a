"""Vectors of items in int8: read as such, and told apart by products of integers.

A network that is read from and told apart by the same vectors, padding first, has the nodes ``Gather(vectors, items)``
and ``Gemm(hidden, vectors[1:])``. The table is kept once; what it is turned to for the product is made when the graph
is loaded. ``hidden`` is rounded by a scale of each history. Both sides of the product are uint8 around 128, not uint8
and int8: of these, processors with AVX2 and without VNNI add two products in 16 bits, which cuts what does not fit, so
that logits would depend on the machine. (Seven bits would fit, and lost .0007 of NDCG@10 on MovieLens-1M instead of
.0001; batches of eight would be a quarter faster.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from export.shrink.graph import Array, Graph
from export.shrink.narrow import LARGEST, LEAST, quantised

#: What is 0 in uint8.
_MIDDLE = 128


def quantise_catalogues(graph: Graph) -> None:
    """Let each table of item vectors be int8, if all that take it are nodes as above; others stay as they are."""
    for name, array in graph.tables(np.float32, LEAST):
        if array.ndim != 2 or graph.is_taken_within(name):
            continue
        reads, cuts = _taken(graph, name)
        products = [product for cut in cuts for product in _products(graph, cut)]
        if len(reads) + len(cuts) == len(graph.users(name)) and cuts and all(products):
            _quantise(graph, name, array, reads, cuts)


def _taken(graph: Graph, name: str) -> tuple[list[Any], list[Any]]:
    users = graph.users(name)
    reads = [
        node
        for node in users
        if node.op_type == "Gather" and node.input[0] == name and not _whole(node, "axis")
    ]
    cuts = [node for node in users if node.op_type == "Slice" and _first_left_out(graph, node)]
    return reads, cuts


def _first_left_out(graph: Graph, node: Any) -> bool:
    """Return whether a slice is ``[1:]`` of the rows."""
    starts, ends, axes, steps = ([*_numbers(graph, name), None][0] for name in [*node.input[1:], "", ""][:4])
    return starts == 1 and ends is not None and ends > 1 << 30 and axes in (0, None) and steps in (1, None)


def _numbers(graph: Graph, name: str) -> list[int]:
    found = graph.table(name)
    return [] if found is None else [int(value) for value in found.ravel()]


def _products(graph: Graph, cut: Any) -> list[Any]:
    """Return the products with a cut table; a None among them is another use."""
    found: list[Any] = []
    for node in graph.users(cut.output[0]):
        if node.op_type == "Transpose":
            found += [_plain(user, node.output[0], 0) for user in graph.users(node.output[0])]
        else:
            found.append(_plain(node, cut.output[0], 1))
    return found


def _plain(node: Any, name: str, turned: int) -> Any | None:
    """Return a node if it is ``hidden @ table`` and nothing more."""
    right = list(node.input) == [node.input[0], name] and node.input[0] != name
    if node.op_type == "MatMul":
        return node if right and not turned else None
    plain = node.op_type == "Gemm" and all(
        attribute.name == "beta"
        or (attribute.name == "alpha" and attribute.f == 1)
        or (attribute.name == "transB" and attribute.i == turned)
        or (attribute.name == "transA" and not attribute.i)
        for attribute in node.attribute
    )
    return node if plain and right and _whole(node, "transB") == turned else None


def _whole(node: Any, name: str) -> int:
    return next((int(attribute.i) for attribute in node.attribute if attribute.name == name), 0)


def _quantise(graph: Graph, name: str, array: Array, reads: list[Any], cuts: list[Any]) -> None:
    whole, scale = quantised(array, 1)
    kept, scales = graph.add_table(f"{name}.int8", whole), graph.add_table(f"{name}.scale", scale)
    for node in reads:
        of_each = f"{node.output[0]}.scale"
        items = node.input[1]
        graph.instead(
            node,
            [
                ("Gather", [scales, items], {"axis": 0, "_as": of_each}),
                ("Gather", [kept, items], {"axis": 0}),
                ("Cast", [None], {"to": TensorProto.FLOAT}),
                ("Mul", [None, of_each], {}),
            ],
        )
    first, last, axis = (graph.add_table("row", np.array([value])) for value in (1, len(array), 0))
    middle = graph.add_table("middle", np.array(_MIDDLE, np.int32))
    turned = graph.made(
        [
            ("Slice", [kept, first, last, axis], {}),
            ("Transpose", [None], {"perm": [1, 0]}),
            ("Cast", [None], {"to": TensorProto.INT32}),
            ("Add", [None, middle], {}),
            ("Cast", [None], {"to": TensorProto.UINT8}),
        ]
    )
    by_item = graph.made(
        [("Slice", [scales, first, last, axis], {}), ("Transpose", [None], {"perm": [1, 0]})]
    )
    for cut in cuts:
        for node in graph.users(cut.output[0]):
            products = graph.users(node.output[0]) if node.op_type == "Transpose" else [node]
            for product in products:
                _multiply(graph, product, turned, by_item)
            if node.op_type == "Transpose":
                graph.drop_node(node)
        graph.drop_node(cut)
    graph.drop_table(name)


def _multiply(graph: Graph, node: Any, turned: str, by_item: str) -> None:
    """Round what is known of each history, multiply integers, and give the product its scales back."""
    hidden, out = node.input[0], node.output[0]
    steps = graph.add_table("steps", np.array([LARGEST], np.float32))
    least = graph.add_table("least", np.array([np.finfo(np.float32).tiny * LARGEST], np.float32))
    axis = graph.add_table("axis", np.array([-1]))
    middle = graph.add_table("middle", np.array([_MIDDLE], np.float32))
    zero = graph.add_table("zero", np.array(_MIDDLE, np.uint8))
    size = f"{out}.size"
    graph.instead(
        node,
        [
            ("Abs", [hidden], {}),
            ("ReduceMax", [None, axis], {"keepdims": 1}),
            ("Max", [None, least], {}),
            ("Div", [None, steps], {"_as": size}),
            ("Div", [hidden, size], {}),
            ("Round", [None], {}),
            ("Add", [None, middle], {}),
            ("Cast", [None], {"to": TensorProto.UINT8}),
            ("MatMulInteger", [None, turned, zero, zero], {}),
            ("Cast", [None], {"to": TensorProto.FLOAT}),
            ("Mul", [None, by_item], {}),
            ("Mul", [None, size], {}),
        ],
    )
