"""Edges of versions that the registry does not have: said, but not for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.registry import open_registry
from monitoring.edges import default_edges
from pandian.settings import Settings
from streams.stages.score_edges import ScoreEdges


def test_a_version_with_every_impression_writes_no_line_with_every_impression(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    edges = ScoreEdges(open_registry(Settings(models=tmp_path)))
    assert all(edges.of(("shop", f"build-{number}")) == default_edges() for number in range(300))
    assert len(caplog.messages) == 21
    assert "shop@build-0" in caplog.messages[0]
    assert "more than 20 versions" in caplog.messages[-1]
