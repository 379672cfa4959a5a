"""Kinds of actions may have windows of attribution of their own."""

from __future__ import annotations

import pytest

from pandian.actions import STRONGEST
from pandian.errors import SettingError
from pandian.settings import load_settings
from streams.feedback.base import JoinPolicy

VARIABLE = "PANDIAN_ATTRIBUTION_WINDOWS"


def test_a_label_waits_for_the_longest_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " purchase=604800, view=0 ,cart=.5,")
    settings = load_settings(attribution_seconds=60, lateness_seconds=5)
    assert settings.attribution_windows == {"purchase": 604_800, "view": 0, "cart": 0.5}
    assert settings.label_seconds == 604_805
    policy = JoinPolicy.of(settings, 10)
    assert policy.window_ms == 604_805_000
    spans = dict(zip(STRONGEST, policy.spans_ms, strict=True))
    assert (spans["purchase"], spans["cart"], spans["click"]) == (604_800_000, 500, 60_000)
    assert spans["view"] < 0, "not even in the same millisecond"


def test_without_one_all_have_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    policy = JoinPolicy.of(load_settings(attribution_seconds=60, lateness_seconds=5), 10)
    assert (set(policy.spans_ms), policy.window_ms) == ({60_000}, 65_000)


def test_a_shorter_window_of_all_kinds_makes_labels_known_sooner() -> None:
    windows = dict.fromkeys(STRONGEST, 0) | {"purchase": 10}
    settings = load_settings(attribution_seconds=60, lateness_seconds=5, attribution_windows=windows)
    assert settings.label_seconds == 15


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("purchase", "'purchase' must be action=seconds"),
        ("refund=60", "'refund' must be one of purchase, rate, cart"),
        ("view=-1", "view=-1 must be seconds from 0 to 7776000"),
        ("view=nan", "view=nan must be seconds"),
        ("view=an hour", "view=an hour must be seconds"),
        (",".join(f"{action}=0" for action in STRONGEST), "longer than 0"),
    ],
)
def test_what_cannot_be_is_refused(text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(SettingError, match=VARIABLE) as refused:
        load_settings()
    assert said in str(refused.value)
