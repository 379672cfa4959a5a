"""Does the exported graph give what the network gives? At several sizes, or it is not written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from export.registry.exceptions import ParityError
from export.runtime import Items, Logits, open_session

#: Largest difference of any logit that is let pass.
LARGEST = 1e-4


def shapes(max_length: int) -> Iterator[tuple[int, int]]:
    """Yield the (batch, length) at which every export is compared: the least, the longest, and some between."""
    wanted = ((1, 1), (3, 1), (1, 2), (2, 3), (5, 7), (1, max_length - 1), (1, max_length), (4, max_length))
    yield from dict.fromkeys((batch, length) for batch, length in wanted if 1 <= length <= max_length)


def histories(n_items: int, max_length: int, seed: int = 0) -> list[Items]:
    """Return inputs of all sizes to be compared: drawn items behind paddings of every kind, and nothing but padding."""
    random = np.random.default_rng(seed)
    made = []
    for batch, length in shapes(max_length):
        items = random.integers(1, n_items + 1, (batch, length))
        for row, padding in zip(items[1:], random.integers(0, length + 1, max(0, batch - 1)), strict=True):
            row[:padding] = 0
        made.append(items.astype(np.int64))
        if batch == 1:
            made.append(np.zeros((1, length), np.int64))
    # The first and the last item are where a shifted catalogue shows.
    made.append(np.array([[1, n_items]][:1], np.int64)[:, -max_length:])
    return made


def expected_logits(network: torch.nn.Module, items: Items) -> Logits:
    """Return what the network says of histories, in evaluation mode, on the device where it is."""
    first = next(iter([*network.parameters(), *network.buffers()]), None)
    device = first.device if first is not None else torch.device("cpu")
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            logits: Logits = network(torch.from_numpy(items).to(device)).float().cpu().numpy()
            return logits
    finally:
        network.train(training)


def largest_difference(graph: bytes, compared: Sequence[tuple[Items, Logits]]) -> float:
    """Return the largest difference of any logit between a graph and what is expected.

    Raises:
        ParityError: when it is above :data:`LARGEST`, a logit is not finite, or the graph does not run.
    """
    try:
        session = open_session(graph)
    except Exception as error:  # onnxruntime has an exception for each of its codes, and no common one
        raise _unlike("a graph that onnxruntime cannot run", " ".join(str(error).split())[:160]) from error
    return max(_difference(session, items, expected) for items, expected in compared)


def _difference(session: Any, items: Items, expected: Logits) -> float:
    size = "batch {} and length {}".format(*items.shape)
    try:
        found = session.run(["logits"], {"items": items})[0]
    except Exception as error:  # as above
        raise _unlike(f"no logits at {size}", " ".join(str(error).split())[:160]) from error
    if not np.isfinite(expected).all():
        raise _unlike(f"logits of the network at {size}", "some are not finite")
    if found.shape != expected.shape or found.dtype != np.float32:
        raise _unlike(
            f"logits {found.dtype} {found.shape} at {size}", f"float32 {expected.shape} are expected"
        )
    worst = float(np.abs(found.astype(np.float64) - expected).max(initial=0.0))
    if not worst <= LARGEST:
        raise _unlike(f"logits off by {worst:.3g} at {size}", f"at most {LARGEST:g} is let pass")
    return worst


def _unlike(found: str, rule: str) -> ParityError:
    return ParityError(
        found, rule, "nothing was written; the network must compute the same in ONNX (docs/models.md)"
    )
