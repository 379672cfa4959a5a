"""What a small model of semantic types says of values whose name and form leave the type open.

The model is ``pandian/types/types.onnx``, trained by ``models/types``. It is asked once for all fields of a look
that need it; about 0.6 ms a field.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import onnxruntime as ort

from pandian.types.features import Draw, draws, features
from streams.inventory.classify.forms import forms

_FORMAT = "1"
#: The only messages of onnxruntime that are worth a line: what fails is raised as well.
_FATAL = 4


class Opinion(NamedTuple):
    """What the model takes a field for."""

    type: str
    confidence: float
    """How often it is right when it is as sure as this, among the columns that it was tested on."""
    runner_up: str
    """The next likely type."""


class TypeModel:
    """The model, ready to be asked. Stateless between calls; may be asked from several threads at once.

    Args:
        data: the ONNX file.

    Raises:
        ValueError: when the file is of another format.
    """

    def __init__(self, data: bytes) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = _FATAL
        self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        told = self._session.get_modelmeta().custom_metadata_map
        if json.loads(told.get("format", "null")) != _FORMAT:
            raise ValueError(
                f"the model of types has format {told.get('format')}; this version reads {_FORMAT!r}"
            )
        #: The types that it knows.
        self.types: tuple[str, ...] = tuple(json.loads(told["types"]))
        self._forms: list[str] = json.loads(told["forms"])
        self._slope, self._offset = json.loads(told["calibration"])

    def ask(self, fields: Sequence[Draw]) -> list[Opinion]:
        """Say what each field is likely to mean.

        Args:
            fields: different values of each field with their counts, at least one, none blank.
        """
        if not fields:
            return []
        taken = [draws(samples) for samples in fields]
        told = features(
            [draw for own in taken for draw in own],
            [found for own in taken for found in forms(own)],
            self._forms,
        )
        inputs = {"hashed": told.hashed, "dense": told.dense, "forms": told.forms}
        (output,) = self._session.run(None, inputs)
        starts = np.cumsum([0, *map(len, taken[:-1])])
        means = np.add.reduceat(output, starts, axis=0) / np.array([[len(own)] for own in taken])
        return [self._opinion(mean) for mean in means]

    def _opinion(self, mean: np.ndarray) -> Opinion:
        second, first = np.argsort(mean)[-2:]
        sure = float(np.clip(mean[first], 1e-6, 1 - 1e-6))
        logit = self._slope * np.log(sure / (1 - sure)) + self._offset
        return Opinion(self.types[first], float(1 / (1 + np.exp(-logit))), self.types[second])


@cache
def shipped() -> TypeModel:
    """Return the model that comes with this version; loaded once."""
    return TypeModel(files("pandian.types").joinpath("types.onnx").read_bytes())
