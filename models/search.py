"""One setting after the other: what each kind chooses for itself in validation."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, asdict, replace
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from torch import nn

from models.base import Recommender, Run
from models.beginning import restored
from models.config import TrainConfig
from models.data.log import InteractionLog


class _Dataclass(Protocol):
    """What ``dataclasses.replace`` takes."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


S = TypeVar("S", bound=_Dataclass)
#: What makes the network of settings, and the changes to try, those that matter most first.
Prepared = tuple[Callable[[S], nn.Module], Sequence[Mapping[str, Any]]]
#: Of the time that is left, finding settings takes at most so much.
SHARE_OF_TIME = 0.1


def search(
    settings: S,
    changes: Sequence[Callable[[S], S]],
    make: Callable[[S], nn.Module],
    run: Run,
    name: str,
) -> tuple[S, nn.Module]:
    """Change one setting after the other, and keep what is better in validation; return settings and their network.

    Args:
        settings: to begin with; without validation, or without time, they stay.
        changes: return settings with a change, in the order in which they are tried, those that matter most first.
        make: returns the network of settings.
        run: validates, and says until when.
        name: of the model, for progress.
    """
    network = make(settings)
    if run.validate is None:
        return settings, network
    until = time.monotonic() + SHARE_OF_TIME * run.seconds_left
    best = run.validate(network)
    for number, change in enumerate(changes):
        run.progress(name, number / len(changes))
        if time.monotonic() > until:
            break
        tried = change(settings)
        if tried == settings:
            continue
        other = make(tried)
        found = run.validate(other)
        if found > best:
            best, settings, network = found, tried, other
    return settings, network


class Searched(Recommender, Generic[S]):
    """A model that is worked out rather than learned in steps: what it chooses are a few settings, by :func:`search`.

    Args:
        config: of the training.
        chosen: the settings to begin with.
    """

    def __init__(self, config: TrainConfig, chosen: S) -> None:
        super().__init__(config)
        self.chosen = chosen
        self._before: Mapping[str, Any] | None = None
        self._network: nn.Module | None = None

    def begin_with(self, before: Mapping[str, Any]) -> None:
        """Try first what an earlier one has chosen, as :meth:`settings` told it: where no time is left that stays."""
        self._before = before

    @abstractmethod
    def prepared(self, log: InteractionLog) -> Prepared[S]:
        """Return what makes the network of settings from a log, and the changes to try as :func:`search` wants them."""

    def changed(self, chosen: S, change: Mapping[str, Any]) -> S:
        """Return settings with a change."""
        return replace(chosen, **change)

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Change one setting after the other, and keep what is better in validation."""
        make, alternatives = self.prepared(log)
        changes: list[Callable[[S], S]] = [partial(self._with, change) for change in alternatives]
        default = self.chosen
        if self._before is not None:
            self.chosen = restored(default, self._before)
            changes.insert(0, lambda _: default)
        self.chosen, self._network = search(self.chosen, changes, make, run, self.kind)

    def _with(self, change: Mapping[str, Any], chosen: S) -> S:
        return self.changed(chosen, change)

    def refit(self, log: InteractionLog, run: Run) -> None:  # noqa: ARG002 - the contract's
        """Work it out anew, with the settings as they are."""
        make, _ = self.prepared(log)
        self._network = make(self.chosen)

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of what is expected, in shares."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        return self._network

    def settings(self) -> dict[str, object]:
        """Return what was chosen."""
        return asdict(self.chosen)
