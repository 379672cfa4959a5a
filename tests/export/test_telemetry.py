"""onnxruntime reports nothing to anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOAD = "import {module}; import onnxruntime as ort; ort.get_available_providers()"


def left_in_home(home: Path, module: str) -> set[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    subprocess.run(
        [sys.executable, "-c", LOAD.format(module=module)],
        env=environment | {"HOME": str(home)},
        timeout=60,
        check=True,
    )
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("module", ["export.runtime", "streams.worker"])
def test_nothing_is_kept_to_be_reported(module: str, tmp_path: Path) -> None:
    assert left_in_home(tmp_path, module) == set()


def test_who_wants_to_can_still_report(tmp_path: Path) -> None:
    code = "import export, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0\n"
