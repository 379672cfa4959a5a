"""``pandian dashboards`` at the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from monitoring.dashboards.dashboard import BOARDS, dashboard

PANDIAN = [sys.executable, "-m", "streams.cli", "dashboards"]


def pandian(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PANDIAN, *arguments], capture_output=True, text=True, timeout=60, cwd=cwd, check=False
    )


def test_the_dashboards_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    done = pandian("--out", "grafana", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    written = json.loads(done.stdout)["dashboards"]
    assert written == [{"uid": uid, "file": f"grafana/{uid}.json"} for uid in BOARDS]
    for one in written:
        assert (tmp_path / one["file"]).read_text(encoding="utf-8") == dashboard(one["uid"])


def test_people_are_told_on_stderr(tmp_path: Path) -> None:
    done = pandian(cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [f"pandian: wrote {uid}.json" for uid in BOARDS]
    done = pandian("--out", "a/b", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines()[:2] == ["pandian: made the folder a/b", "pandian: wrote a/b/pandian.json"]


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = pandian("--out", "file/folder", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("pandian: --out file/folder: cannot be written (")
    assert len(done.stderr.splitlines()) == 1


def test_without_the_package_it_says_what_to_do(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['grafana_foundation_sdk'] = None\n"
        "from streams import cli; sys.exit(cli.run(['dashboards']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(
        "pandian: grafana_foundation_sdk: must be installed to make the dashboards; "
    )
    assert "pip install 'pandian[dev]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())
