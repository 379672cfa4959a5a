"""What is searched: every setting is one of training, and what is wrong is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.config import TrainConfig, load_config
from models.tuning.space import SPACES, changed, given, is_whole, space_of
from models.tuning.toml import config_toml
from pandian.errors import UsageError


def read(tmp_path: Path, text: str) -> TrainConfig:
    file = tmp_path / "train.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


@pytest.mark.parametrize("kind", SPACES)
def test_what_is_known_of_a_kind_holds_its_defaults_and_can_be_set(kind):
    config = TrainConfig(model=kind)
    space = space_of(config)
    assert given(config, space) is not None
    for name, searched in space.items():
        for value in searched.choices or (searched.low, searched.high):
            assert changed(config, {name: value}) != TrainConfig() or value == given(config, space)[name]


def test_names_with_and_without_quotes_are_the_same(tmp_path):
    head = 'model = "sasrec"\n[tune.space]\n'
    quoted = read(
        tmp_path, head + '"sasrec.size" = { choices = [32, 64] }\nmax_length = { low = 5, high = 9 }\n'
    )
    plain = read(
        tmp_path, head + "sasrec.size = { choices = [32, 64] }\nmax_length = { low = 5, high = 9 }\n"
    )
    assert quoted == plain
    assert list(space_of(plain)) == ["sasrec.size", "max_length"]


def test_the_type_of_the_setting_says_what_is_drawn():
    assert is_whole("sasrec.layers")
    assert is_whole("sasrec.schedule_epochs")
    assert not is_whole("sasrec.dropout")
    assert not is_whole("sasrec.prior")


def test_settings_as_given_that_are_not_in_the_space_are_not_tried(tmp_path):
    config = read(tmp_path, 'model = "sasrec"\n[tune.space]\n"sasrec.size" = { choices = [8, 16] }\n')
    assert given(config, space_of(config)) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "model auto: has no settings to be searched; name one of item-to-item"),
        ('model = "blend"\ntune.space.max_length = {low = 1, high = 9}', "has no settings to be searched"),
        ('model = "popularity"', "has no settings to be searched"),
        (
            'model = "ease"\n[tune.space]\n"sasrec.size" = {low = 8, high = 16}',
            "is no setting of ease to search",
        ),
        ('model = "sasrec"\n[tune.space]\n"sasrec.scalars" = {choices = ["a"]}', "is no setting of sasrec"),
        (
            'model = "sasrec"\n[tune.space]\n"sasrec.size" = {low = 2, high = 16}',
            "tune.space.sasrec.size: 2: must be at least 4",
        ),
        ('model = "sasrec"\n[tune.space]\n"sasrec.layers" = {low = 1, high = 2.5}', "must be a whole number"),
        ('model = "sasrec"\n[tune.space]\n"sasrec.feed" = {low = 1, high = 2}', "must be choices"),
        (
            'model = "sasrec"\n[tune.space]\n"sasrec.feed" = {choices = ["relu"]}',
            "must be one of gelu, swiglu",
        ),
        ('[tune.space]\n"sasrec.size" = {low = 8}', "low and high must be given, or choices"),
        ('[tune.space]\n"sasrec.size" = {low = 8, high = 4}', "low must not be above high"),
        ('[tune.space]\n"sasrec.dropout" = {low = 0, high = 1, log = true}', "low must be above 0 with log"),
        ('[tune.space]\n"sasrec.size" = {low = 8, choices = [8]}', "choices stand alone"),
        ('[tune.space]\n"sasrec.size" = 8', "must be a table"),
        ("[tune]\ntrials = 0", "tune.trials = 0: must be at least 1"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        space_of(read(tmp_path, text))


def test_settings_are_written_as_they_are_read(tmp_path):
    config = read(
        tmp_path,
        'model = "sasrec"\nk = [5]\nlicence = "\\"é\\\\\\u007f\\n"\nmax_seconds = 1e-5\n[sasrec]\nprior = false\n'
        'learning_rate = 3e-5\nfeed = "swiglu"\ncheckpoints = "a b/"\n[ease]\npenalties = [1.5, 2.0]\n',
    )
    assert read(tmp_path, config_toml(config)) == config
    assert read(tmp_path, config_toml(config, leave=("max_seconds",))).max_seconds is None
    assert read(tmp_path, config_toml(TrainConfig())) == TrainConfig()
