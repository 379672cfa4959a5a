"""The row of interactions and recommendations: what reaches the sequences, who is answered, by what, how fast."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.panels import HEIGHT, Panel, Row, lines, number
from monitoring.dashboards.queries import Query, happened, largest, quantiles, rate
from pandian import metrics as names

_THIRD = 8


def interactions() -> Row:
    """Return the row of what becomes of records on their way to the users' sequences."""
    return (
        "Interactions",
        [
            lines(
                "Records turned into interactions, by outcome",
                [Query(rate(names.EXTRACTED, 'topic=~"$topic"', by=["outcome"]), "{{outcome}}")],
                "Source records a second: interactions and items, or the reason why none came of a record.",
                unit=units.RecordsPerSecond,
                stacked=True,
            ),
            lines(
                "Interactions read for the sequences, by outcome",
                [Query(rate(names.SEQUENCE_RECORDS, by=["outcome"]), "{{outcome}}")],
                "Each serving worker reads all of pandian.interactions, so two workers show twice as many.",
                unit=units.RecordsPerSecond,
                stacked=True,
            ),
            *_knowledge(),
        ],
    )


def _knowledge() -> list[Panel]:
    return [
        number(
            "Users known",
            Query(largest(names.SEQUENCES), "users"),
            "Users whose sequence a serving worker holds.",
            width=_THIRD,
        ),
        number(
            "New items",
            Query(largest(names.NEW_ITEMS), "items"),
            "Items unknown to the champion that a serving worker can recommend by their names.",
            width=_THIRD,
        ),
        number(
            "Knows until",
            Query(f"1000 * {largest(names.KNOWS_UNTIL)}", "event time"),
            "Event time of the newest interaction that a serving worker knows.",
            unit=units.DatetimeISO,
            width=_THIRD,
        ),
    ]


def recommendations() -> Row:
    """Return the row of the answers."""
    return (
        "Recommendations",
        [
            lines(
                "Time of an answer",
                quantiles(names.RECOMMEND),
                "From a request, by HTTP or topic, to its answer inside the worker.",
                unit=units.Seconds,
                width=_THIRD,
            ),
            lines(
                "Answers, by fallback",
                [Query(rate(names.RECOMMENDATIONS, by=["fallback"]), "{{fallback}}")],
                "none: the model answered from the user's history. Others say why it could not, "
                "such as a user that nothing is known of, who gets what is popular.",
                unit=units.RequestsPerSecond,
                width=_THIRD,
                stacked=True,
            ),
            lines(
                "Answers, by model",
                [Query(rate(names.RECOMMENDATIONS, by=["model", "version"]), "{{model}} {{version}}")],
                "Which model's scores went out.",
                unit=units.RequestsPerSecond,
                width=_THIRD,
            ),
            number(
                "Model that answers",
                Query(
                    largest(names.MODEL_INFO, by=["model", "version", "role"]),
                    "{{role}}: {{model}} {{version}}",
                ),
                "The champion that the registry names, and the challenger that is tried out. live: the baselines that "
                "a worker keeps itself.",
                name=True,
                width=12,
                height=HEIGHT,
            ),
            lines(
                "Refused",
                [
                    Query(happened(names.MODEL_REFUSED), "models"),
                    Query(f"{largest(names.CHAMPION_REFUSED)} or vector(0)", "the champion, now"),
                    Query(happened(names.REQUESTS_REJECTED), "requests"),
                ],
                "Registry entries that were not taken, damaged or foreign, while the model before them goes on; and "
                "records of pandian.requests that cannot be answered.",
            ),
            lines(
                "Answers of an experiment, by shadow",
                [Query(rate(names.SHADOW, by=["outcome"]), "{{outcome}}")],
                "scored: the model that did not answer has scored the items for the comparison. Others say why not; "
                "dropped: there was no time.",
                unit=units.RequestsPerSecond,
                stacked=True,
            ),
        ],
    )
