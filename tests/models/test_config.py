import re
import tomllib
from pathlib import Path

import pytest

from models.config import TrainConfig, load_config
from pandian.errors import UsageError


def test_options_win_over_the_file(tmp_path):
    file = tmp_path / "train.toml"
    file.write_text('model = "sasrec"\nepochs = 3\nk = [5, 50]\n', encoding="utf-8")
    config = load_config(file, epochs=7, seed=None)
    assert (config.model, config.epochs, config.seed) == ("sasrec", 7, 0)
    assert config.ks == (5, 10, 50)


def test_every_field_says_what_it_is():
    assert all(field.description for field in TrainConfig.model_fields.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochs = 0", "epochs = 0: must be at least 1; give a valid value"),
        ('model = "svd"', 'model = "svd": must be one of auto, popularity, item-to-item, sasrec, blend'),
        ("epoch = 3", "epoch: is no setting of training; did you mean epochs? the keys are model, order"),
        ("heads = 5", "heads must divide size"),
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


def test_the_paper_has_every_setting_with_its_default():
    paper = (Path(__file__).resolve().parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    table = paper.partition("| setting | default |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"^\| `(\w+)` \| (?:`(.+?)`|unset) \|", table, re.MULTILINE))
    assert list(told) == list(TrainConfig.model_fields)
    said = tomllib.loads("\n".join(f"{name} = {value}" for name, value in told.items() if value))
    assert load_config(None, **said) == TrainConfig()
    unset = {name for name, value in told.items() if not value}
    assert unset == {name for name, field in TrainConfig.model_fields.items() if field.default is None}
