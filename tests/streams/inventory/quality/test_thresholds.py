"""What is asked of an asset, from a TOML file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pandian.errors import SettingError
from streams.inventory.profile.distinct import Estimate
from streams.inventory.quality.base import FieldQuality
from streams.inventory.quality.delays import STEPS
from streams.inventory.quality.grade import grade, quality
from streams.inventory.quality.rules import FAMILIES
from streams.inventory.quality.thresholds import NOTHING_ASKED, AssetThresholds, read_thresholds

FILE = """
["shop.orders"]
completeness = 0.98
late_after_seconds = 3600
grades = { A = 0.99, B = 0.97 }

["shop.orders".fields.CustomerID]
completeness = 0.7
validity = 1.0

["shop.*"]
validity = 0.5
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "quality.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_that_fits_counts(tmp_path: Path) -> None:
    thresholds = read_thresholds(written(tmp_path, FILE))
    orders = thresholds.of("shop.orders")
    assert (orders.completeness, orders.validity, orders.late_after_seconds) == (0.98, None, 3600)
    assert orders.fields["CustomerID"].completeness == 0.7
    assert thresholds.of("shop.items").validity == 0.5
    assert thresholds.of("other") is NOTHING_ASKED
    assert read_thresholds(None).of("shop.orders") is NOTHING_ASKED


def test_letters_as_asked_for() -> None:
    asked = AssetThresholds(grades={"A": 0.99, "B": 0.97})
    assert [grade(low, asked) for low in (0.99, 0.98, 0.96, 0.4)] == ["A", "B", "C", "F"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "is no TOML"),
        ("orders = 3", "orders must be a table"),
        (
            "[a]\ncompletness = 1",
            '["a"] completness: is no key here; did you mean completeness? the keys are completeness, ',
        ),
        ("[a]\nvalidity = 1.5", '["a"] validity = 1.5: must be at most 1; write it as docs/grades.md shows'),
        ("[a]\nvalidity = -0.5", '["a"] validity = -0.5: must be at least 0; write it as'),
        ("[a]\nlate_after_seconds = 61", "61 is none of the steps that are counted: 1, 2, 5"),
        ("[a]\ngrades = { A = 0.5 }", "a better grade must not ask for less: A 0.5, B 0.9"),
        ("[a]\ngrades = { X = 0.5 }", '["a"] grades.X: must be one of A, B, C, D, E; '),
        ('[a]\nvalidity = "much"', '["a"] validity = "much": must be a number; '),
        ("[a]\nfields = 3", '["a"] fields = 3: must be a table; '),
        ("[a.fields]\nb = 3", '["a"] fields.b = 3: must be a table; '),
        ("[a.fields.b]\nuniqueness = 1", "the keys are completeness, validity"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingError) as caught:
        read_thresholds(path)
    assert str(caught.value).startswith(f"PANDIAN_QUALITY={path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="name a readable TOML file"):
        read_thresholds(tmp_path / "none.toml")
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(SettingError, match="is no TOML"):
        read_thresholds(tmp_path / "latin")


def test_what_is_not_met_is_told_from_the_lower_bound() -> None:
    field = FieldQuality("text", 100, 98, 0, {"string": 98}, 0, Estimate(5, 5, 5), path="name")
    asked = AssetThresholds(completeness=0.97, validity=0.5, fields={"name": {"completeness": 0.9}})  # type: ignore[dict-item] # pydantic makes it one
    told = quality("other", [field], 100, 0, None, asked)
    # 98 % were seen; 93 % are sure.
    assert told["dimensions"]["completeness"]["met"] is False
    assert told["dimensions"]["validity"]["met"] is True
    assert told["missed"] == ["completeness: 93.0 % at least, 97.0 % asked for"]
    assert told["fields"][0]["completeness"]["met"] is True


def test_the_paper_says_what_is_so(tmp_path: Path) -> None:
    paper = (Path(__file__).resolve().parents[4] / "docs" / "grades.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", paper, re.MULTILINE | re.DOTALL)
    asked = read_thresholds(written(tmp_path, example)).of("shop.orders")
    assert set(asked.model_fields_set) == set(AssetThresholds.model_fields)
    assert ", ".join(map(str, STEPS)) in paper.replace("\n", " ")
    families = re.findall(r"^\| `(\w+)` \| `", paper, re.MULTILINE)
    assert families == list(FAMILIES)
