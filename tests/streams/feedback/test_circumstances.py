"""What an impression says of itself besides comes with its label; what cannot be made use of costs nothing else."""

from __future__ import annotations

import orjson
import pytest

from streams.feedback.base import JoinPolicy
from streams.feedback.incoming import BAD_MODEL, read_impression
from streams.feedback.join import PartitionJoin, Resume

SHOWN = {
    "impression_id": "r1:3",
    "request_id": "r1",
    "user_id": "u",
    "item_id": "i",
    "position": 3,
    "score": 0.5,
    "model": "m",
    "version": "1",
    "time": 1_000,
    "propensity": 0.25,
    "segments": {"user": "new", "group": "mugs"},
}
ACTED = {"user_id": "u", "item_id": "i", "action": "click", "time": 1_010}


def test_it_comes_with_the_label_and_each_has_its_place() -> None:
    join = PartitionJoin(JoinPolicy(60, 20, 1_000), Resume(series="s", labels=7))
    for number in range(2):
        join.impression(number, 1_000, orjson.dumps({**SHOWN, "impression_id": f"r1:{number}"}))
    for offset, time in enumerate((1_010, 2_000)):
        join.interaction(offset, time, orjson.dumps({**ACTED, "time": time}))
    first, second = join.labelled
    assert (first.request_id, first.position, first.propensity) == ("r1", 3, 0.25)
    assert first.segments == {"user": "new", "group": "mugs"}
    assert [(one.series, one.place) for one in (first, second)] == [("s", 8), ("s", 9)]
    assert join.resume().labels == 9


@pytest.mark.parametrize(
    ("key", "value", "left"),
    [
        ("request_id", 5, None),
        ("position", -1, None),
        ("position", True, None),
        ("position", 1 << 40, None),
        ("propensity", None, None),
        ("propensity", 0, 0),
        ("propensity", 1e-160, 0),
        ("propensity", -0.25, 0),
        ("propensity", 1.5, 0),
        ("propensity", "NaN", 0),
        ("propensity", True, 0),
        ("segments", ["new"], None),
        ("segments", {"user": 5, "other": "x"}, None),
        ("segments", {"user": "x" * 101, "group": "mugs"}, {"group": "mugs"}),
        ("segments", {"user": "new", "group": "mu\ngs"}, {"user": "new"}),
        ("segments", {"user": "new", "group": "\x1b[31m"}, {"user": "new"}),
        ("segments", {"group": "of jane.doe@example.com"}, {"group": "of [email]"}),
        ("segments", {"group": "杯子 👩\u200d🍳 <b>"}, {"group": "杯子 👩\u200d🍳 <b>"}),
        ("shadow", {"model": "m\n", "version": "1", "score": 0.5}, None),
    ],
)
def test_what_cannot_be_made_use_of_is_left_out(key: str, value: object, left: object) -> None:
    found = read_impression(orjson.dumps({**SHOWN, key: value}), 1_000)
    assert not isinstance(found, str)
    assert getattr(found, key) == left
    assert found.item_id == "i"


@pytest.mark.parametrize("name", ["m\n2026 ERROR pandian: all is lost", "m\x00", "\u202em", "m\x1b[2J"])
@pytest.mark.parametrize("key", ["model", "version"])
def test_a_name_that_would_write_lines_of_its_own_is_none(key: str, name: str) -> None:
    assert read_impression(orjson.dumps({**SHOWN, key: name}), 1_000) == BAD_MODEL
