"""Whatever pydantic finds wrong is said in our words: no model of ours can bring its own texts out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pandian.errors import SettingError
from pandian.settings import Settings, load_settings
from pandian.validation import first_fault


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    share: Annotated[float, Field(ge=0, le=1)] | None = None


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="x", min_length=1, max_length=3, pattern="^x")
    count: int = Field(default=1, gt=0, lt=9)
    ready: bool = True
    letter: Literal["a", "b"] = "a"
    grades: dict[Literal["A", "B"], float] = {}
    inner: Inner | None = None
    inners: dict[str, Inner] = {}
    places: tuple[int, ...] = Field(default=(1,), min_length=1, max_length=2)
    path: Path | None = None
    finite: float = Field(default=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check(self) -> Outer:
        if self.count == 7:
            raise ValueError("seven is taken")
        return self


@pytest.mark.parametrize(
    ("given", "where", "rule"),
    [
        ({"name": 5}, "name = 5", "must be a text, in quotes"),
        ({"name": ""}, 'name = ""', "must have at least 1 characters"),
        ({"name": "xxxx"}, 'name = "xxxx"', "must have at most 3 characters"),
        ({"name": "y"}, 'name = "y"', "must match ^x"),
        ({"count": "many"}, 'count = "many"', "must be a whole number"),
        ({"count": 1.5}, "count = 1.5", "must be a whole number"),
        ({"count": []}, "count", "must be a whole number"),
        ({"count": "9" * 5000}, f'count = "{"9" * 59}…', "must be a smaller number"),
        ({"count": 0}, "count = 0", "must be more than 0"),
        ({"count": 9}, "count = 9", "must be less than 9"),
        ({"count": 7}, "", "seven is taken"),
        ({"ready": "perhaps"}, 'ready = "perhaps"', "must be true or false"),
        ({"ready": []}, "ready", "must be true or false"),
        ({"letter": True}, "letter = true", "must be one of a, b"),
        ({"grades": {"C": 1}}, "grades.C", "must be one of A, B"),
        ({"grades": {"A": "x"}}, 'grades.A = "x"', "must be a number"),
        ({"grades": {"A": []}}, "grades.A", "must be a number"),
        ({"grades": 1}, "grades = 1", "must be a table"),
        ({"inner": 1}, "inner = 1", "must be a table"),
        ({"inner": {"share": 2}}, "inner.share = 2", "must be at most 1"),
        ({"inners": {"x": {"share": -1}}}, "inners.x.share = -1", "must be at least 0"),
        ({"places": 1}, "places = 1", "must be a list"),
        ({"places": []}, "places", "must have at least 1 entries"),
        ({"places": [1, 2, 3]}, "places", "must have at most 2 entries"),
        ({"path": 1}, "path = 1", "must be a path"),
        ({"finite": float("nan")}, "finite = nan", "must be a finite number"),
    ],
)
def test_each_rule_is_said_in_our_words(given: dict[str, Any], where: str, rule: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Outer(**given)
    fault = first_fault(caught.value, Outer)
    assert (fault.where, fault.rule) == (where, rule)
    assert fault.fix("do better") == "do better"


@pytest.mark.parametrize(
    ("given", "place", "fix"),
    [
        ({"nmae": 1}, "nmae", "did you mean name? the keys are name, count, "),
        ({"secret": "x"}, "secret", "the keys are name, count, "),
        ({"inner": {"shared": 1}}, "inner.shared", "did you mean share? the keys are share"),
        ({"inners": {"x": {"y": 1}}}, "inners.x.y", "the keys are share"),
    ],
)
def test_an_unknown_key_is_told_with_those_that_there_are(
    given: dict[str, Any], place: str, fix: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Outer(**given)
    fault = first_fault(caught.value, Outer)
    assert (fault.where, fault.rule) == (place, "is no key here")
    assert fault.fix("do better").startswith(fix)


def wrong_values() -> list[tuple[str, Any]]:
    """Every setting with values that its kind cannot be."""
    return [
        (name, value) for name in Settings.model_fields for value in ("\x00", "-1", "x" * 300, "nan", [], -1)
    ]


@pytest.mark.parametrize(("name", "value"), wrong_values())
def test_no_setting_brings_out_a_text_of_pydantic(name: str, value: Any) -> None:
    try:
        load_settings(**{name: value})
    except SettingError as error:
        told = str(error)
        assert told.startswith(f"PANDIAN_{name.upper()}=")
        assert "nput should" not in told and "pydantic" not in told and "\n" not in told
        if any(word in name for word in ("password", "key")) and "location" not in name:
            assert told.startswith(f"PANDIAN_{name.upper()}=***: ")


def test_a_setting_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDIAN_PORT", "66000")
    with pytest.raises(
        SettingError, match=r'PANDIAN_PORT="66000": must be at most 65535; set it to a valid value'
    ):
        load_settings()
