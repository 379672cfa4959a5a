"""Files are there as a whole, or as they were."""

from __future__ import annotations

import pytest

from pandian.output import write_whole


def test_a_file_is_written_over_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "report.html"
    for text in ("one", "zwölf"):
        write_whole(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_what_cannot_be_encoded_leaves_what_was_there(tmp_path):
    path = tmp_path / "report.html"
    write_whole(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
