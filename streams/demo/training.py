"""Trains the demo's model offline, in a process of its own: ``pandian train kafka``, as anybody would."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from pandian.errors import PandianError
from pandian.settings import PREFIX, Settings
from streams.demo.child import ChildProcess, pipes

#: Seconds of training, without reading, exporting and checking.
SECONDS = 30.0


class TrainingProcess(ChildProcess):
    """A command of Pandian that trains on what is on ``pandian.interactions``, and prints JSON in the end.

    Args:
        settings: The broker to read from.
        options: Of the command line.
        environment: Further variables.
    """

    def __init__(
        self, settings: Settings, options: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(settings, "streams.demo.lifeline", ["streams.cli", *options, "--json"], environment)
        self.said = ""
        """Its last line about how far it is."""
        self.result: Mapping[str, Any] = {}
        """What it printed in the end."""

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        out, err = pipes(process)
        printed, _ = await asyncio.gather(out.read(), self._hear(err))
        code = await process.wait()
        if code:
            why = self.said or f"exit code {code}"
            raise PandianError("training", f"did not give a model ({why})", "run pandian train to see more")
        self.result = orjson.loads(printed)

    async def _hear(self, err: asyncio.StreamReader) -> None:
        async for line in err:
            said = line.decode(errors="replace").strip()
            said = "".join(char for char in said.removeprefix("pandian: ") if char.isprintable())
            self.said = said or self.said


def training(settings: Settings, folder: Path, max_seconds: float) -> TrainingProcess:
    """Return a training of the first model.

    Args:
        settings: The broker to read from.
        folder: Where the entry goes; must not be there.
        max_seconds: When training stops, however well it still goes.
    """
    options = ["train", "kafka", "--out", str(folder), "--max-seconds", f"{max_seconds:g}"]
    return TrainingProcess(settings, options)


def retraining(
    settings: Settings, models: str, max_seconds: float, folder: str, kind: str
) -> TrainingProcess:
    """Return a retraining in a folder, which promotes what is surely better than the champion of a registry.

    Args:
        settings: The broker to read from.
        models: The registry.
        max_seconds: When training stops, however well it still goes.
        folder: Where it works.
        kind: Of the model: that of the champion, as which kind is best was found out when that was trained.
    """
    options = ["retrain", "kafka", "--max-seconds", f"{max_seconds:g}", "--work", folder, "--model", kind]
    return TrainingProcess(settings, options, {f"{PREFIX}MODELS": models})
