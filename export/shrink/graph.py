"""An ONNX graph whose tables are replaced by others of which they can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from export.registry.exceptions import ExportError

Array = npt.NDArray[Any]
#: How names of what is added begin.
OURS = "small."


class Graph:
    """A graph that is being rewritten.

    Nodes that make a table of what is kept instead come before all others, and onnxruntime runs them once, when it
    loads the graph, as they depend on nothing that goes in.
    """

    def __init__(self, encoded: bytes) -> None:
        self._model: Any = onnx.load_from_string(encoded)
        self._graph = self._model.graph
        self._added = 0

    def tables(self, kind: type[np.generic], least: int) -> Iterator[tuple[str, Array]]:
        """Yield the tables of a type with so many numbers or more, but those added. They may be replaced meanwhile."""
        wanted = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
        for tensor in list(self._graph.initializer):
            ours = tensor.name.startswith(OURS)
            if not ours and tensor.data_type == wanted and int(np.prod(tensor.dims)) >= least:
                yield tensor.name, numpy_helper.to_array(tensor)

    def table(self, name: str) -> Array | None:
        """Return a table; None when that is none."""
        return next(
            (numpy_helper.to_array(found) for found in self._graph.initializer if found.name == name), None
        )

    def users(self, name: str) -> list[Any]:
        """Return the nodes that take a value, but for those within branches and loops."""
        return [node for node in self._graph.node if name in node.input]

    def is_taken_within(self, name: str) -> bool:
        """Return whether a branch or loop takes a value, or the graph gives it."""
        inner = (
            attribute.g
            for node in self._graph.node
            for attribute in node.attribute
            if attribute.HasField("g")
        )
        return any(name in node.input for graph in inner for node in graph.node) or any(
            name == value.name for value in self._graph.output
        )

    def add_table(self, hint: str, array: Array) -> str:
        """Keep another table and return its name."""
        name = self._name(hint)
        self._graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def drop_table(self, name: str) -> None:
        """Keep a table no longer."""
        kept = [tensor for tensor in self._graph.initializer if tensor.name != name]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)

    def made(self, steps: list[tuple[Any, ...]], result: str | None = None) -> str:
        """Add nodes that make a table of tables, one after the other, before all others; return its name.

        They must not take what was made before: that comes after them.

        Args:
            steps: ``(op, inputs, attributes)``; an input None is what the step before gave.
            result: name of the last one; None: a new one.
        """
        nodes, last = self._chain(steps, result)
        for node in reversed(nodes):
            self._graph.node.insert(0, node)
        return last

    def instead(self, node: Any, steps: list[tuple[Any, ...]]) -> None:
        """Put nodes in the place of one; the last of them gives what that one gave."""
        nodes, _ = self._chain(steps, node.output[0])
        place = list(self._graph.node).index(node)
        self._graph.node.remove(node)
        for number, added in enumerate(nodes):
            self._graph.node.insert(place + number, added)

    def drop_node(self, node: Any) -> None:
        """Take a node out: nothing takes what it gives any more."""
        self._graph.node.remove(node)

    def check_numbers(self) -> None:
        """Check that there is a number in each place of each table.

        Raises:
            ExportError: naming the table.
        """
        for name, array in self.tables(np.float32, 1):
            if np.isnan(array).any():
                raise ExportError(
                    f"{name}: {int(np.isnan(array).sum()):,} weights are no number (NaN)",
                    "must be numbers",
                    "train again, with a smaller learning_rate",
                )

    def encode(self) -> bytes:
        """Return the graph, checked.

        Raises:
            onnx.checker.ValidationError: when a rewrite was wrong.
        """
        onnx.checker.check_model(self._model)
        encoded: bytes = self._model.SerializeToString()
        return encoded

    def _chain(self, steps: list[tuple[Any, ...]], result: str | None) -> tuple[list[Any], str]:
        nodes: list[Any] = []
        last = ""
        for number, (op, inputs, attributes) in enumerate(steps):
            end = number + 1 == len(steps)
            taken = [last if name is None else name for name in inputs]
            last = attributes.pop("_as", None) or (result if end and result else self._name(op.lower()))
            nodes.append(helper.make_node(op, taken, [last], **attributes))
        return nodes, last

    def _name(self, hint: str) -> str:
        taken = {tensor.name for tensor in self._graph.initializer}
        taken |= {name for node in self._graph.node for name in node.output}
        self._added += 1
        name = f"{OURS}{hint}.{self._added}"
        return name if name not in taken else self._name(hint)
