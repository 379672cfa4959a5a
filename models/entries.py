"""Exported models on interactions: asking an entry for the places of targets. Needs no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from export.registry import Entry, ModelRegistry
from export.registry.manifest import MANIFEST
from export.runtime import OnnxModel
from models.data.histories import Histories, Targets, make_targets
from models.data.log import Codes, InteractionLog
from models.evaluation import Ranks, rank
from pandian.errors import UsageError


def is_entry(name: str) -> bool:
    """Tell whether a name is that of a folder with an entry."""
    return (Path(name) / MANIFEST).exists()


def find_entry(name: str, registry: ModelRegistry) -> Entry:
    """Return the entry that a folder or ``name[@version]`` of the registry names.

    Raises:
        UsageError: when there is neither.
        EntryError: when it is not what was exported.
    """
    if is_entry(name):
        return Entry.open(Path(name))
    if Path(name).exists():
        raise UsageError(
            name, "is no model entry", "name what `pandian train --out` wrote, or a model of the registry"
        )
    model, at, version = name.partition("@")
    return registry.entry(model, version if at else None)


def last_targets(log: InteractionLog, *, every_step: bool = False) -> Targets:
    """Return the last row of each user as a target, and the rows before it as its history.

    Args:
        log: rows of one time come in the order in which they stand.
        every_step: each row from a user's second on is a target. A user with one row gives none.
    """
    histories = Histories(log)
    numbers = np.arange(len(histories))
    wanted = numbers > histories.firsts
    if not every_step:
        wanted &= numbers + 1 == histories.lasts
    rows = np.flatnonzero(wanted)
    return make_targets(histories, rows, histories.ends("rows")[rows])


def columns(model: OnnxModel, item_ids: Sequence[str]) -> Codes:
    """Return where a model has each item, -1 for those that it does not know."""
    return np.array([model.index.get(item, -1) for item in item_ids], np.int64)


def rank_entry(
    model: OnnxModel,
    targets: Targets,
    item_ids: Sequence[str],
    progress: Callable[[float], None] = lambda _: None,
) -> Ranks:
    """Return the places that an exported model gives targets.

    Args:
        model: with any catalogue. A target that it does not know is a miss; such items of a history are left out.
        targets: in columns of ``item_ids``.
        item_ids: what these columns are.
        progress: is told the share that is done.
    """
    known = targets.translate(columns(model, item_ids))
    return rank(model.logits, known, len(model.catalogue), model.max_length, progress)
