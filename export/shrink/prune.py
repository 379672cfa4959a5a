"""Takes items out of a graph: it knows them no longer, neither in histories nor as candidates.

Any graph can be pruned: what comes in is turned to what it knew before, and columns are taken of what comes out. From
there the cut goes back up, through sums and the like to tables and products with vectors of items, so that these get
smaller. Through a (logarithm of a) softmax it goes too: what the items that are left get is then a share among them,
and all logits of a history rise by the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Columns = npt.NDArray[np.int64]

_ONE = {"Exp", "Log", "Sqrt", "Neg", "Identity", "Relu", "Sigmoid", "Cast", "Abs", "Softplus", "Tanh"}
_TWO = {"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"}
_SHARES = {"Softmax", "LogSoftmax"}


def prune(encoded: bytes, kept: Columns, *, through_shares: bool = True) -> bytes:
    """Return a graph of some of the items, in the same order.

    Args:
        encoded: ``items`` int64 [batch, length] -> ``logits`` float32 [batch, n_items].
        kept: columns of the items that stay, rising.
        through_shares: whether the cut may go through a softmax.

    Raises:
        onnx.checker.ValidationError: when a rewrite was wrong.
    """
    return _Cut(encoded, kept, through_shares).encode()


class _Cut:
    def __init__(self, encoded: bytes, kept: Columns, through_shares: bool) -> None:
        self._model: Any = onnx.load_from_string(encoded)
        self._graph = self._model.graph
        self._rows = np.concatenate([[0], kept + 1])
        self._kept, self._through_shares = kept, through_shares
        self._n_items = int(self._graph.output[0].type.tensor_type.shape.dim[1].dim_value)
        inferred = onnx.shape_inference.infer_shapes(self._model).graph
        self._shapes = {
            value.name: [size.dim_value for size in value.type.tensor_type.shape.dim]
            for value in (*inferred.value_info, *inferred.output)
        }
        self._tables = {tensor.name: tensor for tensor in self._graph.initializer}
        self._makers = {name: node for node in self._graph.node for name in node.output}
        self._added: list[Any] = []
        self._done: dict[str, str] = {}
        self._tables_left = list(self._graph.initializer)

    def encode(self) -> bytes:
        """Return the graph without the others."""
        logits = self._graph.output[0]
        before = f"{logits.name}.all"
        nodes = list(self._graph.node)
        for node in nodes:
            self._rename(node.output, logits.name, before)
            self._rename(node.input, logits.name, before)
        self._makers[before] = self._makers.pop(logits.name)
        self._shapes[before] = self._shapes[logits.name]
        first = self._known_before(nodes)
        last = helper.make_node("Identity", [self._cut(before)], [logits.name])
        ordered = _needed([first, *nodes, *self._added, last], logits.name)
        logits.type.tensor_type.shape.dim[1].dim_value = len(self._kept)
        del self._graph.node[:]
        self._graph.node.extend(ordered)
        taken = {name for node in ordered for name in (*node.input, *_inner(node))}
        del self._graph.initializer[:]
        self._graph.initializer.extend(table for table in self._tables_left if table.name in taken)
        onnx.checker.check_model(self._model)
        encoded: bytes = self._model.SerializeToString()
        return encoded

    def _known_before(self, nodes: list[Any]) -> Any:
        """Let all that read ``items`` read what it was before, but for what reads vectors, of which fewer are left."""
        items, old = self._graph.input[0].name, "pruned.items"
        for node in nodes:
            reads = node.op_type == "Gather" and list(node.input)[1:] == [items]
            table = self._tables.get(node.input[0]) if reads else None
            if table is not None and len(table.dims) == 2 and table.dims[0] == self._n_items + 1:
                node.input[0] = self._rows_of(table.name)
            else:
                self._rename(node.input, items, old)
        return helper.make_node("Gather", [self._table("rows", self._rows), items], [old], axis=0)

    def _cut(self, name: str) -> str:
        """Return a value with the columns that are kept; a value that is the same for all columns stays."""
        if name not in self._done:
            self._done[name] = self._cut_anew(name)
        return self._done[name]

    def _cut_anew(self, name: str) -> str:
        shape = list(self._tables[name].dims) if name in self._tables else self._shapes.get(name)
        if shape is not None and (not shape or shape[-1] == 1):
            return name
        if name in self._tables and shape and shape[-1] == self._n_items:
            array = numpy_helper.to_array(self._tables[name])
            return self._table(name, array[..., self._kept])
        node = self._makers.get(name)
        through = {*_ONE, *_TWO, *(_SHARES if self._through_shares else ())}
        if node is None or shape is None or shape[-1] != self._n_items:
            return self._columns(name)
        if node.op_type in through and self._along_items(node):
            # An exponent, a weight of one number and the like are the same for all columns, and stay.
            return self._node(node, [self._cut(value) for value in node.input])
        return self._product(node) or self._columns(name)

    def _along_items(self, node: Any) -> bool:
        axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), -1)
        return node.op_type not in _SHARES or axis in (-1, len(self._shapes[node.output[0]]) - 1)

    def _product(self, node: Any) -> str | None:
        """Return a product with vectors of fewer items; None where it is none, or of something else."""
        if node.op_type not in ("Gemm", "MatMul") or len(node.input) != 2:
            return None
        between: list[Any] = []
        name = node.input[1]
        while name in self._makers and self._makers[name].op_type in ("Slice", "Transpose"):
            between.insert(0, self._makers[name])
            name = self._makers[name].input[0]
        table = self._tables.get(name)
        if table is None or len(table.dims) != 2 or table.dims[0] != self._n_items + 1 or not between:
            return None
        # The cut ``vectors[1:]`` leaves out padding, which the table of fewer rows has too.
        if not self._leaves_out_padding(between[0]):
            return None
        last = self._rows_of(name)
        for step in between:
            last = self._node(step, [last, *step.input[1:]])
        return self._node(node, [node.input[0], last])

    def _leaves_out_padding(self, node: Any) -> bool:
        if node.op_type != "Slice":
            return False
        starts, ends, *rest = (
            numpy_helper.to_array(self._tables[name]).tolist() if name in self._tables else None
            for name in node.input[1:]
        )
        return (
            starts == [1] and ends is not None and ends[0] > self._n_items and rest in ([[0], [1]], [[0]], [])
        )

    def _rows_of(self, name: str) -> str:
        key = f"{name}/rows"
        if key not in self._done:
            self._done[key] = self._table(name, numpy_helper.to_array(self._tables[name])[self._rows])
        return self._done[key]

    def _columns(self, name: str) -> str:
        if "/kept" not in self._done:
            self._done["/kept"] = self._table("kept", self._kept)
        kept = self._done["/kept"]
        added = helper.make_node("Gather", [name, kept], [f"{name}.kept"], axis=-1)
        self._added.append(added)
        return str(added.output[0])

    def _node(self, node: Any, inputs: list[str]) -> str:
        added = onnx.NodeProto()
        added.CopyFrom(node)
        del added.input[:]
        added.input.extend(inputs)
        del added.output[:]
        added.output.append(f"{node.output[0]}.kept")
        added.name = ""
        self._added.append(added)
        return str(added.output[0])

    def _table(self, name: str, array: npt.NDArray[Any]) -> str:
        added = f"{name}.kept"
        self._tables_left.append(numpy_helper.from_array(np.ascontiguousarray(array), added))
        return added

    @staticmethod
    def _rename(names: Any, before: str, after: str) -> None:
        for number, name in enumerate(names):
            if name == before:
                names[number] = after


def _inner(node: Any) -> list[str]:
    """Return what a node's branches and loops take."""
    graphs = [attribute.g for attribute in node.attribute if attribute.HasField("g")]
    return [name for graph in graphs for inner in graph.node for name in (*inner.input, *_inner(inner))]


def _needed(nodes: list[Any], result: str) -> list[Any]:
    """Return the nodes that a result needs, in their order."""
    needed, found = {result}, []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            needed.update(node.input, _inner(node))
            found.append(node)
    return found[::-1]
