"""Which fields of an inventory are worth a line on a small screen, and their distributions in a few characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pandian.output import printable

Document = Mapping[str, Any]

BARS = " ▁▂▃▄▅▆▇█"
ASCII_BARS = " .:-=+*%#"
_FEW_VALUES = 100
_WORTH_TELLING = 0.05
_WIDTH = 15


class FieldLine(NamedTuple):
    """One field in one line."""

    field: str
    meaning: str
    """Its semantic type; empty while unknown."""
    missing: float
    """Share of missing values."""
    shape: str
    """Sparkline of its distribution; empty where that shows nothing."""
    words: str
    """The same in words."""


def field_lines(asset: Document, most: int = 3, bars: str = BARS) -> list[FieldLine]:
    """Return a line for each of at most ``most`` fields of an asset: those with gaps, with a shape, with few values,
    masked ones.

    Masked fields show what they are, no value.
    """
    return [field_line(field, bars) for field in _in_order(asset["fields"], most)]


def field_line(field: Document, bars: str = BARS) -> FieldLine:
    """Return one field in one line."""
    known = field["semantic_type"] != "unknown"
    meaning = field["semantic_type"] if known else ""
    return FieldLine(field["field"], meaning, missing_share(field), _shape(field, bars), _words(field))


def missing_share(field: Document) -> float:
    """Return the share of values that are absent, null or blank."""
    whole = field["count"] + field["missing"]
    return field["missing"] / whole if whole else 0.0


def sparkline(counts: Sequence[float], bars: str = BARS) -> str:
    """Return one character a count; what is not zero is not blank."""
    most = max(counts, default=0)
    if most <= 0:
        return ""
    steps = len(bars) - 1
    return "".join(bars[max(1, round(count / most * steps)) if count > 0 else 0] for count in counts)


def _in_order(fields: Iterable[Document], most: int) -> list[Document]:
    present = [field for field in fields if field["count"]]
    best = sorted(present, key=_worth, reverse=True)[:most]
    return [field for field in present if field in best]


def _worth(field: Document) -> int:
    gaps = missing_share(field) >= _WORTH_TELLING
    few = bool(1 < field["distinct"]["estimate"] <= _FEW_VALUES)
    known = bool(field["semantic_type"] != "unknown")
    return 4 * gaps + 4 * _is_measure(field) + 3 * bool(field["masked"]) + 2 * few + known


def _is_measure(field: Document) -> bool:
    """Tell whether a field's numbers measure something: those of an identifier or of a person do not."""
    return bool(field.get("histogram")) and field["pii"]["class"] == "none" and not _is_id(field)


def _is_id(field: Document) -> bool:
    return str(field["semantic_type"]).endswith("_id") or field["semantic_type"] == "sku"


def _shape(field: Document, bars: str) -> str:
    if not _is_measure(field):
        return ""
    return sparkline(_merged(field["histogram"]["counts"]), bars)


def _merged(counts: Sequence[float]) -> list[float]:
    """Return counts of neighbours added up until the line is short enough."""
    step = -(-len(counts) // _WIDTH)
    return [sum(counts[first : first + step]) for first in range(0, len(counts), step)]


def _words(field: Document) -> str:
    if _is_measure(field):
        median = field["quantiles"].get("0.5")
        middle = f" … {_figure(median['value'])} … " if median else " … "
        return f"{_figure(field['min'])}{middle}{_figure(field['max'])}"
    distinct = field["distinct"]
    exact = distinct["low"] == distinct["high"]
    different = f"{'' if exact else '≈ '}{distinct['estimate']:,.0f} different"
    if field["pii"]["class"] in ("personal", "sensitive"):
        return f"{different}, masked"
    top = field["top"][0] if field["top"] else None
    if top and top["count"] > field["count"] * 0.05:
        return f"{top['count'] / field['count']:.0%} {_figure(top['value'])}; {different}"
    return different


def _figure(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:,.12g}"
    return printable(value)
