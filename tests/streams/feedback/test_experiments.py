"""What an impression says of an experiment stays with its label, and what is no such thing costs no label."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pandian.events import Feedback, Impression, Interaction, ShadowScore, Trial, encode
from streams.feedback.base import JoinPolicy
from streams.feedback.incoming import read_impression
from streams.feedback.join import PartitionJoin

SHADOW = ShadowScore("sasrec", "2", 0.25)
TRIAL = Trial("sasrec@1", "sasrec@2", "challenger", interleaved=True)


def shown(shadow: Any = SHADOW, trial: Any = TRIAL) -> bytes:
    return encode(Impression("r:0", "r", "u", "x", 0, 0.5, "sasrec", "1", 1_000, None, shadow, trial))


def label_of(value: bytes) -> Feedback:
    join = PartitionJoin(JoinPolicy(100, 10, 100))
    join.impression(0, 1_000, value)
    for offset, (item, time) in enumerate((("x", 1_010), ("y", 2_000))):
        join.interaction(offset, time, encode(Interaction("u", item, "view", time)))
    (label,) = join.labelled
    return label


def test_the_label_carries_what_the_impression_said() -> None:
    label = label_of(shown())
    assert (label.label, label.shadow, label.trial) == (1, SHADOW, TRIAL)
    assert json.loads(encode(label))["shadow"] == {"model": "sasrec", "version": "2", "score": 0.25}
    assert json.loads(encode(label))["trial"]["arm"] == "challenger"


@pytest.mark.parametrize(
    "shadow",
    [
        "sasrec",
        [1],
        {"model": "sasrec", "version": "2"},
        {"model": "sasrec", "version": "2", "score": 1.5},
        {"model": "sasrec", "version": "2", "score": True},
        {"model": "", "version": "2", "score": 0.5},
        {"model": "m" * 200, "version": "2", "score": 0.5},
    ],
)
def test_a_shadow_that_is_none_costs_no_label(shadow: Any) -> None:
    label = label_of(shown(shadow))
    assert (label.label, label.shadow, label.trial) == (1, None, TRIAL)


@pytest.mark.parametrize(
    "trial",
    [
        7,
        {"champion": "a@1", "challenger": "b@1"},
        {"champion": "a@1", "challenger": "b@1", "arm": "both"},
        {"champion": "a@1", "challenger": "b@1", "arm": ["champion"]},
        {"champion": "a@1", "challenger": "", "arm": "champion"},
    ],
)
def test_a_trial_that_is_none_costs_no_label(trial: Any) -> None:
    label = label_of(shown(trial=trial))
    assert (label.label, label.shadow, label.trial) == (1, SHADOW, None)


def test_impressions_of_before_are_read_as_they_were() -> None:
    old = {key: value for key, value in json.loads(shown()).items() if key not in ("shadow", "trial")}
    read = read_impression(json.dumps(old).encode(), 1_000)
    assert not isinstance(read, str)
    assert (read.shadow, read.trial) == (None, None)
