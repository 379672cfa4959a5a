"""Puts the figures of ``benchmarks/results/latest.json`` into README.md, as a table between its two marker comments.

Run it after ``make bench``: ``.venv/bin/python tools/bench_table.py``. A test keeps the two in step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
BEGIN = "<!-- figures: begin, written by tools/bench_table.py -->"
END = "<!-- figures: end -->"

NOTHING = (
    "No results are kept in this checkout: `make bench` measures them, `.venv/bin/python tools/bench_table.py` puts "
    "them here."
)
#: What each figure is, in words. A name that is not here stands for itself.
WHAT: Mapping[str, str] = {
    "inventory_records_per_s": "records a second, one worker, full inventory of the order lines (8 fields)",
    "inventory_vs_faust": "the same over a stock Faust agent that decodes the JSON and counts into a table",
    "inventory_vs_raw": "the same as a share of what aiokafka alone fetches",
    "optional_fields_ratio": "speed with 20 fields each present half the time, over a fixed shape of as many values",
    "cost_per_field_64_vs_8": "cost of a value with 64 fields, over 8 fields",
    "cost_per_asset_100_vs_1": "cost of a value with 100 assets, over 1 asset",
    "two_workers_speedup": "two workers over one",
    "worker_rss_mb": "resident memory of a worker after the demo's data",
    "worker_start_s": "start of a worker to its first record, empty group",
    "train_beats_popularity": "NDCG@10 of the trained model over popularity's, least of three data sets",
    "ml1m_ndcg10": "MovieLens-1M, gSASRec's split, the sequential model",
    "epoch_s_ml1m": "an epoch of the same",
    "beauty_hr10": "Amazon Beauty, leave-one-out, HR@10 of the sequential model",
    "beauty_ndcg10": "the same, NDCG@10",
    "export_parity": "largest difference between an exported model and torch, on any logit",
    "auc_within_bound": "1,000 streams whose AUC by scikit-learn lies in the published bound, share",
    "auc_error": "how far the AUC from buckets is off, median, log odds that spread by 1 or more",
    "alarm_false_per_1e5_positives": "false alarms of the AUC's detector in 100,000 positive labels without a change",
    "alarm_delay_10": "labels from a fall of the AUC by .10 to the alarm, 5 % positive, median",
    "alarm_delay_05": "the same, a fall by .05",
    "alarm_delay_02": "the same, a fall by .02",
    "alarm_fall_coverage": "alarms in whose interval the true fall lies, share",
    "first_inventory_s": "start of `pandian demo` to the first inventory on the screen",
}


def read(path: Path = RESULTS) -> list[dict[str, Any]]:
    """Return the kept rows; none where nothing was measured."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def render(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table; one sentence where there are none."""
    if not rows:
        return NOTHING
    lines = ["| figure | measured | bar | how |", "|---|---:|---|---|", *map(_line, rows)]
    return "\n".join(lines)


def _line(row: Mapping[str, Any]) -> str:
    name, bar = row["name"], row["bar"]
    what = f"{WHAT[name]} (`{name}`)" if name in WHAT else f"`{name}`"
    limit = f"{bar['op'].replace('>=', '≥').replace('<=', '≤')} {bar['value']:,}" if bar else "–"
    missed = " **missed**" if row["met"] is False else ""
    cells = (what, f"{figure(row['value'])} {row['unit']}".strip(), limit + missed, row["against"])
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
    """Write README.md anew."""
    README.write_text(replaced(README.read_text(encoding="utf-8"), render(read())), encoding="utf-8")


if __name__ == "__main__":
    main()
