"""One setting after the other: what each kind chooses for itself in validation."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from torch import nn

from models.base import Run

S = TypeVar("S")
#: Of the time that is left, finding settings takes at most so much.
SHARE_OF_TIME = 0.1


def search(
    settings: S,
    alternatives: Sequence[Mapping[str, Any]],
    changed: Callable[[S, Mapping[str, Any]], S],
    make: Callable[[S], nn.Module],
    run: Run,
    name: str,
) -> tuple[S, nn.Module]:
    """Change one setting after the other, and keep what is better in validation; return settings and their network.

    Args:
        settings: to begin with; without validation, or without time, they stay.
        alternatives: changes in the order in which they are tried, those that matter most first.
        changed: returns settings with a change.
        make: returns the network of settings.
        run: validates, and says until when.
        name: of the model, for progress.
    """
    network = make(settings)
    if run.validate is None:
        return settings, network
    until = time.monotonic() + SHARE_OF_TIME * run.seconds_left
    best = run.validate(network)
    for number, change in enumerate(alternatives):
        run.progress(name, number / len(alternatives))
        if time.monotonic() > until:
            break
        tried = changed(settings, change)
        if tried == settings:
            continue
        other = make(tried)
        found = run.validate(other)
        if found > best:
            best, settings, network = found, tried, other
    return settings, network
