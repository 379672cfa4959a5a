"""The options that every command that trains has, and what must be there before it can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pandian.options import Number

F = TypeVar("F", bound=Callable[..., Any])

#: Type of a time that something may take.
SECONDS = Number(min=0, min_open=True)

_KINDS = (
    "auto",
    "popularity",
    "trending",
    "repeats",
    "item-to-item",
    "transitions",
    "sessions",
    "ease",
    "two-tower",
    "lightgcn",
    "sasrec",
    "blend",
    "ranker",
)
_OPTIONS = (
    click.option(
        "--model", type=click.Choice(_KINDS), help="Kind of model; auto: the best in validation.  [auto]"
    ),
    click.option(
        "--epochs", type=int, metavar="N", help="Most times that the sequential model sees the data."
    ),
    click.option("--max-seconds", type=SECONDS, metavar="S", help="Be done in this time."),
    click.option(
        "--config", type=click.Path(path_type=Path), metavar="FILE", help="TOML file with more settings."
    ),
    click.option(
        "--precision",
        type=click.Choice(("float32", "float16", "int8", "auto")),
        help="Of the exported weights; auto: the smallest that loses no quality.  [float32]",
    ),
    click.option("--seed", type=int, help="Of all that is drawn.  [0]"),
    click.option("--threads", type=int, metavar="N", help="Threads that it computes on.  [one a core]"),
)


def training_options(command: F) -> F:
    """Give a command the options ``model``, ``epochs``, ``max_seconds``, ``config``, ``precision``,
    ``seed`` and ``threads``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


items_option = click.option(
    "--items",
    metavar="FILE",
    help="Names of items, to place new ones: values of pandian.items as JSON lines, or the word kafka.",
)
"""Gives a command the option ``items``."""


def check_torch() -> None:
    """Say in one line what is missing to train.

    Raises:
        TrainingError: when torch or onnx is not installed.
    """
    from models.exceptions import TrainingError
    from models.threads import wait_asleep

    wait_asleep()
    try:
        import onnx  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise TrainingError(
            f"{error.name}", "must be installed to train", "run: make setup, or pip install 'pandian[train]'"
        ) from error
