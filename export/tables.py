"""Models and their cards as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from export.registry import Challenger, Entry, Pointer
from pandian.moments import moment
from pandian.output import printable

#: Metrics of the list; the card shows all of them.
_LISTED = ("ndcg@10", "hr@10")
_EMPTY = "–"


def models_table(
    entries: Sequence[Entry], champion: Pointer | None, challenger: Challenger | None, address: str
) -> RenderableType:
    """Return a line an entry, champion and challenger marked."""
    if not entries:
        return Text(f"No model in {address} yet: `pandian train` makes one, `pandian models add` takes it.")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("model", overflow="fold", min_width=12)
    table.add_column("version", no_wrap=True)
    for metric in (*_LISTED, "items", "size"):
        table.add_column(metric, justify="right", no_wrap=True)
    for entry in entries:
        leads = champion is not None and champion.reference == entry.reference
        tried = challenger is not None and challenger.reference == entry.reference
        table.add_row(
            "★" if leads else "☆" if tried else "",
            entry.model,
            entry.version,
            *(_number(entry.card["metrics"].get(metric)) for metric in _LISTED),
            _count(_of(entry.card, "data", "items")),
            _size(entry.size),
            style="bold" if leads else "",
        )
    return table


def card_view(
    entry: Entry, champion: Pointer | None, challenger: Challenger | None, place: str
) -> RenderableType:
    """Return what a card says, for people."""
    lines = Table(box=None, show_header=False, pad_edge=False)
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column()
    for name, value in [*_facts(entry, champion, challenger), ("path", place)]:
        lines.add_row(name, Text(printable(value)))
    return Group(
        Text(f"{entry.model}@{entry.version}", "bold"), lines, Text(), _metrics(entry.card, entry.model)
    )


def _facts(
    entry: Entry, champion: Pointer | None, challenger: Challenger | None
) -> Iterator[tuple[str, str]]:
    card = entry.card
    if champion is not None and champion.reference == entry.reference:
        yield "champion", _since(champion)
    if challenger is not None and challenger.reference == entry.reference:
        yield "challenger", f"{challenger.share:.4g} of the users, {_since(challenger)}"
    yield "created", str(card["created"])
    yield "size", f"{_size(entry.size)}, {card['max_length']} newest items of a history"
    yield "items seen", "stay candidates" if card["seen"] == "keep" else "are not recommended again"
    data = card.get("data")
    if isinstance(data, dict):
        counts = (f"{_count(data.get(name))} {name}" for name in ("interactions", "users", "items"))
        yield "trained on", ", ".join(counts)
        yield "from, to", f"{_time(data.get('first'))}, {_time(data.get('last'))}"
        yield "fingerprint", str(data.get("fingerprint", _EMPTY))
    auc = card.get("reference_auc")
    if isinstance(auc, dict):
        yield (
            "reference AUC",
            f"{_number(auc.get('value'))} ({_number(auc.get('low'))} to {_number(auc.get('high'))})",
        )
    yield "calibration", "sigmoid({slope:.4g} · logit {offset:+.4g})".format(**card["calibration"])
    yield "parity", f"{_of(card, 'parity', 'largest')} at most on a logit, opset {card.get('opset')}"
    yield from _smaller(card)
    for name in ("seed", "licence"):
        if name in card:
            yield name, str(card[name])
    if card.get("config"):
        yield "config", ", ".join(f"{key} {value}" for key, value in dict(card["config"]).items())


def _since(named: Pointer | Challenger) -> str:
    since = moment(named.time)
    return f"since {since}, by {named.by}" + (f": {named.why}" if named.why else "")


def _smaller(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say what a smaller model cost, which items it leaves out, and how its items are found."""
    sizes, lost = _of(card, "shrunk", "bytes"), _of(card, "shrunk", "ndcg@10")
    if isinstance(sizes, dict) and isinstance(lost, dict):
        yield (
            "precision",
            f"{card.get('precision')}: graph {_size(sizes['after'])}, before {_size(sizes['before'])};"
            f" NDCG@10 {_number(lost['after'])}, before {_number(lost['before'])}",
        )
    if isinstance(card.get("pruned"), dict):
        counts = (f"{_count(_of(card, 'pruned', name))} {name}" for name in ("untouched", "gone"))
        yield "left out", f"{_count(_of(card, 'pruned', 'items'))} items ({', '.join(counts)})"
    if isinstance(card.get("index"), dict):
        recall = _of(card, "index", "recall@10")
        yield (
            "items near",
            str(_of(card, "index", "kind")) + (f", recall@10 {_number(recall)}" if recall else ""),
        )


def _metrics(card: Mapping[str, Any], model: str) -> Table:
    found = [(model, card["metrics"]), *(card.get("baselines") or {}).items()]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for number, (kind, _) in enumerate(found):
        table.add_column(printable(kind), justify="right", style="" if number else "bold")
    if card.get("intervals"):
        table.add_column(f"95 % of {printable(model)}", justify="right", style="dim")
    for name in dict.fromkeys(name for _, metrics in found for name in metrics):
        ends = _of(card, "intervals", name)
        sure = f"{_number(ends.get('low'))} to {_number(ends.get('high'))}" if isinstance(ends, dict) else ""
        table.add_row(
            printable(name),
            *(_number(metrics.get(name)) for _, metrics in found),
            *([sure] if card.get("intervals") else []),
        )
    return table


def _of(card: Mapping[str, Any], part: str, key: str) -> Any:
    found = card.get(part)
    return found.get(key) if isinstance(found, dict) else None


def _number(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, int | float) else _EMPTY


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else _EMPTY


def _time(value: object) -> str:
    if not isinstance(value, int | float):
        return _EMPTY if value is None else str(value)
    return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB"
