"""Files of the user in TOML: one table a pattern of names, the first that fits counts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from pandian.errors import SettingError

Found = TypeVar("Found")

#: Makes the error of a file from the file, the rule and the fix.
Wrong = Callable[[Path, str, str], SettingError]


def read_tables(path: Path, wrong: Wrong, paper: str) -> dict[str, Any]:
    """Return what a file holds.

    Args:
        path: the file.
        wrong: makes the error.
        paper: where it is said how the file is written.

    Raises:
        SettingError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise wrong(path, f"cannot be read ({error.strerror})", "name a readable TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(path, f"is no TOML ({error})", f"write it as {paper} shows") from error


def first_fitting(tables: Mapping[str, Found], name: str) -> Found | None:
    """Return the first entry whose pattern is the name, or fits it; None when none does."""
    return next((found for glob, found in tables.items() if name == glob or fnmatchcase(name, glob)), None)
