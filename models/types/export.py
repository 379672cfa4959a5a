"""Writes what was learned as one ONNX graph: texts, statistics and forms in, probabilities of types out.

Weights of hashed pieces are eight-bit integers with a scale for each type: 1 MB instead of 5, which changes no decision
(``tests/models/types``). Names of types and forms travel in the graph's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.types import ridge
from pandian.types.ngrams import BUCKETS

#: Of the graph; the runtime refuses others.
FORMAT = "1"
_OPSET = 17


def graph(
    model: ridge.Ridge,
    types: Sequence[str],
    forms: Sequence[str],
    sharpness: float,
    facts: Mapping[str, object],
) -> bytes:
    """Return the ONNX file.

    Args:
        model: what was learned.
        types: names of the columns of its scores.
        forms: names of the forms, in its order.
        sharpness: by which scores are multiplied before the softmax.
        facts: how it was trained; kept as metadata.
    """
    steps = np.maximum(np.abs(model.hashed).max(axis=0), 1e-9) / 127
    whole = np.clip(np.rint(model.hashed / steps), -127, 127).astype(np.int8)
    limit = ridge.CLIP / np.sqrt(len(model.mean))
    constants: dict[str, np.ndarray[Any, Any]] = {
        "rarity": model.rarity, "blocks": np.array([0, 3, BUCKETS]), "flat": np.array([0, 3 * BUCKETS]),
        "tiny": np.array(1e-9, np.float32), "whole": whole, "steps": steps.astype(np.float32),
        "zeros": np.zeros(len(steps), dtype=np.int8), "mean": model.mean, "scale": model.scale,
        "low": np.array(-limit, np.float32), "high": np.array(limit, np.float32), "waves": model.waves,
        "phase": model.phase, "w_dense": model.dense * ridge.HEIGHT, "w_forms": model.forms, "bias": model.bias,
        "sharpness": np.array(sharpness, np.float32),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Mul", ["hashed", "rarity"], ["weighted"]),
        node("Reshape", ["weighted", "blocks"], ["split"]),
        node("ReduceL2", ["split"], ["length"], axes=[2], keepdims=1),
        node("Max", ["length", "tiny"], ["safe"]),
        node("Div", ["split", "safe"], ["unit"]),
        node("Reshape", ["unit", "flat"], ["texts"]),
        node("DequantizeLinear", ["whole", "steps", "zeros"], ["w_texts"], axis=1),
        node("MatMul", ["texts", "w_texts"], ["by_texts"]),
        node("Sub", ["dense", "mean"], ["centred"]),
        node("Mul", ["centred", "scale"], ["standard"]),
        node("Clip", ["standard", "low", "high"], ["inside"]),
        node("MatMul", ["inside", "waves"], ["turned"]),
        node("Add", ["turned", "phase"], ["phased"]),
        node("Cos", ["phased"], ["waved"]),
        node("MatMul", ["waved", "w_dense"], ["by_dense"]),
        node("MatMul", ["forms", "w_forms"], ["by_forms"]),
        node("Sum", ["by_texts", "by_dense", "by_forms", "bias"], ["scores"]),
        node("Mul", ["scores", "sharpness"], ["sharp"]),
        node("Softmax", ["sharp"], ["probabilities"], axis=1),
    ]
    sizes = {"hashed": 3 * BUCKETS, "dense": len(model.mean), "forms": len(forms)}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["draws", size])
        for name, size in sizes.items()
    ]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["draws", len(types)])]
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    made = helper.make_model(
        helper.make_graph(nodes, "semantic types", inputs, outputs, tensors),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=9,
        producer_name="pandian",
    )
    told = {"format": FORMAT, "types": list(types), "forms": list(forms), **facts}
    helper.set_model_props(made, {name: json.dumps(value) for name, value in told.items()})
    onnx.checker.check_model(made)
    return made.SerializeToString(deterministic=True)
