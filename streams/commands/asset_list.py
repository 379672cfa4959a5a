"""The list of assets for a terminal: one line each, as wide as there is room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from streams.commands.tables import EMPTY, GAP, Asset, alarm, grade_text, is_hidden, plain, share, whole

#: Left out first where there is no room.
_LEAVE_OUT = ("last event", "fields", "missing", "personal", "kind")
_FIGURES = frozenset({"records", "quarantined", "grade", "fields", "personal", "missing"})
_NAME_WIDTH = 32
_LEAST_NAME = 12


def assets_table(assets: Sequence[Asset], width: int = 100) -> Table:
    """Return one line an asset, ``width`` characters wide; in a narrow terminal without what matters least."""
    columns = {name: [cell(asset) for asset in assets] for name, cell in _CELLS.items()}
    if not any(cell.plain for cell in columns["found"]):
        del columns["found"]
    for name in _LEAVE_OUT:
        if sum(_natural(head, cells) + GAP for head, cells in columns.items()) - GAP > width:
            columns.pop(name, None)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(
            name,
            justify="right" if name in _FIGURES else "left",
            overflow="fold" if name == "asset" else "ellipsis",
            no_wrap=name != "asset",
            min_width=_LEAST_NAME if name == "asset" else None,
        )
    for row in zip(*columns.values(), strict=True):
        table.add_row(*row)
    return table


def _natural(head: str, cells: Sequence[Text]) -> int:
    widest = max([cell_len(head), *(cell_len(cell.plain) for cell in cells)])
    return min(widest, _NAME_WIDTH) if head == "asset" else widest


def _personal(asset: Asset) -> Text:
    personal = sum(is_hidden(field) for field in asset["fields"])
    return Text(str(personal), "bold yellow") if personal else Text("0", "dim")


def _missing(asset: Asset) -> Text:
    found = asset.get("missing_share")
    return Text(EMPTY, "dim") if found is None else share(found, 1)


def _found(asset: Asset) -> Text:
    drifts, changes = (len(asset.get(key) or ()) for key in ("drift", "schema_changes"))
    silent = ((asset.get("freshness") or {}).get("silence") or {}).get("unusual")
    told = [
        f"{drifts} drift{'s' if drifts > 1 else ''}" if drifts else "",
        f"{changes} schema" if changes else "",
        "silent" if silent else "",
    ]
    return Text(", ".join(filter(None, told)), "yellow")


def _last_event(asset: Asset) -> Text:
    last = (asset.get("freshness") or {}).get("last_event")
    return plain((last or EMPTY)[:19].replace("T", " "))


_CELLS: Mapping[str, Callable[[Asset], Text]] = {
    "asset": lambda asset: plain(asset["asset"]),
    "kind": lambda asset: plain(asset["kind"]),
    "records": lambda asset: whole(asset["records"]),
    "quarantined": lambda asset: alarm(asset["quarantined"]),
    "grade": grade_text,
    "fields": lambda asset: whole(len(asset["fields"])),
    "personal": _personal,
    "missing": _missing,
    "found": _found,
    "last event": _last_event,
}
