"""An ONNX graph cut in two: what it makes of a history, and the vectors of all items that this is multiplied by.

Workers have no package ``onnx``. The few fields of its messages that are needed are declared here by their numbers
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); all others are carried along unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "pandian.head"
#: Kinds of numbers, version of the format, and the set of operators of the product: onnxruntime has had both for long.
_FLOAT, _UINT8, _INT8, _INT32 = 1, 2, 3, 6
_IR, _OPSET = 8, 18
_FIELD = descriptor_pb2.FieldDescriptorProto
_ONE, _MANY = _FIELD.LABEL_OPTIONAL, _FIELD.LABEL_REPEATED
#: By message: name of a field, its number, and what it holds.
_FIELDS: Mapping[str, tuple[tuple[str, int, int, int | str], ...]] = {
    "Model": (
        ("ir_version", 1, _ONE, _FIELD.TYPE_INT64),
        ("graph", 7, _ONE, "Graph"),
        ("opset_import", 8, _MANY, "Opset"),
    ),
    "Opset": (("version", 2, _ONE, _FIELD.TYPE_INT64),),
    "Graph": (
        ("node", 1, _MANY, "Node"),
        ("name", 2, _ONE, _FIELD.TYPE_STRING),
        ("initializer", 5, _MANY, "Tensor"),
        ("input", 11, _MANY, "Value"),
        ("output", 12, _MANY, "Value"),
    ),
    "Node": (
        ("input", 1, _MANY, _FIELD.TYPE_STRING),
        ("output", 2, _MANY, _FIELD.TYPE_STRING),
        ("op_type", 4, _ONE, _FIELD.TYPE_STRING),
        ("attribute", 5, _MANY, "Attribute"),
    ),
    "Attribute": (
        ("name", 1, _ONE, _FIELD.TYPE_STRING),
        ("f", 2, _ONE, _FIELD.TYPE_FLOAT),
        ("i", 3, _ONE, _FIELD.TYPE_INT64),
        ("g", 6, _ONE, "Graph"),
    ),
    "Tensor": (
        ("dims", 1, _MANY, _FIELD.TYPE_INT64),
        ("data_type", 2, _ONE, _FIELD.TYPE_INT32),
        ("name", 8, _ONE, _FIELD.TYPE_STRING),
        ("raw_data", 9, _ONE, _FIELD.TYPE_BYTES),
    ),
    "Value": (("name", 1, _ONE, _FIELD.TYPE_STRING), ("type", 2, _ONE, "Type")),
    "Type": (("tensor_type", 1, _ONE, "TensorType"),),
    "TensorType": (("elem_type", 1, _ONE, _FIELD.TYPE_INT32),),
}


class Cut(NamedTuple):
    """Where a graph was cut: ``logits = hidden @ vectors + offsets``."""

    body: bytes
    """A graph: items -> hidden [batch, dimensions]."""
    rest: bytes
    """A graph: items -> the vectors, then each of the offsets. They are the same whatever the items."""
    by_item: bool
    """Whether the vectors are [n_items, dimensions]; else [dimensions, n_items]."""
    offsets: int
    """How many offsets there are."""


def cut(graph: bytes) -> Cut | None:
    """Return a graph cut before its last product; None when it does not end in one with vectors of its own.

    Args:
        graph: items -> logits.
    """
    model = _model()
    model.ParseFromString(graph)
    nodes = {name: node for node in model.graph.node for name in node.output}
    if any(attribute.HasField("g") for node in model.graph.node for attribute in node.attribute):
        return None
    end, offsets = model.graph.output[0].name, []
    while (node := nodes.get(end)) is not None and node.op_type == "Add":
        moving = [name for name in node.input if _moves(name, nodes)]
        if len(moving) != 1:
            return None
        offsets += [name for name in node.input if name != moving[0]]
        end = moving[0]
    if node is None or not _is_product(node) or _moves(node.input[1], nodes):
        return None
    hidden, vectors, *bias = node.input
    fixed = [vectors, *bias, *offsets]
    if any(_moves(name, nodes) for name in bias):
        return None
    body, rest = (ending_in(graph, names) for names in ([hidden], fixed))
    return Cut(body, rest, _flag(node, "transB"), len(fixed) - 1)


def product(whole: npt.NDArray[np.int8], zero: int) -> bytes:
    """Return a graph: ``wholes`` uint8 [batch, dimensions] -> ``sums`` int32 [batch, n_items].

    They are ``(wholes - zero) @ whole``.

    Args:
        whole: [dimensions, n_items].
        zero: is taken from each number that goes in.
    """
    model = _model(ir_version=_IR)
    model.opset_import.add(version=_OPSET)
    graph = model.graph
    graph.name = "product"
    weights = np.ascontiguousarray(whole)
    graph.initializer.add(dims=whole.shape, data_type=_INT8, name="whole", raw_data=weights.tobytes())
    graph.initializer.add(data_type=_UINT8, name="zero", raw_data=bytes([zero]))
    graph.node.add(op_type="MatMulInteger", input=["wholes", "whole", "zero"], output=["sums"])
    graph.input.add(name="wholes").type.tensor_type.elem_type = _UINT8
    graph.output.add(name="sums").type.tensor_type.elem_type = _INT32
    made: bytes = model.SerializeToString()
    return made


def _is_product(node: Any) -> bool:
    if node.op_type == "MatMul":
        return True
    scales = {"alpha"} if len(node.input) == 2 else {"alpha", "beta"}
    scaled = any(one.name in scales and one.f != 1 for one in node.attribute)
    return node.op_type == "Gemm" and not scaled and not _flag(node, "transA")


def _flag(node: Any, name: str) -> bool:
    return any(one.name == name and one.i for one in node.attribute)


def _moves(name: str, nodes: Mapping[str, Any]) -> bool:
    """Tell whether something depends on the items that go in."""
    waiting, seen = [name], {name}
    while waiting:
        one = waiting.pop()
        if one == "items":
            return True
        new = set(nodes[one].input) - seen if one in nodes else set()
        seen |= new
        waiting.extend(new)
    return False


def ending_in(graph: bytes, names: list[str]) -> bytes:
    """Return a graph that gives what has these names, without the nodes that it does not need for that."""
    model = _model()
    model.ParseFromString(graph)
    needed, kept = set(names), []
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    nodes = [_copy(node) for node in reversed(kept)]
    weights = [_copy(one) for one in model.graph.initializer if one.name in needed]
    del model.graph.node[:], model.graph.initializer[:], model.graph.output[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(weights)
    for name in names:
        model.graph.output.add(name=name)
    made: bytes = model.SerializeToString()
    return made


def _copy(message: Any) -> Any:
    copied = type(message)()
    copied.CopyFrom(message)
    return copied


def _declared() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="pandian/head.proto", package=_PACKAGE, syntax="proto2")
    for message, fields in _FIELDS.items():
        declared = file.message_type.add(name=message)
        for name, number, label, held in fields:
            field: Any = declared.field.add()
            field.name, field.number, field.label = name, number, label
            if isinstance(held, str):
                field.type, field.type_name = _FIELD.TYPE_MESSAGE, f".{_PACKAGE}.{held}"
            else:
                field.type = held
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Model"))


_model = _declared()
