"""The rows of the workers: whether they are there, what they use, and how their upkeep goes."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.panels import Panel, Row, lines
from monitoring.dashboards.queries import JOB, WINDOW, Query, gauge, happened, largest, quantiles, rate
from pandian import metrics as names

_THIRD = 8
_HALF = 12


def worker() -> list[Row]:
    """Return the rows."""
    return [("Processes", _processes()), ("Upkeep", _upkeep()), ("Alerts", _alerts())]


def _processes() -> list[Panel]:
    return [
        lines(
            "Workers that answer",
            [Query(f'up{{job="{JOB}"}}', "{{instance}}")],
            "1 while a worker answers Prometheus, 0 while it does not.",
            between=(0, 1),
            width=_HALF,
        ),
        lines(
            "Time of a scrape",
            [Query(f'scrape_duration_seconds{{job="{JOB}"}}', "{{instance}}")],
            "How long a worker takes to tell its metrics: it grows with assets and fields.",
            unit=units.Seconds,
            width=_HALF,
        ),
        lines(
            "Memory",
            [Query(f'process_resident_memory_bytes{{job="{JOB}"}}', "{{instance}}")],
            "Resident memory of each worker.",
            unit=units.BytesSI,
            width=_HALF,
        ),
        lines(
            "Processor",
            [Query(f'rate(process_cpu_seconds_total{{job="{JOB}"}}[{WINDOW}])', "{{instance}}")],
            "Processors that each worker keeps busy; one that counts at its limit needs one and a bit.",
            width=_HALF,
        ),
    ]


def _upkeep() -> list[Panel]:
    return [
        lines(
            "Kafka is away",
            [Query(largest(names.BROKER_AWAY, by=["instance"]), "{{instance}}")],
            "1 while the broker does not answer a worker that counts.",
            between=(0, 1),
            width=_THIRD,
        ),
        lines(
            "Time of a checkpoint",
            quantiles(names.CHECKPOINT),
            "From freezing the profiles to their acknowledgement by the broker.",
            unit=units.Seconds,
            width=_THIRD,
        ),
        lines(
            "Profiles written",
            [Query(rate(names.PROFILE_BYTES), "bytes a second")],
            "What the checkpoints write to pandian.profiles; PANDIAN_PROFILE_BYTES_PER_SECOND bounds it, a worker.",
            unit=units.BytesPerSecondSI,
            width=_THIRD,
        ),
        lines(
            "Trouble with reading",
            [
                Query(happened(names.EXPIRED), "expired unread"),
                Query(happened(names.RELOADS), "partitions read again"),
            ],
            "Records that retention removed before they were counted, and partitions whose memory was dropped and read "
            "again from their last checkpoint; the latter costs work, never a count.",
            width=_THIRD,
        ),
        lines(
            "Left out of the metrics",
            [Query(gauge(names.OMITTED, by=["what"]), "{{what}}")],
            "Assets and fields beyond what one worker exports. The inventory itself has all of them.",
            width=_THIRD,
        ),
    ]


def _alerts() -> list[Panel]:
    return [
        lines(
            "Alerts posted to the webhook, by outcome",
            [Query(rate(names.ALERT_WEBHOOK, by=["outcome"]), "{{outcome}}")],
            "Delivered; failed, and made again; dropped. Empty without PANDIAN_ALERT_WEBHOOK.",
            width=_HALF,
        ),
        lines(
            "Alerts that wait for the webhook",
            [Query(gauge(names.ALERT_WEBHOOK_WAITING), "alerts")],
            "Kept until it takes them, up to 1,000.",
            width=_HALF,
        ),
    ]
