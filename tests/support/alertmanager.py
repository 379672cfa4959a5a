"""A real Alertmanager on Debian's package, and its amtool."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.prometheus import missing
from tests.support.ready import ReadyProcess

CONFIG = Path(__file__).resolve().parents[2] / "monitoring" / "alertmanager" / "alertmanager.yml"
_PROGRAM = "prometheus-alertmanager"
#: From this version on ``url_file`` of a webhook is known; Debian 12 has an older one.
_KNOWS_URL_FILE = (0, 26)

needs_alertmanager = pytest.mark.skipif(
    any(missing(command) for command in (_PROGRAM, "amtool")),
    reason=f"no {_PROGRAM} or no amtool on the PATH: Debian's package {_PROGRAM} has both",
)


@cache
def knows_url_file() -> bool:
    """Tell whether the program that is here reads a webhook's URL from a file."""
    said = subprocess.run([_PROGRAM, "--version"], capture_output=True, text=True, check=True, timeout=10)
    version = (said.stdout or said.stderr).split("version ")[1].split(".")
    return (int(version[0]), int(version[1])) >= _KNOWS_URL_FILE


def with_url(url: str) -> dict[str, Any]:
    """Return the project's configuration, told the URL that else is in a file."""
    config: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for receiver in config["receivers"]:
        for hook in receiver["webhook_configs"]:
            del hook["url_file"]
            hook["url"] = f"{url}/{receiver['name']}"
    return config


def amtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run amtool."""
    command = ["amtool", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


class AlertmanagerProcess(ReadyProcess):
    """An Alertmanager. Use as a context manager; it answers when it is handed out and is killed at the end.

    Args:
        folder: for its data and its configuration.
        config: the latter.
    """

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        super().__init__("Alertmanager", folder / "alertmanager.log")
        file = folder / CONFIG.name
        file.write_text(yaml.safe_dump(config), encoding="utf-8")
        self._command = [
            _PROGRAM,
            f"--config.file={file}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ]

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that it knows, each with ``labels`` and ``status``."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v2/alerts", timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def command(self) -> Sequence[str]:
        """Return what to run."""
        return self._command
