"""The inventory as tables for a terminal, readable from 80 columns on.

Values come from other people's data: they are shown as plain text without control characters, never as markup, and
those of personal fields not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pandian.output import printable
from pandian.semantics import MASKED_CLASSES

Asset = Mapping[str, Any]
Field = Mapping[str, Any]

_BARS = "▁▂▃▄▅▆▇█"
_GRADE_STYLES = {
    "A": "bold green",
    "B": "green",
    "C": "yellow",
    "D": "bold yellow",
    "E": "red",
    "F": "bold red",
}
_PII_STYLES = {"pseudonym": "cyan", "personal": "bold yellow", "sensitive": "bold red"}
_TOP = 4
#: Below so many characters, names and meanings get less room.
_NARROW = 100
_VALUE_WIDTH = 24
EMPTY = "–"
GAP = 2


def asset_table(asset: Asset, width: int = 100) -> RenderableType:
    """Return an asset with all its fields, two lines a field, ``width`` characters wide."""
    fields = asset["fields"]
    if not fields:
        return asset_line(asset, width)
    meanings = [_meaning(field) for field in fields]
    narrow = width < _NARROW
    widths = [
        _fit(
            (text for field in fields for text in (field["field"], types_text(field))),
            8,
            18 if narrow else 24,
        ),
        _fit((line.plain for meaning in meanings for line in meaning.split()), 8, 16 if narrow else 22),
        10,
        8,
    ]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("field", overflow="fold", width=widths[0])
    table.add_column("meaning", overflow="fold", width=widths[1])
    table.add_column("missing", justify="right", no_wrap=True, width=widths[2])
    table.add_column("distinct", justify="right", no_wrap=True, width=widths[3])
    rest = max(16, width - sum(widths) - len(widths) * GAP - 1)
    table.add_column("values", no_wrap=True, overflow="ellipsis", width=rest)
    for field, meaning in zip(fields, meanings, strict=True):
        table.add_row(
            Text("\n").join([plain(field["field"]), plain(types_text(field), "dim")]),
            meaning,
            _missing(field),
            _distinct(field),
            _values(field),
        )
    return Group(asset_line(asset, width), Text(), table)


def asset_line(asset: Asset, width: int = 100) -> Text:
    """Return the line over an asset's fields; where it is too long, it goes on below between two of its parts."""
    source = asset.get("source") or {}
    parts = [
        plain(asset["asset"], "bold"),
        plain(asset["kind"], "cyan"),
        Text(f"{asset['records']:,} records"),
        Text("quarantined ").append_text(alarm(asset["quarantined"])),
        Text("grade ").append_text(grade_text(asset, interval=True)),
        plain(source.get("format") or "no format"),
    ]
    reasons = asset.get("quarantined_reasons") or {}
    if reasons:
        parts[3].append_text(plain(f" ({', '.join(starmap('{}: {:,}'.format, _most(reasons)))})", "dim"))
    return flow(parts, width)


def flow(parts: Iterable[Text], width: int, gap: str = "  ", hang: str = "") -> Text:
    """Return parts one after the other, with a line break before each that does not fit into the width.

    Args:
        parts: None of them holds a line break.
        width: Characters of a line.
        gap: Between two parts of a line.
        hang: Before the first part of each line but the first.
    """
    text, used = Text(), 0
    for part in parts:
        if used and used + len(gap) + part.cell_len > width:
            text.append(f"\n{hang}").append_text(part)
            used = len(hang) + part.cell_len
        else:
            text.append(gap if used else "").append_text(part)
            used += (len(gap) if used else 0) + part.cell_len
    return text


def plain(value: Any, style: str = "") -> Text:
    """Return a value as text that a terminal cannot take for anything else."""
    return Text(printable(value), style)


def whole(number: float) -> Text:
    """Return a count, large ones shortened."""
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e7, "M")):
        if number >= size:
            return Text(f"{number / (1e6 if unit == 'M' else size):,.1f}{unit}")
    return Text(f"{number:,.0f}")


def share(part: float, total: float) -> Text:
    """Return a share in per cent; nothing is only what is nothing."""
    if not total or not part:
        return Text("0 %", "dim")
    percent = 100 * part / total
    if percent < 0.1:
        return Text("<0.1 %")
    return Text(">99.9 %" if 99.9 < percent < 100 else f"{percent:.1f} %")


def sparkline(counts: Sequence[float]) -> str:
    """Return a bar a number, blank where there is nothing and never blank where there is something."""
    highest = max(counts, default=0)
    if highest <= 0:
        return ""
    return "".join(_BARS[min(7, int(count / highest * 8))] if count > 0 else " " for count in counts)


def _fit(texts: Iterable[str], least: int, most: int) -> int:
    return max(least, min(most, max(map(cell_len, texts), default=0)))


def is_hidden(field: Field) -> bool:
    """Tell whether a field's values are masked."""
    return bool(field.get("masked")) or field["pii"]["class"] in MASKED_CLASSES


def grade_text(asset: Asset, *, interval: bool = False) -> Text:
    """Return an asset's grade and score."""
    quality = asset.get("quality") or {}
    if not quality.get("grade"):
        return Text(EMPTY, "dim")
    text = Text(quality["grade"], _GRADE_STYLES.get(quality["grade"], ""))
    if quality.get("score") is not None:
        text.append(f" {quality['score']:.2f}", "dim")
        if interval:
            text.append(f" ({quality['low']:.2f} to {quality['high']:.2f})", "dim")
    return text


def alarm(count: int) -> Text:
    """Return a count that had better be none."""
    return Text(f"{count:,}", "bold red") if count else Text("0", "dim")


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])[:3]


def types_text(field: Field) -> str:
    """Return the JSON types of a field, the most frequent first."""
    return "+".join(name for name, count in _most(field["types"] or {}) if count)


def _meaning(field: Field) -> Text:
    known = field["semantic_type"] != "unknown"
    text = plain(field["semantic_type"], "" if known else "dim")
    if known:
        text.append(f" {field['confidence']:.0%}", "dim")
    pii = field["pii"]["class"]
    if pii != "none":
        text.append("\n").append_text(plain(pii.upper(), _PII_STYLES.get(pii, "bold")))
    return text


def _missing(field: Field) -> Text:
    total = field["count"] + field["missing"]
    text = share(field["missing"], total)
    if field["missing_spelled"]:
        text.append("\n").append_text(share(field["missing_spelled"], total)).append(" n/a", "dim")
    return text


def _distinct(field: Field) -> Text:
    distinct = field["distinct"]
    if not distinct:
        return Text(EMPTY, "dim")
    text = whole(distinct["estimate"])
    return text if distinct["low"] == distinct["high"] else Text("~").append_text(text)


def _values(field: Field) -> Text:
    if is_hidden(field):
        return Text("masked", "dim").append_text(_lengths(field))
    lines = [line for line in (_range(field), _top(field)) if line]
    return Text("\n").join(lines)


def _lengths(field: Field) -> Text:
    lengths = field.get("lengths")
    return Text(f", {lengths['min']:,} to {lengths['max']:,} characters", "dim") if lengths else Text()


def _range(field: Field) -> Text:
    """Return the smallest, median and greatest value, and the shape between them."""
    low, high = field["min"], field["max"]
    if low is None or high is None:
        return Text()
    median = (field.get("quantiles") or {}).get("0.5")
    middle = [value_text(median["value"])] if median else []
    text = Text(" · ").join([value_text(low), *middle, value_text(high)])
    bars = sparkline((field.get("histogram") or {}).get("counts") or ())
    return text.append("  ").append(bars, "cyan") if bars else text


def _top(field: Field) -> Text:
    """Return the most frequent values with their share, when any of them repeats."""
    top = [entry for entry in field["top"] or () if entry["count"] > 1][:_TOP]
    return Text(", ").join(
        [
            value_text(entry["value"]).append(" ").append_text(_small(entry["count"], field["count"]))
            for entry in top
        ]
    )


def _small(part: float, total: float) -> Text:
    text = share(part, total)
    text.stylize("dim")
    return text


def value_text(value: Any, width: int = _VALUE_WIDTH) -> Text:
    """Return a value, shortened to a width."""
    if isinstance(value, float):
        whole_number = abs(value) < 1e15 and (value.is_integer() or abs(value) >= 1e4)
        return Text(f"{value:.0f}" if whole_number else f"{value:.4g}")
    text = plain(value)
    text.truncate(width, overflow="ellipsis")
    return text
