"""Names, help and labels of Pandian's Prometheus metrics, in one place. Label sets are bounded."""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """What Prometheus is told about a metric."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


RECORDS = Metric(
    "pandian_records_total",
    "Records read, by what became of them (profiled, quarantined).",
    ("topic", "outcome"),
)
LAG = Metric(
    "pandian_lag_records", "Records in a source partition that are not yet counted.", ("topic", "partition")
)
CHECKPOINT = Metric(
    "pandian_checkpoint_seconds", "Time from freezing a partition's profile to its acknowledgement."
)
QUALITY = Metric("pandian_quality_score", "Quality score of an asset between 0 and 1.", ("asset",))
MISSING = Metric(
    "pandian_field_missing_ratio", "Share of a field's values that are missing.", ("asset", "field")
)
ASSETS = Metric("pandian_assets", "Assets in the live inventory.")
EXPIRED = Metric(
    "pandian_expired_records_total",
    "Records that retention removed before they were read.",
    ("topic", "partition"),
)
PROFILE_BYTES = Metric("pandian_profile_bytes_total", "Bytes of partition profiles written.")
RELOADS = Metric(
    "pandian_reloads_total", "Times a partition's state was dropped and read again, by reason.", ("reason",)
)
OMITTED = Metric(
    "pandian_metrics_omitted",
    "Things left out of the metrics to bound their number: assets or fields.",
    ("what",),
)
