"""What `pandian worker` refuses before it connects to anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from streams import cli


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that is said; the exit code is that of bad usage."""
    assert cli.run(["worker", "--broker", "192.0.2.1:9092", "--port", "0", *arguments]) == 2
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
def test_files_of_the_user_that_are_wrong(tmp_path: Path, setting: str, text: str, said: str) -> None:
    file = tmp_path / "file.toml"
    file.write_text(text, encoding="utf-8")
    with socket.socket() as broker:
        broker.bind(("127.0.0.1", 0))
        broker.listen()
        broker.setblocking(False)
        for path, why in (
            (file, said),
            (tmp_path / "none.toml", "cannot be read (No such file or directory)"),
        ):
            # In a process of its own: a worker sets up the log and the signals of the one that it runs in.
            done = subprocess.run(
                [sys.executable, "-m", "streams.cli", "worker", "--port", "0"],
                env={
                    **os.environ,
                    setting: str(path),
                    "PANDIAN_BROKER": f"127.0.0.1:{broker.getsockname()[1]}",
                },
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr.startswith(f"pandian: {setting}={path}: {why}")
            assert done.stderr.count("\n") == 1
        with pytest.raises(BlockingIOError):
            broker.accept()
