"""What `pandian worker` refuses before it connects to anything."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from streams import cli

#: Nothing listens there; whoever connects waits for seconds.
AWAY = "192.0.2.1:9092"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that is said; the exit code is that of bad usage."""
    began = time.monotonic()
    assert cli.run(["worker", "--broker", AWAY, "--port", "0", *arguments]) == 2
    assert time.monotonic() - began < 10, "it connected first"
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.parametrize("glob", ["", "[", "a,b"])
def test_patterns_that_no_topic_can_match(capsys: pytest.CaptureFixture[str], glob: str) -> None:
    named = refused(capsys, "--topics", glob)
    assert named.startswith("pandian: --topics ")
    assert refused(capsys, glob) == named


@pytest.mark.parametrize(
    ("setting", "text", "said"),
    [
        ("PANDIAN_MAPPING", '[t]\nitem = "i"\nitme = "x"', '["t"] itme: is no key here; '),
        ("PANDIAN_QUALITY", "[t]\nvalidity = 2", '["t"] validity = 2: must be at most 1; '),
    ],
)
def test_files_of_the_user_that_are_wrong(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    setting: str,
    text: str,
    said: str,
) -> None:
    file = tmp_path / "file.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv(setting, str(file))
    told = refused(capsys)
    assert told.startswith(f"pandian: {setting}={file}: {said}")
    monkeypatch.setenv(setting, str(tmp_path / "none.toml"))
    assert "cannot be read (No such file or directory)" in refused(capsys)
