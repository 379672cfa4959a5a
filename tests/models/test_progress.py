"""What people see of a long command: a bar on a terminal, a line now and then elsewhere."""

import io
import re
import time

import pytest

from models.progress import Reporter


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Make standard error a terminal; to be called in the test, as pytest has its own before."""

    def make():
        file = Terminal()
        monkeypatch.setattr("sys.stderr", file)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "120")
        return file

    return make


def test_a_terminal_shows_the_time_of_the_whole_command_and_what_is_left(terminal):
    """A new step does not begin the clock again."""
    file = terminal()
    with Reporter(max_seconds=100, started=time.monotonic() - 30.5) as progress:
        progress.rows("clicks.csv", 1_234)
        time.sleep(0.3)
        progress("item-to-item", 0.5)
        progress("sasrec", 0.0)
        time.sleep(0.3)
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())
    assert "clicks.csv: 1,234 rows" in shown
    assert re.search(r"sasrec .*0:3[01] elapsed, 1:0[89] left", shown)


def test_without_a_limit_the_time_left_is_that_of_the_step(terminal, monkeypatch):
    terminal()
    now = [1_000.0]
    monkeypatch.setattr("models.progress.time.monotonic", lambda: now[0])
    progress = Reporter(started=940.0)
    progress("sasrec", 0.0)
    assert progress.times() == "1:00 elapsed"
    now[0] += 10
    progress("sasrec", 0.25)
    assert progress.times() == "1:10 elapsed, 0:30 left"
    now[0] += 5
    assert progress.times() == "1:15 elapsed, 0:25 left"
    now[0] += 60
    assert progress.times() == "2:15 elapsed, 0:00 left"


def test_elsewhere_a_line_now_and_then(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("models.progress.time.monotonic", lambda: now[0])
    with Reporter(started=0.0) as progress:
        for second in range(10):
            now[0] = float(second)
            progress("sasrec", second / 10)
    out, err = capsys.readouterr()
    assert out == ""
    lines = ["sasrec: 20%, 8 s left", "sasrec: 50%, 5 s left", "sasrec: 80%, 2 s left"]
    assert err.splitlines() == [f"pandian: {line}" for line in lines]
