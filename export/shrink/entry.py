"""Writes an entry anew with a smaller graph, if that answers as well."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from export.files import encode_probes, write_files
from export.registry.base import CARD, GRAPH, PROBES, Entry
from export.registry.exceptions import QualityError
from export.registry.folders import check_free
from export.runtime import Items, Logits, OnnxModel, open_session, read_probes
from export.shrink.base import Precision, shrink_graph
from export.shrink.living import pruned_files, pruned_graph
from export.shrink.prune import Columns

#: NDCG@10 that may be lost, at most.
ALLOWED = 0.002
#: Items of a list that are compared on the probes.
TOP = 10
_RUNS = 21

Score = Callable[[Items], Logits]
#: Returns the NDCG@10 of each of some targets, which are always the same ones, by what answers and the columns of the
#: catalogue that it knows (None: all).
Gains = Callable[[Score, Columns | None], npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Living:
    """Which items an entry keeps."""

    kept: Columns
    """Their columns, rising, one at least."""
    rule: Mapping[str, Any]
    """Why the others go, and how many for which reason, for the card."""


@dataclass(frozen=True)
class Judged:
    """What a smaller graph costs."""

    before: float
    """NDCG@10 of the graph as it was."""
    after: float
    targets: int
    overlap: float
    """Share of the ten items with the highest logits that are the same, over all probes."""
    least: float
    """The same, of the probe where it is least."""

    @property
    def loss(self) -> float:
        """NDCG@10 that is lost."""
        return self.before - self.after

    def document(self) -> dict[str, Any]:
        """Return it for a card."""
        return {
            "ndcg@10": {"before": self.before, "after": self.after, "loss": self.loss, "allowed": ALLOWED},
            "targets": self.targets,
            f"overlap@{TOP}": {"mean": self.overlap, "least": self.least},
        }


def shrink_entry(
    entry: Entry, out: Path, precision: Precision, gains: Gains, living: Living | None = None
) -> Entry:
    """Write an entry anew, in another precision or of fewer items; the folder appears complete, or not at all.

    The card says what it cost and what it brought: ``precision`` and ``shrunk``. Other files stay as they are. Its
    probes are those of the entry with the logits that the smaller graph gives.

    Args:
        entry: in float32. It stays as it is.
        out: must not exist, or be empty.
        precision: what its tables are kept in.
        gains: of targets by which the two are compared.
        living: the items that stay; None: all.

    Raises:
        QualityError: when more than .002 of NDCG@10 is lost, or the entry is not in float32.
        ExportError: when a weight is no number.
        EntryError: when the entry cannot be run.
        RegistryError: when the folder is not empty, or cannot be written.
    """
    check_free(out)
    found = entry.card.get("precision", "float32")
    if found != "float32":
        raise QualityError(
            f"{entry.reference}: {found}", "must be in float32", "shrink the entry that this one was made of"
        )
    model = OnnxModel(entry)
    probes = read_probes(entry, len(model.catalogue))
    graph, kept = entry.read(GRAPH), None
    files = {name: entry.read(name) for name in entry.files if name not in (CARD, GRAPH, PROBES)}
    card = dict(entry.card)
    if living is not None and len(living.kept) < len(model.catalogue):
        kept = living.kept
        graph, probes = pruned_graph(graph, probes, kept)
        files |= pruned_files(files, kept, card)
        card["pruned"] = {
            "items": len(model.catalogue) - len(kept),
            "of": len(model.catalogue),
            **living.rule,
        }
    graph = shrink_graph(graph, precision)
    session = open_session(graph)

    def answer(items: Items) -> Logits:
        logits: Logits = session.run(["logits"], {"items": items})[0]
        return logits

    answers = [(items, logits, answer(items)) for items, logits in probes]
    smaller = f"{entry.reference} in {precision}{f', of {len(kept):,} items' if kept is not None else ''}"
    if not all(np.isfinite(found).all() for *_, found in answers):
        raise QualityError(f"{smaller}: logits", "must be finite numbers on the probes", "keep float32")
    judged = _judged(gains(model.logits, None), gains(answer, kept), answers)
    if not judged.loss <= ALLOWED:
        raise QualityError(
            f"{smaller}: NDCG@10 {judged.after:.4f} instead of {judged.before:.4f} on {judged.targets:,} targets",
            f"may lose {ALLOWED:g} at most ({judged.overlap:.0%} of the {TOP} best items are the same)",
            "keep more items, float32, or take float16",
        )
    files |= {GRAPH: graph, PROBES: encode_probes([(items, found) for items, _, found in answers])}
    history = _longest(model, len(kept) if kept is not None else len(model.catalogue))
    card |= {
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "precision": precision,
        "shrunk": {
            "from": entry.version,
            "bytes": {"before": entry.files[GRAPH].bytes, "after": len(graph)},
            "latency_ms": {
                "before": _milliseconds(model.logits, history),
                "after": _milliseconds(answer, history),
            },
            **judged.document(),
        },
    }
    return write_files(out, card, files)


def size_ratio(card: Mapping[str, Any]) -> float:
    """Return how many times as large the graph was before."""
    found = card["shrunk"]["bytes"]
    return float(found["before"] / found["after"])


def _judged(
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
    probes: list[tuple[Items, Logits, Logits]],
) -> Judged:
    shares = np.concatenate([_overlaps(logits, found) for _, logits, found in probes])
    return Judged(
        float(before.mean()),
        float(after.mean()),
        len(before),
        float(shares.mean()),
        float(shares.min()),
    )


def _overlaps(one: Logits, other: Logits) -> npt.NDArray[np.float64]:
    """Return the share of the highest that two have in common, by history [batch]."""
    k = min(TOP, one.shape[1])
    tops = (np.argsort(-logits, 1, kind="stable")[:, :k] for logits in (one, other))
    shared = [len(np.intersect1d(*pair)) / k for pair in zip(*tops, strict=True)]
    return np.array(shared)


def _longest(model: OnnxModel, n_items: int) -> Items:
    return np.random.default_rng(0).integers(1, n_items + 1, (1, model.max_length), np.int64)


def _milliseconds(answer: Score, history: Items) -> float:
    """Return what one history takes, in milliseconds of the processor, so that other work beside it counts little."""
    spent = []
    for _ in range(_RUNS):
        began = time.process_time_ns()
        answer(history)
        spent.append(time.process_time_ns() - began)
    return round(median(spent) / 1e6, 4)
