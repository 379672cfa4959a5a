import builtins
from pathlib import Path

import pytest
from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.event_pb2 import Event

from models.base import Run
from models.config import TrainConfig
from models.exceptions import TrainingError
from models.sasrec.model import SASRec
from models.sasrec.scalars import Scalars
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import chains, log_of

assert EventsWriter


def events(folder: Path):
    """Return what was written: records of a length (8 bytes), its checksum (4), the content and its checksum (4)."""
    (path,) = folder.rglob("events.*")
    content, at, found = path.read_bytes(), 0, []
    while at < len(content):
        size = int.from_bytes(content[at : at + 8], "little")
        found.append(Event.FromString(content[at + 12 : at + 12 + size]))
        at += size + 16
    return found


def test_loss_steps_and_validation_are_written(tmp_path):
    config = TrainConfig(
        max_length=12, threads=1, sasrec=SasrecSettings(size=16, epochs=3, batch_rows=256, scalars=tmp_path)
    )
    SASRec(config).fit(log_of(chains()), Run(config, lambda _: 0.25))
    told = {}
    for event in events(tmp_path / "seed-0"):
        for value in event.summary.value:
            told.setdefault(value.tag, []).append((event.step, value.simple_value))
    assert set(told) == {"loss", "learning_rate", "validation"}
    assert [value for _, value in told["validation"]] == [0.25] * 3
    assert told["loss"][-1][1] < told["loss"][0][1]
    steps = [step for step, _ in told["loss"]]
    assert steps == sorted(set(steps))


def test_without_the_writer_it_is_said_what_to_install(tmp_path, monkeypatch):
    found = builtins.__import__

    def without(name, *rest):
        if name == "tensorboardX":
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(TrainingError, match="pip install tensorboardX"):
        Scalars(tmp_path, "seed-0")


def test_a_folder_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(TrainingError, match="must be a folder that can be written"):
        Scalars(tmp_path / "file", "seed-0")
