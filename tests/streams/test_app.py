"""The Faust app: what stands in its way is said before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from pandian.errors import SettingError
from pandian.settings import load_settings
from streams.app import create_app


def test_a_data_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")

    with pytest.raises(
        SettingError, match=r"PANDIAN_DATADIR=.*cannot be made \(Not a directory\); name a folder"
    ):
        create_app(load_settings(broker="localhost:9092", datadir=file / "state"), durable=True)
