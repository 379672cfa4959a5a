"""Writes the files of an entry: all of them or none. Needs no torch."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from export.registry.base import CARD, Entry
from export.registry.card import check_card, created_at
from export.registry.folders import whole_folder
from export.registry.manifest import MANIFEST, FileSum, Manifest
from export.runtime import Items, Logits

#: Bytes of expected logits that travel with an entry, so that a large catalogue makes no large probes.
_PROBE_BYTES = 32 << 20


def write_files(folder: Path, card: Mapping[str, Any], files: Mapping[str, bytes]) -> Entry:
    """Write an entry; the folder appears complete, or not at all.

    Args:
        folder: must not exist, or be empty.
        card: what it says; ``version`` comes from here.
        files: what there is beside the card, by name.

    Raises:
        EntryError: when the card is not as it must be.
        RegistryError: when the folder is not empty, or cannot be written.
    """
    said = {**card, "version": "0"}
    check_card(folder / CARD, said)
    said["version"] = _version(said, files)
    everything = {
        **files,
        CARD: orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY),
    }
    with whole_folder(folder) as draft:
        for name, data in everything.items():
            (draft / name).write_bytes(data)
        sums = {
            name: FileSum(hashlib.sha256(data).hexdigest(), len(data)) for name, data in everything.items()
        }
        (draft / MANIFEST).write_bytes(Manifest(said["model"], said["version"], sums).encode())
    return Entry.open(folder)


def encode_probes(compared: Sequence[tuple[Items, Logits]]) -> bytes:
    """Return inputs and their logits as a file; of a large catalogue, as many rows as fit 32 MB."""
    rows = _PROBE_BYTES // (4 * compared[0][1].shape[1])
    arrays: dict[str, Any] = {}
    for number, (items, logits) in enumerate(compared):
        kept = len(items) if number == 0 else min(len(items), rows)
        if number and not kept:
            break
        rows -= kept
        arrays[f"items_{number}"], arrays[f"logits_{number}"] = items[:kept], logits[:kept]
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _version(card: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """Name the version by when it was made, so that names sort, and by what it holds, so that no two are alike."""
    content = hashlib.sha256()
    for data in (
        *files.values(),
        orjson.dumps(card, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY),
    ):
        content.update(hashlib.sha256(data).digest())
    return f"{created_at(card):%Y%m%d-%H%M%S}-{content.hexdigest()[:6]}"
