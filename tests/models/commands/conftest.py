"""Commands of the models' room, run as people run them, in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from streams import cli

Result = tuple[int, str, str]


@pytest.fixture
def pandian(tmp_path, monkeypatch, capfd) -> Callable[..., Result]:
    """Run ``pandian`` with a registry of its own; return exit code, stdout and stderr."""
    monkeypatch.setenv("PANDIAN_MODELS", str(tmp_path / "registry"))

    def run(*arguments: object) -> Result:
        code = cli.run(list(map(str, arguments)))
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def document() -> Callable[[Result], dict[str, Any]]:
    """Return what a command printed: one JSON document on one line."""

    def read(result: Result) -> dict[str, Any]:
        code, out, err = result
        assert code == 0, err
        assert out.count("\n") == 1
        found: dict[str, Any] = orjson.loads(out)
        return found

    return read


@pytest.fixture
def complaint() -> Callable[..., str]:
    """Return the only line of a command that failed: on stderr, with nothing on stdout."""

    def read(result: Result, code: int) -> str:
        assert result[0] == code, result[2]
        assert result[1] == ""
        last = result[2].splitlines()[-1]
        assert last.startswith("pandian: ")
        assert "error of Pandian itself" not in last
        return last

    return read
