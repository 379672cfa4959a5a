"""What commands print: one JSON document, or lines for people."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import orjson


def print_json(document: Any) -> None:
    """Print one JSON document on standard output; indented when a person looks at it."""
    indent = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    click.echo(orjson.dumps(document, option=indent | orjson.OPT_NON_STR_KEYS).decode())


def say(text: str) -> None:
    """Tell a person something in one line on standard error."""
    click.echo(f"pandian: {text}", err=True)


def made_folder(folder: Path) -> bool:
    """Make a folder unless it is there; tell whether it was made, to say so: a wrong letter in an option makes one too.

    Raises:
        OSError: it cannot be made.
    """
    there = folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return not there


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was before; UTF-8.

    Raises:
        OSError: it cannot be written.
    """
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(aside).chmod(0o666 & ~mask)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def printable(value: Any) -> str:
    """Return a value as text that a terminal cannot take for anything else."""
    return "".join(c if c.isprintable() else "·" for c in str(value))
