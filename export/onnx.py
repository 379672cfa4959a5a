"""torch -> ONNX, with batch and length left open.

torch's exporter by ``torch.export`` is used: the older one by tracing fixed the sizes of some masks and gathers to
those of the example. What a network must keep to is in ``docs/models.md``.
"""

from __future__ import annotations

import copy
import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import torch

from export.registry.exceptions import ExportError

#: Operator set of the graphs: the one that torch's exporter is written for; onnxruntime has had it since 1.14.
OPSET = 18
#: A protobuf message holds no more; beyond it weights would have to lie in files beside the graph.
LARGEST = (1 << 31) - 1


def to_onnx(network: torch.nn.Module, n_items: int, max_length: int, inner: Sequence[str] = ()) -> bytes:
    """Return a network as an ONNX graph: ``items`` int64 [batch, length] -> ``logits`` float32 [batch, n_items].

    The network stays as it is. The graph holds no names of files or lines of the code that made it.

    Args:
        network: its ``forward`` takes items LongTensor [batch, length] (0: padding on the left) and gives the logits.
        n_items: size of the catalogue.
        max_length: longest history that will be asked.
        inner: names, within the graph, of what ``network.inner(items)`` returns after the logits, in that order. They
            cost nothing: only what the logits are made of may be among them.

    Raises:
        ExportError: when the network cannot be exported as it is, or the graph is larger than 2 GB.
    """
    name = type(network).__name__
    # Sizes of 1 would be taken for fixed ones; every item and padding is among the values, so that none is special.
    example = torch.zeros(2, max(2, min(3, max_length)), dtype=torch.long)
    example[:, 1:] = 1
    copied = copy.deepcopy(network).cpu().eval()
    with _quiet():
        try:
            program = torch.onnx.export(
                _Inner(copied) if inner else copied,
                (example,),
                input_names=["items"],
                output_names=["logits", *inner],
                dynamic_shapes=({0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC},),
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        except Exception as error:  # whatever torch raises on its way: what matters is which network and why
            raise ExportError(
                f"{name}: {_reason(error)}",
                "torch must be able to export it with open batch and length",
                "avoid branches on values and torch's own Transformer layers (docs/models.md)",
            ) from error
    if program is None:
        raise ExportError(name, "torch gave no graph", "avoid branches on values (docs/models.md)")
    graph = program.model_proto
    if graph.ByteSize() > LARGEST:
        raise ExportError(
            f"{name}: a graph of {graph.ByteSize() / 1e9:.1f} GB",
            f"must fit {LARGEST / 1e9:.1f} GB",
            "take fewer items, fewer dimensions, or fewer neighbours",
        )
    # Nobody is given what is inside, but it can be found there.
    del graph.graph.output[1:]
    _clean(graph, n_items)
    encoded: bytes = graph.SerializeToString()
    return encoded


class _Inner(torch.nn.Module):
    """Gives what is inside a network, too."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, items: torch.Tensor) -> tuple[torch.Tensor, ...]:
        found: tuple[torch.Tensor, ...] = self.network.inner(items)  # type: ignore[operator]
        return found


def _clean(graph: Any, n_items: int) -> None:
    """Name the open sizes, and remove where in whose code each node comes from."""
    del graph.metadata_props[:]
    del graph.graph.metadata_props[:]
    del graph.graph.value_info[:]
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for function in graph.functions:
        del function.metadata_props[:]
        for node in function.node:
            del node.metadata_props[:]
    (items,), (logits,) = graph.graph.input, graph.graph.output
    for value, sizes in ((items, ("batch", "length")), (logits, ("batch", n_items))):
        del value.metadata_props[:]
        for dimension, size in zip(value.type.tensor_type.shape.dim, sizes, strict=False):
            if isinstance(size, str):
                dimension.dim_param = size
            elif not dimension.HasField("dim_value"):
                dimension.dim_value = size


def _reason(error: BaseException) -> str:
    """Return what torch says is wrong, which is the first line that is no advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    said = next((line for line in str(error).splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {said.strip()[:160]}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's progress, deprecations and dumps of graphs to itself.

    torch sets levels on dozens of loggers of its own and prints besides, so all logging and printing of this process
    rests meanwhile: some seconds of an offline command.
    """
    before = logging.root.manager.disable
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(before)
