"""Which items are dead: untouched for as long as the rule says, or gone by what is said of items last."""

from __future__ import annotations

import orjson
import pytest

from models.data.gone import gone_in_file, read_gone
from models.dead import living
from models.exceptions import DataError
from pandian.settings import Settings
from tests.support import topics
from tests.support.interactions import START, log_of

DAY = 86_400_000


@pytest.fixture
def log():
    """Item old is touched on day 0 only, item late on day 9 and 10."""
    return log_of([("u", "old", START), ("u", "late", START + 9 * DAY), ("v", "late", START + 10 * DAY)])


CATALOGUE = ("old", "unknown", "late")


def test_items_untouched_for_days_go(log):
    found = living(CATALOGUE, log, 5)
    assert found.kept.tolist() == [2]
    assert found.rule == {"untouched_days": 5, "newest": START + 10 * DAY, "untouched": 2, "gone": 0}


@pytest.mark.parametrize("days", [None, 10, 10.5, 1000])
def test_where_the_log_is_younger_nothing_is_untouched_for_so_long(log, days):
    assert living(CATALOGUE, log, days) is None


def test_the_last_moment_counts(log):
    assert living(("old", "late"), log, 9.9).kept.tolist() == [1]
    assert living(("old", "late"), log, 1e-9).kept.tolist() == [1]


def test_items_that_are_gone_go(log):
    found = living(CATALOGUE, log, None, {"late", "other"})
    assert found.kept.tolist() == [0, 1]
    assert (found.rule["untouched"], found.rule["gone"]) == (0, 1)


def test_one_stays_at_least(log):
    with pytest.raises(DataError, match="one must stay"):
        living(CATALOGUE, log, 5, {"late"})


RECORDS = [
    ("a", {"item_id": "a", "available": False}),
    ("b", {"item_id": "b", "available": False}),
    ("c", {"item_id": "c", "available": None}),
    ("d", {"item_id": "d"}),
    ("a", {"item_id": "a", "available": True}),
    ("7", {"item_id": 7, "available": False}),
]


def test_the_last_line_of_a_file_counts(tmp_path):
    path = tmp_path / "items.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(value) for _, value in RECORDS) + b"\n\n")
    assert gone_in_file(path) == {"b", "7"}


@pytest.mark.parametrize("line", [b"no", b"[]", b"{}", b'"a"'])
def test_a_file_of_something_else_is_said(tmp_path, line):
    path = tmp_path / "items.jsonl"
    path.write_bytes(line + b"\n")
    with pytest.raises(DataError, match="must have lines such as"):
        gone_in_file(path)
    with pytest.raises(DataError, match="cannot be read"):
        gone_in_file(tmp_path / "none")


def test_the_newest_record_of_the_topic_counts(broker, unique):
    name = unique("items")
    topics.create_topic(broker.address, name, 2)
    values = [orjson.dumps(value) for _, value in RECORDS]
    keys = [key.encode() for key, _ in RECORDS]
    topics.produce(broker.address, name, [*values, b"nonsense"], partition=0, keys=[*keys, b"x"])
    topics.produce(broker.address, name, [b'{"item_id": "e", "available": false}'], partition=1, keys=[b"e"])
    assert read_gone(Settings(broker=broker.address), name) == {"b", "7", "e"}
