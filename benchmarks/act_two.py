"""The second act of the demo as a person runs it: how soon it is told, what is named first, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.base import Row
from benchmarks.demo import run_demo

#: What the import spells otherwise, and the model hangs on most.
_CODES = ("shop.orders.StockCode", "shop.items.sku")
_TIMES = (
    ("act_two_drift_s", "wrong_to_drift_s", "the first alert of drift"),
    ("act_two_alert_s", "wrong_to_alert_s", "the alert that the AUC fell"),
    ("act_two_over_s", "wrong_to_over_s", "the end of that alert: the import was repeated meanwhile"),
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Runs; the worst counts."""
    limit: int | None = None
    """Order lines; None: all."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Run it, and yield what :func:`rows` says."""
    sizes = sizes or Sizes()
    yield from rows([run_demo(sizes.limit, "--wrong-import") for _ in range(sizes.repeat)])


def rows(runs: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield how long after the first wrong record what was told, and whether the first cause is the right one.

    Raises:
        RuntimeError: an alert did not come, or nothing was promoted.
    """
    acts = [one["act_two"] for one in runs]
    for name, key, what in _TIMES:
        worst = max(_known(one, key) for one in acts)
        yield Row(name, worst, "s", f"`pandian demo --wrong-import`: from the first wrong record to {what}")
    causes = [[f"{cause['asset']}.{cause['field']}" for cause in one["causes"]] for one in acts]
    yield Row(
        "act_two_cause_first",
        sum(named[:1] != [] and named[0] in _CODES for named in causes) / len(causes),
        "of the runs",
        f"name {' or '.join(_CODES)} first of what moved",
        (">=", 1.0),
        {"causes": causes, "text": [one["text"] for one in acts]},
    )
    yield Row(
        "act_two_promoted_s",
        max(_known(one, "alert_to_promoted_s") for one in acts),
        "s",
        "from that alert until a model answers that was trained after the repair, the replay in between included",
        ("<=", 60),
        detail={
            "retraining_s": [one["retrain_s"] for one in acts],
            "why": [one["retrained"] for one in acts],
        },
    )
    yield Row(
        "act_two_s",
        max(one["wall_s"] for one in runs),
        "s",
        "the same from process start to its end, both acts",
        ("<=", 270),
    )


def _known(act: Mapping[str, Any], name: str) -> float:
    if act[name] is None:
        raise RuntimeError(f"the second act has no {name}: {act}")
    return float(act[name])
