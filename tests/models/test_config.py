import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from models.commands.train import command
from models.config import TrainConfig, load_config
from models.kinds import KINDS
from pandian.errors import UsageError

TABLES = {
    name: type(field.default)
    for name, field in TrainConfig.model_fields.items()
    if isinstance(field.default, BaseModel)
}


def test_options_win_over_the_file(tmp_path):
    file = tmp_path / "train.toml"
    file.write_text('model = "sasrec"\nk = [5, 50]\n[sasrec]\nepochs = 3\nsize = 32\n', encoding="utf-8")
    config = load_config(file, epochs=7, seed=None)
    assert (config.model, config.sasrec.epochs, config.sasrec.size, config.seed) == ("sasrec", 7, 32, 0)
    assert config.ks == (5, 10, 50)


def test_every_kind_can_be_asked_for():
    known = {*(kind.kind for kind in KINDS), "auto", "blend", "ranker"}
    assert set(get_args(TrainConfig.model_fields["model"].annotation)) == known
    option = next(option for option in command.params if option.name == "model")
    assert set(option.type.choices) == known


def test_every_field_says_what_it_is():
    for model in (TrainConfig, *TABLES.values()):
        assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sasrec]\nepochs = 0", "sasrec.epochs = 0: must be at least 1; give a valid value"),
        ("sasrec = 3", "sasrec = 3: must be a table"),
        ("size = 32", "size: is no setting of training; put it below a line [sasrec]"),
        ("[sasrec]\nwidth = 3", "sasrec.width: is no setting of training; the keys are size, layers"),
        ('model = "svd"', 'model = "svd": must be one of auto, popularity, trending, repeats, item-to-item'),
        ("threds = 3", "threds: is no setting of training; did you mean threads? the keys are model, order"),
        ("[sasrec]\nheads = 5", "heads must divide size"),
        ("train_share = 0.95", "must leave something for the test"),
        ("k = [0]", "k must be from 1 to 1,000"),
        ("epochs = ", "must be TOML"),
    ],
)
def test_what_is_wrong_is_named(text, said, tmp_path):
    file = tmp_path / "train.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(said)):
        load_config(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("heading", "model"),
    [("setting", TrainConfig), *((f"in `[{name}]`", table) for name, table in TABLES.items())],
)
def test_the_paper_has_every_setting_with_its_default(heading, model):
    paper = (Path(__file__).resolve().parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    table = paper.partition(f"| {heading} | default |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"^\| `(\w+)` \| (?:`(.+?)`|unset|a table) \|", table, re.MULTILINE))
    assert list(told) == list(model.model_fields)
    said = tomllib.loads("\n".join(f"{name} = {value}" for name, value in told.items() if value))
    assert model(**said) == model()
    unset = {name for name, value in told.items() if not value}
    assert unset == {
        name
        for name, field in model.model_fields.items()
        if field.default is None or isinstance(field.default, BaseModel)
    }
