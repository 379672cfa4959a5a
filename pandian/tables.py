"""Files of the user in TOML: one table a pattern of names, the first that fits counts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pandian.errors import SettingError
from pandian.validation import first_fault

Found = TypeVar("Found")
Model = TypeVar("Model", bound=BaseModel)

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


def read_models(path: Path, model: type[Model], wrong: Wrong, paper: str) -> dict[str, Model]:
    """Return what a file says of each pattern, in its order.

    Args:
        path: the file.
        model: what each of its tables is.
        wrong: makes the error.
        paper: where it is said how the file is written.

    Raises:
        SettingError: it cannot be read, or a table is none of these: naming the key, its value, the rule and the fix.
    """
    return {
        glob: _made(path, glob, table, model, wrong, paper)
        for glob, table in read_tables(path, wrong, paper).items()
    }


def _made(path: Path, glob: str, table: Any, model: type[Model], wrong: Wrong, paper: str) -> Model:
    if not isinstance(table, dict):
        raise wrong(path, f"{glob} must be a table", f'write ["{glob}"] and its keys below')
    try:
        return model(**table)
    except ValidationError as error:
        fault = first_fault(error, model)
        where = f'["{glob}"] {fault.where}'.rstrip()
        raise wrong(path, f"{where}: {fault.rule}", fault.fix(f"write it as {paper} shows")) from None


def first_fitting(tables: Mapping[str, Found], name: str) -> Found | None:
    """Return the first entry whose pattern is the name, or fits it; None when none does."""
    return next((found for glob, found in tables.items() if name == glob or fnmatchcase(name, glob)), None)
