"""A log line is one line, whatever is in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from streams import worklog
from streams.commands.demo import quiet_log


@pytest.fixture
def undone() -> Iterator[None]:
    """Put the loggers of this process back as they were: other tests listen to them."""
    root = logging.getLogger()
    loggers = [root, worklog.logger("alerts"), *map(logging.getLogger, worklog._CHATTY)]
    handlers, levels = list(root.handlers), [one.level for one in loggers]
    yield
    root.handlers[:] = handlers
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


@pytest.mark.usefixtures("undone")
def test_what_comes_from_data_writes_no_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    worklog.set_up()
    worklog.logger("alerts").warning("%s: no longer.", "m\n10:00:00 ERROR pandian: lost\x1b[2J 杯子")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING pandian.alerts: m·10:00:00 ERROR pandian: lost·[2J 杯子: no longer.")


@pytest.mark.usefixtures("undone")
def test_a_demo_tells_of_alerts_itself(capsys: pytest.CaptureFixture[str]) -> None:
    quiet_log()
    worklog.logger("alerts").warning("The probabilities of m@1 are off.")
    worklog.logger("feedback").info("scores are counted")
    worklog.logger("feedback").warning("labels cannot be written")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING pandian.feedback: labels cannot be written")
