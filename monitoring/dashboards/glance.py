"""The rows of the overview: whether all is well, and the four courses that tell most."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.panels import Row, lines, number, rows_of
from monitoring.dashboards.queries import FIRING, JOB, Query, gauge, largest, quantiles, rate
from pandian import metrics as names

#: The version that is looked at.
VERSION = 'version="$version"'
#: Labels that tell an alert from another.
_SAYS = ("alertname", "severity", "topic", "model", "version", "instance")


def glance() -> Row:
    """Return the row."""
    return (
        "At a glance",
        [
            number(
                "Workers up",
                Query(f'sum(up{{job="{JOB}"}})', "workers"),
                "Workers that answered the last scrape.",
                bad_from=1,
                low_is_bad=True,
            ),
            number(
                "Records a second",
                Query(rate(names.RECORDS), "records"),
                "Records read and counted, all topics and workers together.",
            ),
            number(
                "Records behind",
                Query(gauge(names.LAG), "records"),
                "Records in the source topics that are not yet counted.",
            ),
            number(
                "Assets",
                Query(gauge(names.ASSETS), "assets"),
                "Kinds of records in the live inventory.",
            ),
            number(
                "AUC",
                Query(largest(names.AUC, 'bound="value"', VERSION), "AUC"),
                "Area under the ROC curve of the version chosen above, of all its matured labels: the chance that what "
                "was acted on had been scored above what was not. 0.5 is guessing.",
                decimals=3,
            ),
            number(
                "Alerts",
                Query(gauge(names.ALERTS), "alerts"),
                "Alerts that Pandian itself raised and that go on; their text is on the topic pandian.alerts.",
                bad_from=1,
            ),
            rows_of(
                "Alerts of Prometheus",
                Query(f"max by ({', '.join(_SAYS)}) ({FIRING})", ""),
                "What fires now of monitoring/prometheus/rules.yml; docs/monitoring.md says what to do about each.",
                hidden=["Time", "Value"],
            ),
        ],
    )


def courses() -> Row:
    """Return the row of what tells most; each has a dashboard of its own, linked above."""
    return (
        "The last hour",
        [
            lines(
                "Records by outcome",
                [Query(rate(names.RECORDS, by=["outcome"]), "{{outcome}}")],
                "Records read a second: profiled are counted field by field, quarantined could not be read.",
                unit=units.RecordsPerSecond,
                stacked=True,
            ),
            lines(
                "Quality, by asset",
                [Query(largest(names.QUALITY, by=["asset"]), "{{asset}}")],
                "The score behind the grades: A from 0.9.",
                unit=units.PercentUnit,
                between=(0, 1),
            ),
            lines(
                "Time of an answer",
                quantiles(names.RECOMMEND),
                "From a request, by HTTP or topic, to its answer inside the worker.",
                unit=units.Seconds,
            ),
            lines(
                "AUC, by version",
                [
                    Query(
                        largest(names.AUC, 'bound="value"', by=["model", "version"]), "{{model}} {{version}}"
                    )
                ],
                "Of all matured labels of each version that has any.",
                zero=False,
            ),
        ],
    )
