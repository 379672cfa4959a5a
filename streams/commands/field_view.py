"""One field in full for a terminal: meaning, distribution, what cleaning finds, what moved, what it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.commands.asset_sections import (
    change_lines,
    drift_lines,
    hanging,
    quality_lines,
    relation_lines,
    rule_lines,
    section,
)
from streams.commands.tables import EMPTY, Asset, Field, flow, is_hidden, plain, types_text, value_text
from streams.commands.wording import between, percent, place

_LEAST_BAR = 10
_VALUE = 36
_QUARTERS = {"0.25": "first quarter", "0.5": "median", "0.75": "third quarter"}
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def field_view(asset: Asset, field: Field, width: int = 100) -> RenderableType:
    """Return all that is known of a field, ``width`` characters wide."""
    name, quality = field["field"], asset.get("quality") or {}
    own: Mapping[str, Any] = next((one for one in quality.get("fields") or () if one["field"] == name), {})
    rules = [rule for rule in quality.get("rules") or () if name in rule["fields"]]
    parts = [
        ("Distribution", list(_histogram(field, width))),
        ("Most frequent shapes" if is_hidden(field) else "Most frequent", list(_top(field, width))),
        ("Cleaning", list(_cleaning(field, width))),
        ("Stands out", list(_odd(field, width))),
        ("Quality", list(quality_lines({key: own[key] for key in own if key != "field"}, width))),
        ("Rules found", list(rule_lines(rules, width))),
        ("Drift", list(drift_lines(_about(asset.get("drift"), name), width))),
        ("Schema changes", list(change_lines(_about(asset.get("schema_changes"), name), width))),
        ("Relations", list(relation_lines(asset, _ends(asset, name), width))),
    ]
    shown = [line for title, lines in parts for line in section(title, lines)]
    return Group(*_head(asset, field, width), *shown)


def _head(asset: Asset, field: Field, width: int) -> Iterator[RenderableType]:
    yield plain(field["field"], "bold").append_text(plain(f"  of {asset['asset']}", "dim"))
    yield plain(
        f"{field['semantic_type']} {field['confidence']:.0%}: {field.get('evidence') or 'no evidence yet'}"
    )
    yield from _person(field)
    yield Text()
    yield flow(_counts(field), width, gap=" · ")


def _person(field: Field) -> Iterator[Text]:
    pii = field["pii"]
    if pii["class"] == "none":
        return
    masked = ", every value masked before it is kept" if is_hidden(field) else ""
    text = plain(f"{pii['class'].upper()}{masked}", "bold yellow")
    if pii.get("prevalence") and not (pii["low"] == 0 and pii["high"] == 1):
        found = f"{percent(pii['prevalence'])} {between(pii['low'], pii['high'])}".rstrip()
        text.append(f"; found in {found} of the values looked at", "")
    yield text


def _counts(field: Field) -> Iterator[Text]:
    distinct = field["distinct"]
    for name, value in (
        ("values", field["count"]),
        ("missing", field["missing"]),
        ("null", field.get("nulls")),
        ("blank", field.get("blanks")),
        ("spelled missing", field["missing_spelled"]),
    ):
        if value or name in {"values", "missing"}:
            yield Text(f"{name} {value:,}")
    if distinct:
        exact = distinct["low"] == distinct["high"]
        bounds = "" if exact else f" ({distinct['low']:,} to {distinct['high']:,})"
        yield Text(f"distinct {distinct['estimate']:,}{bounds}")
    yield plain(f"types {types_text(field) or EMPTY}")
    yield from _numbers(field)


def _numbers(field: Field) -> Iterator[Text]:
    if is_hidden(field):
        return
    for name in ("min", "max"):
        if field.get(name) is not None:
            yield Text(f"{name} ").append_text(value_text(field[name]))
    if field.get("stddev") is not None:
        yield Text(f"mean {field['mean']:.6g} ± {field['stddev']:.6g}")
    lengths = field.get("lengths")
    if lengths:
        yield Text(f"length {lengths['min']:,} to {lengths['max']:,}, median {lengths['median']:,}")


def _histogram(field: Field, width: int) -> Iterator[RenderableType]:
    histogram = field.get("histogram") or {}
    edges, counts = histogram.get("edges") or (), histogram.get("counts") or ()
    if is_hidden(field) or len(edges) != len(counts) + 1 or not any(counts):
        return
    total, most = sum(counts), max(counts)
    labels = [(value_text(low).plain, value_text(high).plain) for low, high in pairwise(edges)]
    marks = _marks(field, edges)
    table = Table.grid(padding=(0, 1, 0, 0))
    for justify in ("right", "left", "right", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    taken = sum(max(len(label[side]) for label in labels) for side in (0, 1)) + 40
    bar = max(_LEAST_BAR, width - taken)
    for place_, ((low, high), count) in enumerate(zip(labels, counts, strict=True)):
        table.add_row(
            low,
            "to",
            high,
            Text(_bar(count / most, bar), "cyan"),
            percent(count / total),
            Text(marks.get(place_, ""), "yellow"),
        )
    yield table


def _marks(field: Field, edges: Sequence[float]) -> dict[int, str]:
    """Return, by bin, which quartiles lie in it."""
    marks: dict[int, list[str]] = {}
    for rank, name in _QUARTERS.items():
        one = (field.get("quantiles") or {}).get(rank)
        value = one["value"] if isinstance(one, Mapping) else one
        if value is not None:
            found = next((bin_ for bin_, edge in enumerate(edges[1:]) if value <= edge), len(edges) - 2)
            marks.setdefault(found, []).append(name)
    return {bin_: "← " + ", ".join(names) for bin_, names in marks.items()}


def _bar(share: float, width: int) -> str:
    """Return a bar to an eighth of a character; what is there at all is seen."""
    eighths = max(round(share * width * 8), 1 if share > 0 else 0)
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def _top(field: Field, width: int) -> Iterator[RenderableType]:
    top = [one for one in field["top"] or () if one["count"] > 1 or is_hidden(field)][:12]
    of = max(field["count"], *(one["count"] for one in top)) if top else 1
    if not top:
        return
    most = max(one["count"] for one in top)
    table = Table.grid(padding=(0, 2, 0, 0))
    bar = max(_LEAST_BAR, min(40, width - _VALUE - 40))
    for one in top:
        exact = one.get("low") == one.get("high")
        bounds = "" if exact else f" {between(one['low'] / of, one['high'] / of)}"
        table.add_row(
            value_text(one["value"], _VALUE),
            Text(_bar(one["count"] / most, bar), "cyan"),
            Text(f"{percent(one['count'] / of)}{bounds}"),
            Text(f"{one['count']:,}", "dim"),
        )
    yield table


def _many(one: Mapping[str, Any]) -> str:
    high = one.get("high", one["count"])
    return f"{one['count']:,} to {high:,}" if high > one["count"] else f"{one['count']:,}"


def _cleaning(field: Field, width: int) -> Iterator[RenderableType]:
    cleaning = field.get("cleaning") or {}
    for name, one in (cleaning.get("rules") or {}).items():
        parts = [plain(name, "bold"), Text(f"{_many(one)} values")]
        for example in one.get("examples", ())[:1]:
            before, after = (value_text(example[key], _VALUE) for key in ("before", "after"))
            parts.append(Text("such as ").append_text(before).append(" → ").append_text(after))
        yield hanging(parts, width)
    for note in cleaning.get("notes") or ():
        yield plain(note, "dim")


def _odd(field: Field, width: int) -> Iterator[RenderableType]:
    outliers = field.get("outliers")
    if outliers:
        share = f"{percent(outliers['share'])} {between(outliers['low'], outliers['high'])}".rstrip()
        yield plain(f"outliers {share}: {outliers['says']}")
    for one in field.get("impossible") or ():
        where = place(one.get("latest"))
        parts = [plain(one["what"], "" if one["odd"] else "bold red"), Text(_many(one)), plain(one["says"])]
        yield hanging([*parts, Text(f"latest {where}", "dim")] if where else parts, width)
    for name, one in (field.get("noise") or {}).items():
        examples = Text(", ").join([value_text(text) for text in one.get("examples", ())])
        yield hanging([plain(name, "bold"), Text(_many(one)), plain(one["says"]), examples], width)


def _about(found: Any, name: str) -> list[Mapping[str, Any]]:
    return [one for one in found or () if isinstance(one, Mapping) and one.get("field") == name]


def _ends(asset: Asset, name: str) -> list[Mapping[str, Any]]:
    own = {"asset": asset["asset"], "field": name}
    return [
        one
        for one in asset.get("relations") or ()
        if isinstance(one, Mapping) and own in (one.get("from"), one.get("to"))
    ]
