"""Changes entries as accidents and enemies do."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import onnx
import orjson
from onnx import numpy_helper

from export.registry import Entry


def copy(entry: Entry, folder: Path) -> Path:
    """Return a copy that may be changed."""
    shutil.copytree(entry.path, folder)
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def manifest(folder: Path, **changes: Any) -> dict[str, Any]:
    """Change the manifest and return it."""
    path = folder / "manifest.json"
    document = orjson.loads(path.read_bytes()) | changes
    path.write_bytes(orjson.dumps(document))
    return document


def forge(folder: Path, name: str, data: bytes) -> None:
    """Replace a file and let the manifest agree: what checksums alone cannot find."""
    (folder / name).write_bytes(data)
    files = manifest(folder)["files"]
    files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest(folder, files=files)


def forge_card(folder: Path, **changes: Any) -> None:
    """Change the card, and let the manifest agree."""
    card = orjson.loads((folder / "card.json").read_bytes())
    forge(folder, "card.json", orjson.dumps(card | changes))


def perturbed(graph: bytes, by: float) -> bytes:
    """Return a graph whose largest weight is off by some amount."""
    model = onnx.load_from_string(graph)
    largest = max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    weights = numpy_helper.to_array(largest).copy()
    weights.flat[len(weights.flat) // 2] += by
    largest.CopyFrom(numpy_helper.from_array(weights, largest.name))
    return model.SerializeToString()
