"""Telling a file's format: by its name, corrected by its content."""

from __future__ import annotations

import codecs
from pathlib import PurePath
from typing import Literal, get_args

import orjson

from pandian.errors import UsageError
from pandian.files.exceptions import FileError

Format = Literal["csv", "tsv", "jsonl", "json", "parquet"]

#: What :func:`~pandian.files.opening.open_records` reads.
FORMATS: tuple[Format, ...] = get_args(Format)

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_PARQUET_MAGIC = b"PAR1"
BOM = codecs.BOM_UTF8


def tell_format(name: str, head: bytes, stated: str | None = None) -> Format:
    """Return the format of a file.

    Args:
        name: The file's name; compression suffixes are ignored.
        head: Its first bytes, decompressed.
        stated: What the user says it is; wins.

    Raises:
        UsageError: when ``stated`` is no format.
        FileError: when it is binary, but not parquet.
    """
    if stated:
        if stated not in FORMATS:
            raise UsageError(
                f"--format {stated}", f"must be one of {', '.join(FORMATS)}", "choose one of them"
            )
        return next(known for known in FORMATS if known == stated)
    if head.startswith(_PARQUET_MAGIC):
        return "parquet"
    named = _by_suffix(name)
    if named == "parquet":
        raise FileError(name, "is not parquet (it does not start with PAR1)", "give its format with --format")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileError(name, "is UTF-16", "convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8")
    if b"\0" in head:
        raise FileError(name, f"is binary, but none of {', '.join(FORMATS)}", "convert it to one of them")
    return named or _by_content(head.removeprefix(BOM).lstrip())


def _by_suffix(name: str) -> Format | None:
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    while suffixes and suffixes[-1] in (".gz", ".zst", ".zstd", ".gzip"):
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def _by_content(head: bytes) -> Format:
    if head.startswith(b"["):
        return "json"
    first = head.partition(b"\n")[0]
    if head.startswith(b"{"):
        return "jsonl" if _is_object(first) or b"\n" not in head else "json"
    return "tsv" if first.count(b"\t") > first.count(b",") else "csv"


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
