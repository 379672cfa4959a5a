"""Which labels of ``pandian.feedback`` count for a pair."""

from __future__ import annotations

from collections import Counter

import numpy as np
import orjson
import pytest

from monitoring.experiments import labels as module
from monitoring.experiments.labels import PairLabels
from tests.support.labelled import shadowed, tried

PAIR = ("sasrec@1", "sasrec@2")


def taken(*values: bytes | None) -> PairLabels:
    found = PairLabels(*PAIR)
    for value in values:
        found.add(value)
    return found


def test_scores_are_the_champions_and_the_challengers_whoever_was_shown() -> None:
    values = list(shadowed(*PAIR, 300))
    scored = taken(*values).table().scored()
    assert len(scored.labels) == 300
    expected = Counter()
    for one in map(orjson.loads, values):
        both = [one["score"], one["shadow"]["score"]]
        expected[tuple(both if one["version"] == "1" else both[::-1]), bool(one["label"])] += 1
    found = zip(zip(scored.before, scored.after, strict=True), scored.labels, strict=True)
    assert Counter((pair, bool(label)) for pair, label in found) == expected


def test_a_repeat_counts_once() -> None:
    values = list(shadowed(*PAIR, 50))
    assert len(taken(*values, *values[10:30]).table().scored().labels) == 50


@pytest.mark.parametrize("pair", [("sasrec@1", "sasrec@3"), ("sasrec@0", "sasrec@2"), PAIR[::-1]])
def test_labels_of_other_pairs_are_passed_over(pair: tuple[str, str]) -> None:
    found = taken(*tried(*pair, 20, (0.5, 0.5), interleaved=False))
    assert len(found) == 0
    same_two = set(pair) == set(PAIR)
    assert len(taken(*shadowed(*pair, 20))) == (20 if same_two else 0)


def test_what_is_no_label_is_passed_over() -> None:
    good = next(shadowed(*PAIR, 1))
    broken = [None, b"", b"[1]", b"7", b"\xff", b'{"time": 1}']
    for key in ("impression_id", "user_id", "time", "label", "score"):
        broken.append(orjson.dumps({k: v for k, v in orjson.loads(good).items() if k != key}))
    broken.append(orjson.dumps({**orjson.loads(good), "shadow": {"model": "sasrec"}}))
    broken.append(orjson.dumps({**orjson.loads(good), "shadow": 1, "trial": {"champion": PAIR[0]}}))
    assert len(taken(*broken)) == 0
    assert len(taken(*broken, good)) == 1


def test_arms_and_interleaved_pages_are_told_apart() -> None:
    values = list(tried(*PAIR, 400, (0.2, 0.6), interleaved=False))
    table = taken(*values).table()
    documents = [orjson.loads(value) for value in values]
    for side, name in ((-1, "champion"), (1, "challenger")):
        of = [one for one in documents if one["trial"]["arm"] == name]
        arm = table.arm(side)
        assert (arm.shown.sum(), arm.clicks.sum()) == (len(of), sum(one["label"] for one in of))
    assert len(table.pages().won) == 0
    table = taken(*tried(*PAIR, 400, (0.2, 0.6), interleaved=True)).table()
    assert table.arm(1).shown.sum() == 0
    won = table.pages().won
    assert 200 < len(won) < 400
    assert np.mean(won == 1) > 0.7


def test_no_more_are_kept_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    found = taken(*shadowed(*PAIR, 130))
    assert (len(found), found.left_out) == (100, 30)
