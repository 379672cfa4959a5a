"""Puts figures of ``benchmarks/results/latest.json`` into README.md, in short, and all of them into docs/figures.md.

Each has two marker comments, between which the table stands.

Run it after ``make bench``: ``.venv/bin/python tools/bench_table.py``. A test keeps the two in step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "figures.md"
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
BEGIN = "<!-- figures: begin, written by tools/bench_table.py -->"
END = "<!-- figures: end -->"

NOTHING = (
    "No results are kept in this checkout: `make bench` measures them, `.venv/bin/python tools/bench_table.py` puts "
    "them here."
)
WHAT: Mapping[str, str] = {
    "inventory_records_per_s": "records a second, one worker, full inventory of order lines of 8 fields",
    "inventory_vs_faust": "the same over a stock Faust agent that decodes the JSON and counts into a table",
    "two_workers_speedup": "two workers over one",
    "worker_start_s": "start of a worker to its first record, empty group",
    "worker_rss_mb": "resident memory of a worker after the demo's data",
    "bounds_coverage": "estimates of real columns whose published interval has the truth, share",
    "relations_found": "references among 13 assets that are found, and are true",
    "types_sotab_macro_f1": "meanings of columns of web tables, by their values alone, macro F1",
    "types_commerce_macro_f1": "meanings of columns of e-commerce data, macro F1",
    "pii_recall": "personal fields that are masked, share",
    "pii_precision": "masked fields that are personal, share",
    "interactions_per_s": "records a second that become interactions and sequences, profiling included",
    "sequences_1m_users_mb": "memory of the sequences of a million users",
    "train_beats_popularity": "NDCG@10 of the trained model over popularity's, least of three data sets",
    "ml1m_ndcg10": "NDCG@10, MovieLens-1M by gSASRec's split, the sequential model",
    "beauty_hr10": "HR@10, Amazon Beauty, leave-one-out, the sequential model",
    "sessions_hr20": "HR@20 of next clicks over VMIS-kNN as published",
    "export_parity": "largest difference between an exported model and torch, on any logit",
    "int8_gain": "how many times smaller a model in int8 is",
    "serve_start_s": "start of a worker to its first answer, a model of 100,000 items",
    "recommend_p50_ms": "time of an answer, 200 a second beside 5,000 events a second, median",
    "recommend_p99_ms": "the same, 99th percentile",
    "overload_share": "answers a second at ten times the load, over the best that is sustained",
    "swap_failed_requests": "requests that fail while the champion is swapped ten times",
    "labels_joined_per_s": "impressions a second that become labels, one worker",
    "open_impressions_2m_rss_mb": "resident memory with two million open impressions",
    "auc_within_bound": "1,000 streams whose AUC by scikit-learn lies in the published bound, share",
    "auc_error": "how far the AUC from buckets is off, median, log odds that spread by 1 or more",
    "alarm_false_per_1e5_positives": "false alarms of the AUC's detector in 100,000 positive labels without a change",
    "alarm_delay_10": "labels from a fall of the AUC by .10 to the alarm, 5 % positive, median",
    "alarm_delay_05": "the same, a fall by .05",
    "alarm_delay_02": "the same, a fall by .02",
    "cause_first": "faults put into replays whose field an alarm names first, share",
    "alarm_to_webhook_s": "an alarm to its receipt by a webhook, the longest of 20",
    "retrain_s": "an alarm to a promoted successor, the demo's shop",
    "metrics_scrape_ms": "a scrape of 200 assets of 30 fields",
    "first_inventory_s": "start of `pandian demo` to the first inventory on the screen",
    "demo_s": "the whole demo",
}
"""What the figures of the README are, in words and in their order."""


def read(path: Path = RESULTS) -> list[dict[str, Any]]:
    """Return the kept rows; none where nothing was measured."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def render(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table, with how each was measured; one sentence where there are none."""
    if not rows:
        return NOTHING
    lines = ["| figure | measured | bar | how |", "|---|---:|---|---|"]
    lines += (_line(f"`{row['name']}`", row, row["against"]) for row in rows)
    return "\n".join(lines)


def in_short(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return those of :data:`WHAT` as a Markdown table, and how many bars are reached in all."""
    if not rows:
        return NOTHING
    named = {row["name"]: row for row in rows}
    lines = ["| what | measured | bar |", "|---|---:|---|"]
    lines += (_line(what, named[name]) for name, what in WHAT.items() if name in named)
    judged = [row["met"] for row in rows if row["bar"]]
    lines += [
        "",
        f"Of {len(judged)} bars {sum(judged)} are reached. How each figure is measured, and all others:",
    ]
    return "\n".join([*lines, "[docs/figures.md](docs/figures.md)."])


def _line(what: str, row: Mapping[str, Any], *more: str) -> str:
    bar = row["bar"]
    limit = f"{bar['op'].replace('>=', '≥').replace('<=', '≤')} {bar['value']:,}" if bar else "–"
    missed = " **missed**" if row["met"] is False else ""
    cells = (what, f"{figure(row['value'])} {row['unit']}".strip(), limit + missed, *more)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def figure(value: float) -> str:
    """Return a number with three digits that mean something, or whole from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def between(text: str) -> str:
    """Return what stands between the markers.

    Raises:
        ValueError: when a marker is missing.
    """
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip("\n")


def replaced(text: str, table: str) -> str:
    """Return the text with ``table`` between the markers."""
    return f"{text[: text.index(BEGIN) + len(BEGIN)]}\n{table}\n{text[text.index(END) :]}"


def main() -> None:
    """Write both tables anew."""
    rows = read()
    for path, table in ((README, in_short(rows)), (PAGE, render(rows))):
        path.write_text(replaced(path.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
