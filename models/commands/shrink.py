"""``pandian shrink``: a smaller model that answers as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.commands.options import check_torch
from pandian.options import Number

if TYPE_CHECKING:
    from export.shrink import Precision


@click.command(
    "shrink",
    short_help="Make a model smaller, if it answers as well.",
    epilog="Example: pandian shrink model/ test.csv --to int8 --out small/",
)
@click.argument("model")
@click.argument("test", nargs=-1, required=True, metavar="TEST...")
@click.option(
    "--to",
    "precision",
    type=click.Choice(("int8", "float16", "float32")),
    default="int8",
    show_default=True,
    help="Precision.",
)
@click.option(
    "--untouched-days",
    type=Number(0, min_open=True),
    metavar="N",
    help="Leave out items not in the last N days of TEST.",
)
@click.option(
    "--items",
    metavar="FILE",
    help="Leave out items that are gone: values of pandian.items as JSON lines, or the word kafka.",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder of the new model."
)
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as one JSON document.")
def command(
    *,
    model: str,
    test: Sequence[str],
    precision: Precision,
    untouched_days: float | None,
    items: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Keep the weights of MODEL in fewer bytes, or fewer items, and write it to DIR.

    MODEL is a folder that `pandian train` wrote, or name[@version] of the registry. TEST has the columns of training: a
    user's last row is asked for from the rows before it. If NDCG@10 falls by more than .002, nothing is written, and
    the exit code is 1.
    """
    from pandian.output import print_json

    found = shrink_model(model, test, precision, out, untouched_days, items)
    if as_json:
        print_json(found)
        return
    sizes, times, quality = found["bytes"], found["latency_ms"], found["ndcg@10"]
    click.echo(
        f"{found['model']}@{found['version']}, {precision}, in {found['path']}\n"
        f"graph {sizes['after']:,} bytes, before {sizes['before']:,}"
        f" ({sizes['before'] / sizes['after']:.1f} times as small)\n"
        f"{_pruned_line(found['pruned'])}"
        f"one history {times['after']:.3f} ms, before {times['before']:.3f}\n"
        f"NDCG@10 {quality['after']:.4f}, before {quality['before']:.4f}, on {found['targets']:,} targets\n"
        f"Next: pandian models add {found['path']} --promote"
    )


def _pruned_line(pruned: dict[str, Any] | None) -> str:
    if not pruned:
        return ""
    return (
        f"{pruned['items']:,} of {pruned['of']:,} items left out: {pruned['untouched']:,} untouched,"
        f" {pruned['gone']:,} gone\n"
    )


def shrink_model(
    model: str,
    test: Sequence[str],
    precision: Precision,
    out: Path,
    untouched_days: float | None = None,
    items: str | None = None,
) -> dict[str, Any]:
    """Return what it cost and what it brought.

    Raises:
        DataError: when there is no target.
        PandianError: when the model or the files cannot be read, or quality would be lost.
    """
    from export.registry import open_registry
    from export.registry.folders import check_free
    from export.runtime import OnnxModel
    from models.entries import columns, find_entry, last_targets
    from models.exceptions import DataError
    from models.progress import Reporter
    from models.source import KAFKA, read_source
    from pandian.output import say
    from pandian.settings import load_settings

    check_free(out)
    check_torch()
    from models.data.gone import gone_in_file, read_gone
    from models.dead import living
    from models.shrinking import shrink

    settings = load_settings()
    entry = find_entry(model, open_registry(settings))
    gone = (read_gone(settings) if items == KAFKA else gone_in_file(Path(items))) if items else set()
    with Reporter() as progress:
        log = read_source(test, say, progress.rows)
        loaded = OnnxModel(entry)
        targets = last_targets(log).translate(columns(loaded, log.item_ids))
        if not len(targets):
            raise DataError(
                f"{', '.join(test)}: {log.n_users:,} users with one row each",
                "there must be users with two rows or more: a history, and what came next",
                "give files with the whole histories of users",
            )
        progress("shrinking", 0.0)
        kept = living(loaded.catalogue, log, untouched_days, gone)
        small = shrink(entry, out, precision, targets, kept)
    return {
        "model": small.model,
        "version": small.version,
        "path": str(small.path),
        "precision": precision,
        "pruned": small.card.get("pruned"),
        **small.card["shrunk"],
    }
