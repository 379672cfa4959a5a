"""What was found in an asset, below its fields: quality, rules, drift, schema changes, duplicates, relations.

A section is there when something is known of it; documents of older workers have none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pandian.durations import duration
from streams.commands.tables import GAP, Asset, asset_table, flow, plain
from streams.commands.wording import between, chance, moment, percent, place

Found = Mapping[str, Any]
_MOST = 12
_BAR = 12
_LEAST_NOTES = 24


def asset_view(asset: Asset, width: int = 100) -> RenderableType:
    """Return an asset with its fields and all that was found, ``width`` characters wide."""
    return Group(asset_table(asset, width), *asset_sections(asset, width))


def asset_sections(asset: Asset, width: int) -> Iterator[RenderableType]:
    """Return what was found, section by section."""
    quality = asset.get("quality") or {}
    sections = (
        ("Quality", quality_lines(quality.get("dimensions") or {}, width)),
        ("Rules found", rule_lines(quality.get("rules") or (), width)),
        ("Pace", _pace(asset.get("freshness") or {}, width)),
        ("Drift", drift_lines(asset.get("drift") or (), width)),
        ("Schema changes", change_lines(asset.get("schema_changes") or (), width)),
        ("Duplicates", _duplicates(asset.get("duplicates") or {}, width)),
        ("Relations", relation_lines(asset, asset.get("relations") or (), width)),
        ("Keys", _keys(asset.get("keys") or (), width)),
        ("Envelopes", _lineage(asset.get("lineage") or {}, width)),
    )
    for title, lines in sections:
        yield from section(title, list(lines))


def section(title: str, lines: Sequence[RenderableType]) -> Iterator[RenderableType]:
    """Return a section with its title; nothing where it has no line, and the number of those left out of a long one."""
    if not lines:
        return
    yield Text(f"\n{title}", "bold")
    for line in lines[:_MOST]:
        yield Padding(line, (0, 0, 0, 2))
    if len(lines) > _MOST:
        yield Text(f"  and {len(lines) - _MOST:,} more", "dim")


def hanging(parts: Iterable[Text], width: int, gap: str = "  ") -> Text:
    """Return one finding of a section; what does not fit into its line stands below, further in."""
    return flow(parts, width - 2, gap, hang="  ")


def bar(share: float, width: int = _BAR) -> str:
    """Return a share as a bar of characters; what is not quite none or all does not look like it."""
    filled = round(share * width)
    filled = max(filled, 1) if share > 0 else 0
    filled = min(filled, width - 1) if share < 1 else width
    return "█" * filled + "░" * (width - filled)


def quality_lines(dimensions: Mapping[str, Found], width: int) -> Iterator[RenderableType]:
    """Return a table of the dimensions: share with interval, bad things, what was asked for, the latest bad place."""
    known = {name: one for name, one in dimensions.items() if one and one.get("score") is not None}
    if not known:
        return
    scores = {
        name: Text(f"{percent(one['score'])} {between(one.get('low'), one.get('high'))}".rstrip())
        for name, one in known.items()
    }
    taken = max(map(cell_len, known)) + _BAR + max(score.cell_len for score in scores.values()) + 3 * GAP
    table = Table.grid(padding=(0, GAP, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    for name, one in known.items():
        notes = flow(_notes(one), max(width - 2 - taken, _LEAST_NOTES))
        table.add_row(plain(name), Text(bar(one["score"]), "cyan"), scores[name], notes)
    yield table


def _notes(one: Found) -> Iterator[Text]:
    if one.get("bad"):
        yield Text(f"{one['bad']:,} of {one['of']:,} bad")
    if one.get("least") is not None:
        met = bool(one.get("met"))
        yield Text(
            f"{percent(one['least'])} asked for: {'met' if met else 'not met'}", "" if met else "bold red"
        )
    elif one.get("graded") is False:
        yield Text("not graded", "dim")
    if one.get("latest"):
        yield Text(f"latest {place(one['latest'])}", "dim")


def rule_lines(rules: Iterable[Found], width: int) -> Iterator[RenderableType]:
    """Return each rule with the latest record that breaks it."""
    for rule in rules:
        broken = place(rule.get("latest"))
        parts = [plain(rule["says"])]
        if broken:
            parts.append(Text(f"latest broken: {broken}", "dim"))
        yield hanging(parts, width)


def drift_lines(drifts: Iterable[Any], width: int) -> Iterator[RenderableType]:
    """Return each drift: when, which field, before and after, how much, how sure."""
    for one in drifts:
        if not isinstance(one, Mapping):
            continue
        effect = one.get("effect") or {}
        yield hanging(
            [
                Text(moment((one.get("since") or {}).get("time")) or "some time", "dim"),
                plain(one.get("field"), "bold").append_text(plain(f" {one.get('aspect')}", "yellow")),
                plain(f"{one.get('before')} → {one.get('after')}"),
                Text(
                    f"size {percent(effect.get('size'))} {between(effect.get('low'), effect.get('high'))}".rstrip()
                ),
                Text(f"evidence {chance(one.get('evidence') or 0)}", "dim"),
                Text(f"since {place({'offset': (one.get('since') or {}).get('offset')})}", "dim"),
            ],
            width,
        )


def change_lines(changes: Iterable[Any], width: int) -> Iterator[RenderableType]:
    """Return each schema change: when, which field, what, in which share of the records, from where on."""
    for one in changes:
        if not isinstance(one, Mapping):
            continue
        parts = [
            Text(moment(one.get("time")) or "some time", "dim"),
            plain(one.get("field"), "bold").append_text(plain(f" {one.get('change')}", "cyan")),
        ]
        if one.get("before") or one.get("after"):
            parts.append(plain(f"{one.get('before')} → {one.get('after')}"))
        if one.get("share") is not None:
            when = "before" if one.get("change") == "vanished" else "since"
            parts.append(Text(f"in {percent(one['share'])} of records {when}"))
        if one.get("offset") is not None:
            parts.append(Text(place({"offset": one["offset"]}), "dim"))
        if one.get("producer"):
            parts.append(plain(f"producer {one['producer']}", "dim"))
        yield hanging(parts, width)


def relation_lines(asset: Asset, relations: Iterable[Any], width: int) -> Iterator[RenderableType]:
    """Return each reference as ``StockCode ⊂ shop.catalogue.sku 98.7 % (98.3 to 99.1)``."""
    for one in relations:
        ends = [one.get("from"), one.get("to")] if isinstance(one, Mapping) else []
        known = [end for end in ends if isinstance(end, Mapping)]
        if len(known) < 2:
            continue
        share, orphans = one.get("share") or {}, (one.get("orphans") or {}).get("records")
        parts = [
            plain(f"{_end(known[0], asset)} ⊂ {_end(known[1], asset)}", "bold"),
            Text(f"{percent(share.get('estimate'))} {between(share.get('low'), share.get('high'))}".rstrip()),
        ]
        if orphans is not None:
            parts.append(Text(f"{orphans:,} records without a match", "yellow" if orphans else "dim"))
        yield hanging(parts, width)


def _end(end: Found, asset: Asset) -> str:
    return str(end["field"]) if end["asset"] == asset["asset"] else f"{end['asset']}.{end['field']}"


def _pace(freshness: Found, width: int) -> Iterator[RenderableType]:
    event, rate, silence = (freshness.get(key) or {} for key in ("event", "rate", "silence"))
    parts = []
    if event.get("p50"):
        median, most = (duration((event[key] or event["p50"])["value"]) for key in ("p50", "p99"))
        parts.append(plain(f"late by {median} (median), {most} (99 %), by {event['by']}"))
    if rate:
        parts.append(
            Text(
                f"{rate['records_per_minute']:,.0f} records a minute, usual {rate['usual']:,.0f}"
                f" ({rate['low']:,.0f} to {rate['high']:,.0f})"
            )
        )
    if silence.get("unusual"):
        said = f"silent for {duration(silence['gap_s'])}, where about {silence['expected']:,.0f} records come"
        parts.append(Text(said, "bold red"))
    if parts:
        yield hanging(parts, width, gap=" · ")


def _duplicates(duplicates: Found, width: int) -> Iterator[RenderableType]:
    kinds = {"content": duplicates.get("content"), **(duplicates.get("identifiers") or {})}
    parts = [
        plain(f"{one['count']:,} with the same {name} ({percent(one['share'])})")
        for name, one in kinds.items()
        if one and one.get("count")
    ]
    if parts:
        yield hanging(parts, width, gap=" · ")
    elif any(kinds.values()):
        yield Text("none within the window", "dim")


def _keys(keys: Iterable[Any], width: int) -> Iterator[RenderableType]:
    for key in keys:
        unique = key["unique"]
        parts = [
            plain(" + ".join(map(str, key["fields"])), "bold"),
            Text(f"unique {percent(unique['estimate'])} {between(unique['low'], unique['high'])}".rstrip()),
            Text(f"in {percent(key['present'])} of the records"),
        ]
        yield hanging(parts, width)


def _lineage(lineage: Found, width: int) -> Iterator[RenderableType]:
    facts = {"envelope": lineage.get("envelopes") or {}, **(lineage.get("facts") or {})}
    for name, counts in facts.items():
        if counts:
            said = [plain(f"{value} {count:,}") for value, count in list(counts.items())[:6]]
            yield hanging([plain(f"{name}:", "dim"), *said], width)
