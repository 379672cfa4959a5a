"""Which assets and fields somebody looks for, by words of their names, kinds and meanings."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pandian.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

Asset = Mapping[str, Any]


def narrowed(assets: Iterable[Asset], text: str) -> list[Asset]:
    """Return the assets in which each word is found, in their own texts or in a field's, with those fields only.

    An asset whose own texts have all words is returned with all its fields. Neither capitals nor full width matter.
    """
    words = _plain(text).split()
    found: list[Asset] = []
    for asset in assets:
        own = _plain(
            " ".join([asset["asset"], asset["kind"], (asset.get("source") or {}).get("format") or ""])
        )
        left = [word for word in words if word not in own]
        fields = [field for field in asset["fields"] if _has(field, left)]
        if not left or fields:
            found.append({**asset, "fields": fields})
    return found


def searched(assets: Sequence[Asset], text: str, width: int) -> RenderableType:
    """Return what a person sees of the assets and fields that words are found in, ``width`` characters wide."""
    from rich.console import Group
    from rich.text import Text

    from streams.commands.asset_list import assets_table
    from streams.commands.tables import asset_table, plain

    found = narrowed(assets, text)
    if not found:
        return plain(f"Nothing has {text!r} in its names or meanings.")
    whole = {one["asset"]: len(one["fields"]) for one in assets}
    by_name = [one for one in found if len(one["fields"]) == whole[one["asset"]]]
    by_field = [one for one in found if len(one["fields"]) < whole[one["asset"]]]
    parts: list[RenderableType] = [assets_table(by_name, width)] if by_name else []
    for one in by_field:
        parts += [Text(), asset_table(one, width)] if parts else [asset_table(one, width)]
    return Group(*parts)


def check_options(*, as_json: bool, watch: bool, field: str | None, search: str | None) -> None:
    """Check that the options that were given go together.

    Raises:
        UsageError: naming two that do not.
    """
    given = {
        "--watch": watch,
        "--field": field is not None,
        "--search": search is not None,
        "--json": as_json,
    }
    for one, other, why in (
        ("--watch", "--json", "--json prints one document"),
        ("--field", "--json", "--json prints all there is"),
        ("--search", "--json", "--json prints all there is"),
        ("--field", "--search", "one shows a field, the other looks for some"),
    ):
        if given[one] and given[other]:
            raise UsageError(f"{one} and {other}", f"exclude each other: {why}", "give one of them")


def field_of(asset: Asset, name: str) -> Mapping[str, Any]:
    """Return the field of a name.

    Raises:
        UsageError: when there is none, with those that are called nearly so.
    """
    fields = {field["field"]: field for field in asset["fields"]}
    if name in fields:
        return dict(fields[name])
    raise UsageError(f"--field {name}", f"{asset['asset']} has no such field", _instead(name, list(fields)))


def _instead(name: str, names: Sequence[str]) -> str:
    if not names:
        return "it has no fields yet"
    near = difflib.get_close_matches(name.lower(), [one.lower() for one in names], n=3, cutoff=0.5)
    shown = [one for one in names if one.lower() in near] or list(names[:8])
    return f"such as {', '.join(shown)}"


def _has(field: Mapping[str, Any], words: Sequence[str]) -> bool:
    meaning = str(field["semantic_type"])
    text = _plain(
        "\n".join(
            [field["field"], meaning, meaning.replace("_", " "), str((field.get("pii") or {}).get("class"))]
        )
    )
    return all(word in text for word in words)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
