"""``pandian export``: the inventory in the forms that catalogues, contracts and people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from catalogs.registry import FORMATS
from pandian.errors import UsageError
from streams.commands.asking import url_option

if TYPE_CHECKING:
    from pathlib import Path

    from catalogs.base import Context, Exporter
    from catalogs.document import Inventory

_STDOUT = "-"
_STEM = "inventory"
#: More files than these are told by their number.
_LISTED = 20


class _Command(click.Command):
    """Lists the formats in its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Formats"):
            formatter.write_dl([(name, entry.summary) for name, entry in FORMATS.items()])
        super().format_epilog(ctx, formatter)


@click.command(
    "export",
    cls=_Command,
    short_help="Write the inventory for catalogues, contracts and people.",
    epilog="Example: pandian profile orders.csv --json | pandian export html --inventory - --out report.html",
)
@click.argument("fmt", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("assets", metavar="[ASSET]...", nargs=-1)
@url_option
@click.option(
    "--inventory",
    metavar="FILE",
    help="Read this in place of a worker: what `pandian inventory --json` or `pandian profile --json` printed. "
    "- is standard input.",
)
@click.option(
    "--out",
    metavar="PATH",
    help="File, or folder for formats with a file an asset. - is standard output. [in this folder, by the format]",
)
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option(
    "--time",
    "moment",
    metavar="ISO|now",
    help="When the inventory was so, for formats that need to know. [what the document says]",
)
@click.option(
    "--environment",
    default="PROD",
    show_default=True,
    metavar="NAME",
    help="Of the data, as DataHub names it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as one JSON document.")
def command(
    *,
    fmt: str,
    assets: Sequence[str],
    url: str,
    inventory: str | None,
    out: str | None,
    force: bool,
    moment: str | None,
    environment: str,
    as_json: bool,
) -> None:
    """Write the inventory of a running worker, or a saved one, as FORMAT; of all assets or only some.

    Nothing is sent anywhere. Values of personal fields are in none of the formats. The same inventory gives the same
    files, whenever it is exported.
    """
    from catalogs.base import Context
    from catalogs.registry import exporter
    from streams.commands.output import print_json, say

    if out == _STDOUT and as_json:
        raise UsageError(
            "--out - and --json", "exclude each other: both print on standard output", "give one of them"
        )
    known = _chosen(_read(inventory, url), assets)
    time_ms = known.time_ms if moment is None else _epoch_ms(moment)
    if time_ms is None and exporter(fmt).timed:
        say("no time is known: what was measured is left out; say --time now, or when the inventory was so")
    texts = _texts(exporter(fmt), known, Context(time_ms, environment))
    if out == _STDOUT:
        _print(texts)
        return
    written, made = _write(_targets(texts, exporter(fmt), out), force)
    if as_json:
        print_json({"format": fmt, "written": written})
        return
    _tell(written, made)


def _tell(written: Sequence[Mapping[str, Any]], made: Sequence[Path]) -> None:
    """Say which folders were made, and what was written where: a line a file, or where there are many, how many."""
    from pathlib import Path

    from pandian.output import printable, say

    for folder in made:
        say(f"made the folder {printable(folder)}")
    if not written:
        say("nothing to write: the inventory has no asset yet")
    elif len(written) <= _LISTED:
        for one in written:
            say(f"wrote {printable(one['path'])}: {one['bytes']:,} bytes")
    else:
        place, size = Path(written[0]["path"]).parent, sum(one["bytes"] for one in written)
        say(f"wrote {len(written):,} files of {size:,} bytes to the folder {printable(place)}")


def _read(path: str | None, url: str) -> Inventory:
    from catalogs.document import read_inventory

    if path is None:
        from streams.commands.inventory import inventory, inventory_address

        return read_inventory(inventory(inventory_address(url, None)))
    return read_inventory(_saved(path))


def _saved(path: str) -> Any:
    import sys
    from pathlib import Path

    import orjson

    from catalogs.exceptions import DocumentError

    try:
        content = sys.stdin.buffer.read() if path == _STDOUT else Path(path).read_bytes()
    except OSError as error:
        fix = "give a file that `pandian inventory --json` or `pandian profile --json` printed"
        raise UsageError(
            f"--inventory {path}", f"must be a file that can be read ({error.strerror})", fix
        ) from error
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise DocumentError(f"--inventory {path}", "is not JSON") from error


def _chosen(known: Inventory, names: Sequence[str]) -> Inventory:
    there = {asset.name for asset in known.assets}
    for name in names:
        if name not in there:
            raise UsageError(name, "no such asset", "`pandian inventory` lists the assets")
    return known.only(names) if names else known


def _epoch_ms(moment: str) -> int:
    import time
    from datetime import UTC, datetime

    if moment == "now":
        return int(time.time() * 1000)
    try:
        read = datetime.fromisoformat(moment)
    except ValueError as error:
        fix = "give one such as 2026-03-02T09:19:32Z"
        raise UsageError(f"--time {moment}", "must be `now` or an ISO 8601 time", fix) from error
    return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * 1000)


def _texts(made_by: Exporter, known: Inventory, context: Context) -> dict[str, str]:
    """Return the text of each asset's file by the asset's name; of the only file by an empty one."""
    if not made_by.per_asset:
        return {"": made_by.export(known, context)}
    return {asset.name: made_by.export(known.only([asset.name]), context) for asset in known.assets}


def _print(texts: Mapping[str, str]) -> None:
    if len(texts) != 1:
        rule = f"holds one file, and there are {len(texts)}: the format has one an asset"
        raise UsageError("--out -", rule, "name one asset, or a folder")
    click.echo(next(iter(texts.values())), nl=False)


def _targets(texts: Mapping[str, str], made_by: Exporter, out: str | None) -> dict[Path, str]:
    from pathlib import Path

    from catalogs.naming import file_names

    path = Path(out or ".")
    folder = out is None or out.endswith("/") or path.is_dir()
    if not made_by.per_asset:
        return {path / f"{_STEM}{made_by.suffix}" if folder else path: texts[""]}
    if not folder and len(texts) == 1 and path.suffix:
        return {path: next(iter(texts.values()))}
    names = file_names(texts, made_by.suffix)
    return {path / names[asset]: text for asset, text in texts.items()}


def _write(targets: Mapping[Path, str], force: bool) -> tuple[list[dict[str, Any]], list[Path]]:
    """Write all files or, when one of them is there already, none; return them, and the folders made for them."""
    taken = [] if force else [path for path in targets if path.exists()]
    if taken:
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise UsageError(
            f"{taken[0]}{more}", "is there already", "say --force to write over it, or another --out"
        )
    from pandian.output import made_folder

    written: list[dict[str, Any]] = []
    made: list[Path] = []
    for path, text in targets.items():
        content = text.encode()
        try:
            if made_folder(path.parent):
                made.append(path.parent)
            _replace(path, content)
        except OSError as error:
            rule = f"must be a place that can be written ({error.strerror})"
            raise UsageError(str(path), rule, "give another one with --out") from error
        written.append({"path": str(path), "bytes": len(content)})
    return written, made


def _replace(path: Path, content: bytes) -> None:
    """Put a whole file in place at once: whoever reads meanwhile finds the old one or the new one."""
    beside = path.with_name(f".{path.name[:100]}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
