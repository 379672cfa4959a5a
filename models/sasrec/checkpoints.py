"""Where a training goes on that was killed: its whole state in a file that is replaced at once or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import nn

from models.exceptions import TrainingError

#: Of what a file holds; another one is not read.
_FORMAT = 1
#: Ending of the file that is being written; one that a kill has left is written over, or removed at the end.
_PART = ".part"


class Checkpoint:
    """The state of one training, in a file that is named by all that the training depends on.

    So one that is asked for with other data, settings or weights to start from finds nothing, and begins anew.

    Args:
        folder: is made when there is something to keep; None: nothing is kept.
        every: seconds between two checkpoints.
        said: is told, once, when a checkpoint cannot be written: learning goes on without.
        first: the network as it is before it learns.
        depends: whatever else the training depends on, as text.
    """

    def __init__(
        self,
        folder: Path | None,
        every: float,
        said: Callable[[str], None],
        first: nn.Module,
        *depends: str,
    ) -> None:
        self._folder = folder
        self._every = every
        self._said = said
        self._last = time.monotonic()
        self._complained = False
        self.path = folder / f"{_digest(first, depends)}.checkpoint" if folder else None
        """Where it is; None: nowhere."""

    @property
    def due(self) -> bool:
        """Whether it is time for another one."""
        return self.path is not None and time.monotonic() - self._last >= self._every

    def load(self) -> dict[str, Any] | None:
        """Return the state that was kept; None when none was.

        Raises:
            TrainingError: when the file cannot be read, or holds something else.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            found: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
            if found["format"] != _FORMAT:
                raise KeyError(found["format"])
        except (
            OSError,
            RuntimeError,
            EOFError,
            KeyError,
            TypeError,
            ValueError,
            pickle.UnpicklingError,
        ) as error:
            raise TrainingError(
                str(self.path), "must be a checkpoint, whole", "delete it to begin anew, or bring it back"
            ) from error
        return found

    def save(self, state: dict[str, Any]) -> None:
        """Keep a state in place of the one before; whenever the process is killed, one of the two is there."""
        if self.path is None:
            return
        held = io.BytesIO()
        torch.save({**state, "format": _FORMAT}, held)
        beside = self.path.with_suffix(_PART)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(held.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            if not self._complained:
                self._said(
                    f"{self.path}: no checkpoint can be written ({error.strerror}); learning goes on without"
                )
                self._complained = True
        self._last = time.monotonic()

    def forget(self) -> None:
        """Remove the file: what it was kept for is done."""
        if self.path is not None:
            for path in (self.path, self.path.with_suffix(_PART)):
                with suppress(OSError):
                    path.unlink(missing_ok=True)


def _digest(network: nn.Module, depends: tuple[str, ...]) -> str:
    content = hashlib.sha256("\0".join((torch.__version__, *depends)).encode())
    for name, value in network.state_dict().items():
        content.update(name.encode())
        content.update(value.detach().cpu().contiguous().numpy().tobytes())
    return content.hexdigest()[:24]
