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
BROKER_AWAY = Metric("pandian_broker_away", "1 while the broker does not answer this worker, else 0.")
CHECKPOINT = Metric(
    "pandian_checkpoint_seconds", "Time from freezing a partition's profile to its acknowledgement."
)
QUALITY = Metric("pandian_quality_score", "Quality score of an asset between 0 and 1.", ("asset",))
GRADE = Metric(
    "pandian_quality_grade", "Quality grade of an asset: A is 5, B 4, C 3, D 2, E 1, F 0.", ("asset",)
)
EVENT_AGE = Metric(
    "pandian_event_age_seconds",
    "By how much the newest event of an asset is older than its newest record; below 0 a clock is ahead.",
    ("asset",),
)
MISSING = Metric(
    "pandian_field_missing_ratio", "Share of a field's values that are missing.", ("asset", "field")
)
DRIFT = Metric(
    "pandian_field_drift_evidence",
    "Evidence now that a field's values have changed: the decimal logarithm of an e-value.",
    ("asset", "field"),
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
EXTRACTED = Metric(
    "pandian_interactions_total",
    "Source records turned into interactions, by what became of them (interaction, or the reason why none).",
    ("topic", "outcome"),
)
ARCHIVED = Metric(
    "pandian_archive_rows_total",
    "Rows written to the archive (archived), or why they were not.",
    ("topic", "outcome"),
)
ARCHIVE_LAG = Metric(
    "pandian_archive_lag_records",
    "Records of a partition that are counted and not yet archived.",
    ("topic", "partition"),
)
RECOMMEND = Metric(
    "pandian_recommend_seconds", "Time from a request for recommendations to its answer, inside the worker."
)
RECOMMENDATIONS = Metric(
    "pandian_recommendations_total",
    "Answers given, by model and by whether a fallback answered.",
    ("model", "version", "fallback"),
)
SEQUENCES = Metric("pandian_users", "Users whose sequence this worker holds.")
NEW_ITEMS = Metric(
    "pandian_new_items", "Items unknown to the champion that this worker can recommend by their names."
)
KNOWS_UNTIL = Metric(
    "pandian_knows_until_timestamp_seconds", "Event time of the newest interaction that this worker knows."
)
SEQUENCE_RECORDS = Metric(
    "pandian_sequence_records_total",
    "Records of pandian.interactions read for the live sequences, by what became of them.",
    ("outcome",),
)
REQUESTS_REJECTED = Metric(
    "pandian_requests_rejected_total",
    "Records of pandian.requests that cannot be answered, by reason.",
    ("reason",),
)
SHADOW = Metric(
    "pandian_shadow_total",
    "Answers of an experiment by what became of them: scored by the other model, or why not.",
    ("outcome",),
)
MODEL_INFO = Metric("pandian_model_info", "1 for the model that answers now.", ("model", "version", "role"))
MODEL_REFUSED = Metric(
    "pandian_model_refused_total", "Registry entries that were not taken, by reason.", ("reason",)
)
CHAMPION_REFUSED = Metric(
    "pandian_champion_refused",
    "1 while the champion that the registry names, or its pointer, is not taken, by reason.",
    ("reason",),
)
AUC = Metric(
    "pandian_model_auc",
    "Area under the ROC curve of matured labels: value, and low and high of its 95 % interval, bucket bound included.",
    ("model", "version", "bound"),
)
AUC_RECENT = Metric(
    "pandian_model_auc_recent", "The same of the newest labels only.", ("model", "version", "bound")
)
AUC_REFERENCE = Metric(
    "pandian_model_auc_reference",
    "The same of the first labels of the version.",
    ("model", "version", "bound"),
)
FIGURE = Metric(
    "pandian_model_figure",
    "A figure of the newest whole window of labels; segment and value are empty for all of them.",
    ("model", "version", "figure", "segment", "value"),
)
EVIDENCE = Metric(
    "pandian_model_auc_evidence",
    "Evidence that the AUC has fallen, as a share of what raises the alarm.",
    ("model", "version"),
)
LABELS = Metric("pandian_labels_total", "Impressions whose label matured.", ("model", "version", "label"))
IMPRESSIONS_OPEN = Metric("pandian_impressions_open", "Impressions whose attribution window is not over.")
FEEDBACK_REJECTED = Metric(
    "pandian_impressions_rejected_total", "Impressions that cannot be labelled, by reason.", ("reason",)
)
FEEDBACK_ACTIONS = Metric(
    "pandian_feedback_interactions_total",
    "Interactions read to label impressions, by what became of them (taken, late, future, invalid).",
    ("outcome",),
)
LABELS_UNTIMELY = Metric(
    "pandian_labels_untimely_total",
    "Labels that were not given by event time: too many waited (early), or no interaction came (idle).",
    ("why",),
)
LABELS_WATCHED = Metric(
    "pandian_labels_watched_total",
    "Labels read to watch models, by what became of them (taken, crowded: of one version too many, repeat, invalid).",
    ("outcome",),
)
ALERTS = Metric("pandian_alerts_firing", "Alerts that are firing now.", ("kind",))
ALERT_WEBHOOK = Metric(
    "pandian_alert_webhook_total",
    "Alerts posted to the webhook: delivered, attempts that failed and are made again, and alerts that were dropped.",
    ("outcome",),
)
ALERT_WEBHOOK_WAITING = Metric(
    "pandian_alert_webhook_waiting", "Alerts that the webhook has not taken yet and that are kept for it."
)
