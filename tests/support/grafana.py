"""What Grafana asks Prometheus for the dashboard, with the variables filled in as it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_OF_VALUES = re.compile(r"label_values\((.+), (\w+)\)")
_VARIABLE = re.compile(r"\$(\w+)")


class Question(NamedTuple):
    """One query of a panel."""

    panel: str
    letter: str
    expr: str
    instant: bool
    """Asked for now only, not for a course."""


def questions(board: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the queries of all panels of a dashboard."""
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield Question(panel["title"], target["refId"], target["expr"], bool(target.get("instant")))


def choices(board: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the variables that are chosen from Prometheus' own values: series and label of each."""
    found = {}
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            parts = _OF_VALUES.fullmatch(variable["query"]["query"])
            assert parts, variable["query"]
            found[variable["name"]] = (parts[1], parts[2])
    return found


def filled(expr: str, values: Mapping[str, str]) -> str:
    """Put the variables' values into an expression.

    Raises:
        KeyError: when there is none for a variable.
    """
    return _VARIABLE.sub(lambda found: values[found[1]], expr)
