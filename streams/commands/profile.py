"""``pandian profile``: the inventory of files, without a broker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pandian.files import RecordFile
    from streams.commands.progress import Reporter
    from streams.inventory.profile import PartitionProfile, ProfilePolicy

_FORMATS = ("csv", "tsv", "jsonl", "json", "parquet")


@click.command(
    "profile",
    short_help="Take the inventory of files, without a broker.",
    epilog="Example: pandian profile orders.csv.gz customers.parquet --json",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format", "fmt", type=click.Choice(_FORMATS), help="Format of the files. [by name and content]"
)
@click.option("--columns", metavar="A,B,...", help="Column names of csv and tsv files without a header line.")
@click.option("--json", "as_json", is_flag=True, help="Print the inventory as one JSON document.")
def command(*, files: Sequence[str], fmt: str | None, columns: str | None, as_json: bool) -> None:
    """Say what data is in FILE...: what its fields mean, how they are distributed, what is missing or personal.

    Reads csv, tsv, jsonl, json and parquet, plain, gzip or zstd; - is standard input. Each file is one asset of the
    inventory that a worker makes of topics. Rows that cannot be read are counted as quarantined, with the reason.
    """
    from streams.commands.output import print_json

    documents = profile_files(files, fmt, columns.split(",") if columns else None)
    if as_json:
        print_json({"assets": documents})
        return
    from rich.console import Console

    from streams.commands.tables import asset_table

    console = Console()
    for position, document in enumerate(documents):
        if position:
            console.print()
        console.print(asset_table(document, console.width))


def profile_files(
    paths: Sequence[str], fmt: str | None = None, columns: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return the inventory document of each file, in the order given.

    Args:
        paths: The files; ``-`` is standard input.
        fmt: Their format; None: told by name and content.
        columns: Names of the columns of csv and tsv files without a header line.

    Raises:
        UsageError: when a file is not there (before any is read).
        FileError: when a file is not what it is said to be.
    """
    from pandian.files import check_readable, open_records
    from pandian.settings import load_settings
    from streams.commands.output import say
    from streams.commands.progress import Reporter, total_size
    from streams.inventory.policy import default_policy

    policy = default_policy(load_settings().max_fields)
    for path in paths:
        check_readable(path)
    documents = []
    with Reporter("profiled", total_size(paths)) as progress:
        for path, name in zip(paths, asset_names(paths), strict=True):
            with open_records(path, fmt, columns) as file:
                for notice in file.notices:
                    say(f"{file.name}: {notice}")
                profile = _profile(file, name, policy, progress)
                documents += _documents(file, path, profile, policy)
            progress.finish_file(profile.records, file.size or 0)
    return documents


def asset_names(paths: Sequence[str]) -> list[str]:
    """Return a name for each file's asset: its name without suffixes; where that repeats, its whole path."""
    from pathlib import PurePath

    stems = ["stdin" if path == "-" else PurePath(path).name.split(".")[0] or path for path in paths]
    return [stem if stems.count(stem) == 1 else path for stem, path in zip(stems, paths, strict=True)]


def _profile(file: RecordFile, name: str, policy: ProfilePolicy, progress: Reporter) -> PartitionProfile:
    import time

    import numpy as np

    from streams.decode.registry import BatchDecoder
    from streams.inventory.duplicates import Window, content_hashes
    from streams.inventory.profile import BatchMeta, PartitionProfile

    decoder = BatchDecoder(max_fields=policy.max_fields)
    profile = PartitionProfile(name, policy)
    first, window = 0, Window()
    for batch in file.batches():
        meta = BatchMeta(
            sum(map(len, batch.values)),
            int(time.time() * 1000),
            offsets=(offsets := np.arange(first, first + len(batch.values))),
            repeated=window.add(content_hashes(batch.values), offsets),
        )
        first += len(batch.values)
        profile.add(decoder.decode(batch.values), meta)
        profile.reasons.update(row.reason for row in batch.bad)
        progress.report(profile.records, file.progress, file.name)
    return profile


def _documents(
    file: RecordFile, path: str, profile: PartitionProfile, policy: ProfilePolicy
) -> list[dict[str, Any]]:
    import time

    from streams.inventory.assembly import topic_documents

    source = {
        "file": path,
        "format": file.format,
        "compression": file.compression or None,
        "encoding": file.encoding,
    }
    return list(
        topic_documents([profile], profile.topic, source, policy, now_ms=int(time.time() * 1000)).values()
    )
