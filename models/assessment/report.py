"""What was found of one or two models, as one HTML page: what is right, for whom, and what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from models.assessment import plots
from models.assessment.base import Assessment
from models.assessment.facts import HISTORY_GROUPS, Facts
from models.assessment.pair import verdict
from models.assessment.tables import beyond_table, metrics_table
from models.comparison import Comparison
from pandian.html.markup import Markup, tag, value
from pandian.html.page import page

_MOST_FILES = 5


@dataclass(frozen=True)
class Report:
    """What a page is made of."""

    models: tuple[Assessment, ...]
    """One, or two of the same targets."""
    facts: Facts
    compared: Mapping[str, Comparison]
    """Of two models; empty with one."""
    sources: Sequence[str]
    """Names of the files."""
    users: int
    targets: int

    @property
    def k(self) -> int:
        """Return the length of lists that plots are of: 10 where it was asked for."""
        lengths = list(self.models[0].shown)
        return 10 if 10 in lengths else lengths[0]


def report_page(report: Report) -> str:
    """Return the page; it looks the same for the same figures, whenever it is made."""
    names = " and ".join(f"{one.model}@{one.version}" for one in report.models)
    style = files("models.assessment").joinpath("report.css").read_text(encoding="utf-8")
    body = (
        _masthead(report),
        tag("main", _right(report), _groups(report), _shown(report)),
        tag(
            "footer",
            tag("p", "Intervals are of 95 %: users were drawn 2,000 times, each with all of their targets."),
            tag("p", "All items of the catalogue are ranked; ties count against the model."),
        ),
    )
    return page(f"Evaluation of {names}", body, style=style)


def _masthead(report: Report) -> Markup:
    facts = [
        ("targets", f"{report.targets:,}"),
        ("users", f"{report.users:,}"),
        ("interactions before", f"{report.facts.interactions:,}"),
        ("items of the files", f"{len(report.facts.counts):,}"),
    ]
    shown = [*report.sources[:_MOST_FILES], *(["…"] if len(report.sources) > _MOST_FILES else [])]
    return tag(
        "header",
        tag(
            "div",
            tag("h1", "Evaluation"),
            tag("p", *(value(one) for one in shown), class_="when"),
            class_="brand",
        ),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in facts), class_="totals"),
        class_="masthead",
    )


def _right(report: Report) -> Markup:
    models, metric = report.models, f"ndcg@{report.k}"
    said = None
    if report.compared:
        words = verdict(models[0], models[1], report.compared[metric], metric)
        said = tag("p", f"{words[0].upper()}{words[1:]}.", class_="verdict")
    return tag(
        "section",
        tag("h2", "What is found"),
        said,
        tag("dl", *(_about(one) for one in models), class_="about"),
        metrics_table(models, report.compared),
        tag(
            "div",
            _plot("Share found, by how many items are shown", plots.found_by(models)),
            _plot("Differences, the other less the first", plots.differences(report.compared))
            if report.compared
            else None,
            class_="side",
        ),
    )


def _about(one: Assessment) -> Markup:
    kept = "stay candidates" if one.seen == "keep" else "are left out"
    return tag(
        "div",
        tag("dt", value(f"{one.model}@{one.version}")),
        tag("dd", f"{one.catalogue:,} items; those of the history {kept}"),
    )


def _groups(report: Report) -> Markup:
    models, metric = report.models, f"ndcg@{report.k}"
    edges = ", ".join(f"{name} up to {most:,}" if most else f"{name} more" for name, most in HISTORY_GROUPS)
    return tag(
        "section",
        tag("h2", "For whom, and which items"),
        tag(
            "p",
            f"By length of the history: {edges} interactions. By the target: the head are the most popular items that"
            " have a fifth of the interactions together, the tail the least popular ones that do; new items have none"
            " in what was known.",
        ),
        tag(
            "div",
            _plot(
                "By length of the history",
                plots.by_groups(models, metric, [one.by_history for one in models]),
            ),
            _plot(
                "By popularity of the target",
                plots.by_groups(models, metric, [one.by_item for one in models]),
            ),
            class_="side",
        ),
    )


def _shown(report: Report) -> Markup:
    taste = float(report.facts.taste.mean())
    return tag(
        "section",
        tag("h2", "What is shown"),
        tag(
            "p",
            "Coverage is the share of the catalogue that is in some list. Novelty is the mean self-information of what"
            f" is shown. Items of the histories have {taste:,.1f} interactions on average; the lift is by how much more"
            " popular items are that are shown. Gini says how unequally items are shown: 0 all the same, 1 one alone.",
        ),
        tag(
            "div",
            tag("div", beyond_table(report.models)),
            _plot(
                f"Who is shown, in lists of {report.k}", plots.lorenz(report.models, report.facts, report.k)
            ),
            class_="side",
        ),
    )


def _plot(title: str, drawn: Markup) -> Markup:
    return tag("div", tag("h3", title), drawn)
