"""The alarm on a fall of the AUC, by simulation: false alarms without a change, and labels to the alarm after a fall.

The long run, ``python -m benchmarks.alarm_long``, has more streams, and detectors of others beside it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scipy.stats import chi2

from benchmarks.alarm_streams import Kind, delay, false_alarms
from benchmarks.base import Row

#: Fall of the AUC, and the most labels to the alarm that the median stream may need.
FALLS = {0.10: 4_000, 0.05: 15_000, 0.02: 130_000}
AREAS = (0.65, 0.75, 0.9)
WATCHED = Kind(0.75, 0.05)


@dataclass(frozen=True)
class Sizes:
    """How much is simulated."""

    repeat: int = 1
    """Streams without a change of each kind."""
    rates: tuple[float, ...] = (0.02, 0.05, 0.2)
    """Base rates of these."""
    labels: int = 200_000
    """Labels of each, behind the reference."""
    falls: int = 15
    """Streams of each fall."""
    cap: int = 1_000_000
    """Labels after a fall at which it counts as missed."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the rate of false alarms, the delays, and how often the fall lies in the interval that an alarm gives."""
    sizes = sizes or Sizes()
    yield quiet(sizes)
    inside = raised = 0
    for fall, bar in FALLS.items():
        found = [delay(WATCHED, seed, fall, sizes.cap) for seed in range(sizes.falls)]
        alarms = [alarm for _, alarm in found if alarm]
        held = [one for one in alarms if (one.fall_low or 0.0) <= fall <= (one.fall_high or 0.0)]
        inside, raised = inside + len(held), raised + len(alarms)
        waits = sorted(wait for wait, _ in found)
        yield Row(
            f"alarm_delay_{round(100 * fall):02}",
            statistics.median(waits),
            "labels",
            f"AUC .75, 5 % positive, falls by {fall:g} right behind a reference of 10,000 positive labels; median of"
            f" {len(waits)} streams, 80 % of them {waits[len(waits) // 10]:,} to {waits[-1 - len(waits) // 10]:,},"
            f" {len(waits) - len(alarms)} missed within {sizes.cap:,}",
            ("<=", bar),
            {"said": [round(one.fall or 0.0, 4) for one in alarms[:20]], "inside": len(held)},
        )
    against = f"true falls within the interval that the alarm gives, {raised} alarms of the three falls"
    yield Row("alarm_fall_coverage", inside / max(1, raised), "share", against, (">=", 0.95))


def quiet(sizes: Sizes) -> Row:
    """Return false alarms per 100,000 positive labels, with their exact interval."""
    alarms = watched = high = streams = 0
    by_kind: dict[str, Any] = {}
    for rate in sizes.rates:
        for area in AREAS:
            of_kind = [0, 0]
            for seed in range(sizes.repeat):
                found, positive, above = false_alarms(Kind(area, rate), 1_000 + seed, sizes.labels)
                of_kind = [of_kind[0] + found, of_kind[1] + positive]
                high, streams = high + above, streams + 1
            by_kind[f"auc {area:g}, rate {rate:g}"] = {"alarms": of_kind[0], "positive": of_kind[1]}
            alarms, watched = alarms + of_kind[0], watched + of_kind[1]
    low, upper = (1e5 * one / watched for one in poisson(alarms))
    return Row(
        "alarm_false_per_1e5_positives",
        1e5 * alarms / watched,
        "alarms",
        f"{low:.3f} to {upper:.3f} (exact 95 %): {alarms} in {watched:,} positive labels of {streams} streams of"
        f" {sizes.labels:,} labels behind the reference, AUC .65 to .9, {min(sizes.rates):.1%} to"
        f" {max(sizes.rates):.0%} positive; the floor was above the AUC in {high} streams",
        ("<=", 1.0),
        by_kind,
    )


def poisson(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a Poisson mean (F. Garwood, Biometrika 28, 1936)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return float(low), float(chi2.ppf(0.975, 2 * count + 2) / 2)
