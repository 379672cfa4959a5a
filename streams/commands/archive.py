"""``pandian archive``: what the archive holds, and removing what is too old."""

from __future__ import annotations

from typing import Any

import click

from pandian.archive import ArchiveStore, open_archive
from pandian.archive.listing import summary
from pandian.archive.retention import expired, retain
from pandian.errors import UsageError
from pandian.output import print_json, printable
from pandian.settings import load_settings

_ADDRESS = click.option(
    "--archive", metavar="ADDRESS", help="Folder or address, instead of PANDIAN_ARCHIVE."
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(
    "archive",
    short_help="Show what the archive holds, and let old days go.",
    epilog="Example: pandian archive list --archive s3://bucket/pandian",
    invoke_without_command=True,
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show and tidy the archive that workers write when PANDIAN_ARCHIVE is set."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@command.command(
    "list",
    short_help="Show what the archive holds.",
    epilog="Example: pandian archive list --archive s3://bucket/pandian --json",
)
@_ADDRESS
@_JSON
def list_(archive: str | None, as_json: bool) -> None:
    """Show the assets of the archive with their days, files, rows and bytes."""
    store, _ = _opened(archive)
    found = summary(store.files())
    if as_json:
        print_json({"archive": store.address, "assets": found})
    else:
        _show(store, found)


@command.command(
    "retain",
    short_help="Remove days that are too old.",
    epilog="Example: pandian archive retain --days 90 --dry-run",
)
@_ADDRESS
@click.option(
    "--days", type=click.IntRange(min=1), metavar="N", help="Days to keep, instead of PANDIAN_ARCHIVE_DAYS."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@_JSON
def retain_(archive: str | None, days: int | None, dry_run: bool, as_json: bool) -> None:
    """Remove the days that are older, but never an asset's newest. Workers do so every hour."""
    from streams.archiving.rows import today

    store, set_days = _opened(archive)
    days = days or set_days
    if days is None:
        raise UsageError("--days", "must say how many days are kept", "give it, or set PANDIAN_ARCHIVE_DAYS")
    gone = expired(store.files(), days, today()) if dry_run else retain(store, days, today())
    if as_json:
        removed = [{"asset": asset, "day": day.isoformat()} for asset, day in gone]
        print_json({"archive": store.address, "removed": removed, "dry_run": dry_run})
        return
    for asset, day in gone:
        click.echo(f"{day.isoformat()}  {printable(asset)}")
    click.echo(f"{len(gone):,} days {'would be' if dry_run else 'were'} removed", err=True)


def _opened(archive: str | None) -> tuple[ArchiveStore, int | None]:
    settings = load_settings(archive=archive)
    if settings.archive is None:
        raise UsageError(
            "PANDIAN_ARCHIVE", "must say where the archive is", "set it, or give --archive ADDRESS"
        )  # fmt: skip
    return open_archive(settings.archive), settings.archive_days


def _show(store: ArchiveStore, found: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not found:
        console.print(f"{printable(store.address)} holds nothing yet", markup=False)
        return
    table = Table()
    table.add_column("asset")
    for name in ("from", "to"):
        table.add_column(name)
    for name in ("days", "files", "rows", "MB"):
        table.add_column(name, justify="right")
    for one in found:
        numbers = (f"{one[name]:,}" for name in ("days", "files", "rows"))
        table.add_row(printable(one["asset"]), one["from"], one["to"], *numbers, f"{one['bytes'] / 1e6:,.1f}")
    console.print(table)
