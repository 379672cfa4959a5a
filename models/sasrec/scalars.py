"""Loss, step size and validation for TensorBoard, where it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.exceptions import TrainingError


class Scalars:
    """Writes scalars by targets learned from; without a folder it does nothing.

    Args:
        folder: as ``tensorboard --logdir`` takes it.
        name: of this training within the folder.

    Raises:
        TrainingError: when the writer is not installed, or the folder cannot be written.
    """

    def __init__(self, folder: Path | None, name: str) -> None:
        self._writer: Any = None
        if folder is None:
            return
        try:
            from tensorboardX import SummaryWriter

            self._writer = SummaryWriter(str(folder / name))
        except ImportError as error:
            raise TrainingError(
                "tensorboardX",
                "must be installed to write scalars",
                "pip install tensorboardX, or leave scalars unset",
            ) from error
        except OSError as error:
            raise TrainingError(
                str(folder), f"must be a folder that can be written ({error.strerror})", "name another one"
            ) from error

    def write(self, seen: int, **values: float) -> None:
        """Write values as they are after so many targets."""
        if self._writer is not None:
            for name, value in values.items():
                self._writer.add_scalar(name, value, seen)

    def close(self) -> None:
        """Let all that was written be on the disk."""
        if self._writer is not None:
            self._writer.close()
