"""A log line is one line, whatever is in it."""

from __future__ import annotations

import logging

import pytest

from streams import worklog


def test_what_comes_from_data_writes_no_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)
    worklog.set_up()
    worklog.logger("alerts").warning("%s: no longer.", "m\n10:00:00 ERROR pandian: lost\x1b[2J 杯子")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING pandian.alerts: m·10:00:00 ERROR pandian: lost·[2J 杯子: no longer.")
