"""Runs an exported model with onnxruntime. Needs no torch.

One process serves many requests at once, so a run takes one thread and does not spin. CUDA is used where there is a
GPU and its libraries, else the CPU.
"""

from __future__ import annotations

import ctypes
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import orjson

from export.registry.base import CATALOGUE, GRAPH, PROBES, Entry
from export.registry.exceptions import EntryError, ParityError

Items = npt.NDArray[np.int64]
Logits = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

#: Where a model runs, it must give its probes' logits within this, relative to them (absolute below 1). Processors
#: differ in the order of their sums by some 1e-6; a graph or weight that is wrong is off by far more.
TOLERANCE = 1e-3
#: As above, of int8: where what is known of a history lies between two steps, the order of sums decides which of them
#: it is rounded to.
INT8_TOLERANCE = 0.05

#: onnxruntime 1.31 makes of positions counted from the right, ``range(length - 1, -1, -1)``, a slice that ends at -1,
#: which means the last position: the slice is empty.
_BROKEN_OPTIMIZERS = ["GatherToSliceFusion"]
_FATAL = 4


class OnnxModel:
    """An entry, ready to answer. Methods may be called from several threads at once.

    Args:
        entry: Its files are checked again as they are read.

    Raises:
        EntryError: when a file is not what was exported, or onnxruntime cannot run it.
        ParityError: when it does not give its probes' logits here.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.catalogue: tuple[str, ...] = _read_catalogue(entry)
        #: Column of the logits of each item of the catalogue.
        self.index: dict[str, int] = {item: column for column, item in enumerate(self.catalogue)}
        if len(self.index) != len(self.catalogue):
            raise _wrong(entry, CATALOGUE, "an item twice", "must have each item once")
        #: Items of a history that the model looks at: the newest.
        self.max_length: int = entry.card["max_length"]
        #: Whether items of the history stay candidates.
        self.keeps_seen: bool = entry.card["seen"] == "keep"
        self._slope = float(entry.card["calibration"]["slope"])
        self._offset = float(entry.card["calibration"]["offset"])
        try:
            self._session = open_session(entry.read(GRAPH))
        except EntryError:
            raise
        except Exception as error:  # onnxruntime has an exception for each of its codes, and no common one
            raise _wrong(
                entry, GRAPH, _first_line(error), "must be a graph that onnxruntime can run"
            ) from error
        _check_ends(entry, self._session, len(self.catalogue))
        self._check_probes()

    @property
    def providers(self) -> list[str]:
        """What onnxruntime runs it on, the preferred one first."""
        found: list[str] = self._session.get_providers()
        return found

    def encode(self, histories: Sequence[Sequence[str]]) -> Items:
        """Return histories of items, oldest first, as the model takes them: [histories, longest of them].

        Items that the catalogue does not have are left out; of longer histories the newest ``max_length`` remain.
        """
        rows = [
            [self.index[item] + 1 for item in history if item in self.index][-self.max_length :]
            for history in histories
        ]
        items = np.zeros((len(rows), max(1, *map(len, rows), 1)), np.int64)
        for number, row in enumerate(rows):
            items[number, items.shape[1] - len(row) :] = row
        return items

    def logits(self, items: Items) -> Logits:
        """Return the logits of the whole catalogue [batch, n_items] after each history.

        Args:
            items: [batch, length], column of the catalogue plus 1, 0 before the first one; the newest is the last.
                Of more than ``max_length``, the newest are looked at.

        Raises:
            ValueError: when it is not two-dimensional int64, or an item is not in the catalogue.
        """
        items = self.checked(items)
        if len(items) == 0:
            return np.zeros((0, len(self.catalogue)), np.float32)
        found: Logits = self._session.run(["logits"], {"items": items})[0]
        return found

    def checked(self, items: Items) -> Items:
        """Return histories as the graph takes them: at least one place, at most ``max_length``, the newest.

        Raises:
            ValueError: as :meth:`logits` does.
        """
        if items.ndim != 2 or items.dtype != np.int64:
            raise ValueError(f"items must be int64 [batch, length], not {items.dtype} {items.shape}")
        items = items[:, -self.max_length :]
        if items.size and not 0 <= int(items.min()) <= int(items.max()) <= len(self.catalogue):
            raise ValueError(f"items must be from 0 to {len(self.catalogue)}")
        return items if items.shape[1] else np.zeros((len(items), 1), np.int64)

    def scores(self, logits: npt.NDArray[Any]) -> Scores:
        """Return the estimated probability that an item is acted on when shown, of the same shape as ``logits``."""
        return calibrated(logits, self._slope, self._offset)

    def _check_probes(self) -> None:
        allowed = INT8_TOLERANCE if self.entry.card.get("precision") == "int8" else TOLERANCE
        for items, expected in read_probes(self.entry, len(self.catalogue)):
            try:
                found = self.logits(items)
            except Exception as error:  # as above
                raise _wrong(
                    self.entry, PROBES, _first_line(error), "the graph must run on its probes"
                ) from error
            if found.shape != expected.shape or not np.isfinite(found).all():
                raise ParityError(
                    f"{self.entry.path}: logits {found.shape} for {items.shape}",
                    f"must be finite, and {expected.shape}",
                    "export the model again",
                )
            off = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
            if off.max(initial=0.0) > allowed:
                raise ParityError(
                    f"{self.entry.path}: logits off by {off.max():.2g}",
                    f"must be those it was exported with, within {allowed:g}",
                    "export the model again; or this onnxruntime computes wrongly here",
                )


def calibrated(logits: npt.NDArray[Any], slope: float, offset: float) -> Scores:
    """Return sigmoid(slope * logit + offset): Platt scaling. Never 0 or 1, whatever the logits."""
    exponent = np.clip(slope * np.asarray(logits, np.float64) + offset, -36.0, 36.0)
    found: Scores = 1.0 / (1.0 + np.exp(-exponent))
    return found


def open_session(graph: bytes) -> Any:
    """Return a session of onnxruntime as workers run it: one thread, sequential, fully optimised, not spinning.

    Raises:
        Exception: of onnxruntime, when it cannot run the graph.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = _FATAL
    # Every shape of a request would be planned and kept on its own.
    options.enable_mem_pattern = False
    return ort.InferenceSession(
        graph, options, providers=_providers(), disabled_optimizers=_BROKEN_OPTIMIZERS
    )


def _providers() -> list[Any]:
    """Name the CPU, and a GPU before it when there is one: asked without one, onnxruntime complains on stderr."""
    if "CUDAExecutionProvider" not in ort.get_available_providers() or not _gpu_present():
        return ["CPUExecutionProvider"]
    ort.set_default_logger_severity(_FATAL)
    # TensorFloat-32 keeps ten bits of a product: too few for parity.
    return [("CUDAExecutionProvider", {"use_tf32": "0"}), "CPUExecutionProvider"]


def _gpu_present() -> bool:
    """Ask the driver whether it has a device."""
    count = ctypes.c_int(0)
    try:
        driver = ctypes.CDLL("libcuda.so.1")
        return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    except (OSError, AttributeError):
        return False


def _read_catalogue(entry: Entry) -> tuple[str, ...]:
    try:
        lines = orjson.loads(b"[" + b",".join(entry.read(CATALOGUE).splitlines()) + b"]")
    except orjson.JSONDecodeError:
        lines = None
    if not lines or not all(isinstance(line, str) and line for line in lines):
        raise _wrong(
            entry, CATALOGUE, "other lines", "must have one item as JSON text a line, and at least one"
        )
    return tuple(lines)


def read_probes(entry: Entry, n_items: int) -> list[tuple[Items, Logits]]:
    """Return the histories of an entry [batch, length], and the logits that it must give [batch, n_items].

    Raises:
        EntryError: when they are not as the graph takes and gives.
    """
    try:
        with np.load(io.BytesIO(entry.read(PROBES)), allow_pickle=False) as found:
            names = sorted(name for name in found.files if name.startswith("items_"))
            probes = [(found[name], found[name.replace("items_", "logits_")]) for name in names]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _wrong(
            entry, PROBES, _first_line(error), "must hold items_0 and logits_0, and so on"
        ) from error
    for items, logits in probes:
        right = items.ndim == 2 and items.dtype == np.int64 and logits.shape == (len(items), n_items)
        if not right or logits.dtype != np.float32 or items.shape[1] > entry.card["max_length"]:
            raise _wrong(
                entry,
                PROBES,
                f"items {items.shape}, logits {logits.shape}",
                "must be as the graph takes and gives",
            )
    if not probes:
        raise _wrong(entry, PROBES, "no probes", "must hold at least items_0 and logits_0")
    return probes


def _check_ends(entry: Entry, session: Any, n_items: int) -> None:
    """Check what goes in and what comes out, as far as the graph says it."""
    found = [(end.name, end.type, list(end.shape)) for end in (*session.get_inputs(), *session.get_outputs())]
    (items, *rest) = found
    right = len(rest) == 1 and items[:2] == ("items", "tensor(int64)") and len(items[2]) == 2
    right = right and rest[0][:2] == ("logits", "tensor(float)") and len(rest[0][2]) == 2
    if not right or any(type(size) is int for size in items[2]):
        raise _wrong(
            entry, GRAPH, f"{found}"[:200], "must take items [batch, length] and give logits, both dynamic"
        )
    if rest[0][2][1] != n_items:
        raise _wrong(
            entry, GRAPH, f"{rest[0][2][1]} logits", f"must give {n_items:,}, one an item of {CATALOGUE}"
        )


def _wrong(entry: Entry, name: str, found: str, rule: str) -> EntryError:
    return EntryError(f"{entry.path / name}: {found}", rule, "export the model again")


def _first_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
