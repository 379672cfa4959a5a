"""``pandian profile``: the inventory of files, without a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pandian.files import RecordFile
    from streams.commands.progress import Reporter
    from streams.inventory.profile import PartitionProfile, ProfilePolicy
    from streams.inventory.quality.thresholds import Thresholds
    from streams.inventory.relations.base import Signature

_FORMATS = ("csv", "tsv", "jsonl", "json", "parquet")


@click.command(
    "profile",
    short_help="Take the inventory of files, without a broker.",
    epilog="\b\nExamples:\n  pandian profile orders.csv.gz customers.parquet --json"
    "\n  pandian profile orders.csv.gz --field UnitPrice\n  pandian profile *.csv --search 'email phone'",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format", "fmt", type=click.Choice(_FORMATS), help="Format of the files. [by name and content]"
)
@click.option("--columns", metavar="A,B,...", help="Column names of csv and tsv files without a header line.")
@click.option("--field", metavar="NAME", help="Show all that is known of one field.")
@click.option(
    "--search",
    metavar="TEXT",
    help="Show only assets and fields with these words in their names or meanings.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the inventory as one JSON document.")
def command(
    *,
    files: Sequence[str],
    fmt: str | None,
    columns: str | None,
    field: str | None,
    search: str | None,
    as_json: bool,
) -> None:
    """Say what data is in FILE...: what its fields mean, how they are distributed, what is missing or personal.

    Reads csv, tsv, jsonl, json and parquet, plain, gzip or zstd; - is standard input. Each file is one asset of the
    inventory that a worker makes of topics. Rows that cannot be read are counted as quarantined, with the reason.
    """
    from streams.commands.output import print_json
    from streams.commands.searching import check_options

    check_options(as_json=as_json, watch=False, field=field, search=search)
    documents = profile_files(files, fmt, columns.split(",") if columns else None)
    if as_json:
        print_json({"assets": documents})
        return
    from rich.console import Console

    console = Console()
    for position, shown in enumerate(_views(documents, console.width, field, search)):
        if position:
            console.print()
        console.print(shown)


def _views(
    documents: Sequence[Mapping[str, Any]], width: int, field: str | None, search: str | None
) -> list[RenderableType]:
    """Return what a person sees: each asset, or one field of those that have it, or what words are found in."""
    from streams.commands.asset_sections import asset_view
    from streams.commands.field_view import field_view
    from streams.commands.searching import field_of, searched
    from streams.commands.wording import without_partitions

    documents = [without_partitions(document) for document in documents]
    if field is not None:
        having = [one for one in documents if any(known["field"] == field for known in one["fields"])]
        return [field_view(one, field_of(one, field), width) for one in having or documents[:1]]
    if search is not None:
        return [searched(documents, search, width)]
    return [asset_view(document, width) for document in documents]


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
    from streams.inventory.quality.thresholds import read_thresholds

    settings = load_settings()
    policy, thresholds = default_policy(settings.max_fields), read_thresholds(settings.quality)
    for path in paths:
        check_readable(path)
    documents: list[dict[str, Any]] = []
    signatures: list[Signature] = []
    with Reporter("profiled", total_size(paths)) as progress:
        for path, name in zip(paths, asset_names(paths), strict=True):
            with open_records(path, fmt, columns) as file:
                for notice in file.notices:
                    say(f"{file.name}: {notice}")
                profile = _profile(file, name, policy, progress)
                documents += _documents(file, path, profile, policy, thresholds, signatures)
            progress.finish_file(profile.records, file.size or 0)
    _relate(documents, signatures)
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
    file: RecordFile,
    path: str,
    profile: PartitionProfile,
    policy: ProfilePolicy,
    thresholds: Thresholds,
    signatures: list[Signature],
) -> list[dict[str, Any]]:
    import time

    from streams.inventory.assembly import topic_documents
    from streams.inventory.relations.signature import signature_of

    source = {
        "file": path,
        "format": file.format,
        "compression": file.compression or None,
        "encoding": file.encoding,
    }
    return list(
        topic_documents(
            [profile],
            profile.topic,
            source,
            policy,
            now_ms=int(time.time() * 1000),
            thresholds=thresholds,
            see=lambda *asset: signatures.append(signature_of(*asset)),
        ).values()
    )


def _relate(documents: Sequence[dict[str, Any]], signatures: Sequence[Signature]) -> None:
    """Tell in each document its keys, and which fields of the files refer to which."""
    from streams.inventory.relations import graph
    from streams.inventory.relations.finder import find

    found = find(signatures)
    keys = {one.asset: graph.key_documents(one.keys) for one in signatures}
    for document in documents:
        name = document["asset"]
        document["relations"] = graph.documents(name, found)
        document["keys"] = keys.get(name, [])
