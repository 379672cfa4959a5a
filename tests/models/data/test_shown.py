from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from models.data import shown
from models.data.shown import ShownItems, read_shown
from pandian.errors import SettingError
from pandian.events import Feedback, encode
from pandian.settings import Settings
from tests.support import topics
from tests.support.interactions import log_of

LOG = log_of([("u", "a", 10), ("v", "b", 11), ("u", "b", 20), ("u", "c", 20), ("v", "a", 30), ("w", "d", 40)])


def of(*rows):
    """Labels of (user, item, time, acted on)."""
    users, items, times, acted = zip(*rows, strict=True)
    models, scores = pa.array(["m@1"] * len(rows)), np.full(len(rows), 0.5)
    return ShownItems(pa.array(users), pa.array(items), models, np.array(times), scores, np.array(acted))


def by_page(pages):
    """Return (history, {item: acted on}) of each page."""
    found = []
    for number in range(len(pages.asked)):
        inputs = pages.asked.inputs(np.array([number]), 9)[0]
        labels = np.flatnonzero(pages.places == number)
        items = [LOG.item_ids[item] for item in pages.items[labels]]
        history = "".join(LOG.item_ids[item - 1] for item in inputs if item)
        found.append((history, dict(zip(items, pages.acted[labels].tolist(), strict=True))))
    return sorted(found, key=str)


def test_a_page_is_what_one_user_saw_at_one_time_behind_what_it_had_done():
    labels = of(("u", "a", 25, True), ("v", "b", 25, False), ("u", "c", 25, False), ("u", "b", 20, True))
    pages = labels.pages(LOG, 20 + 1, 100, 0)
    assert by_page(pages) == [("abc", {"a": True, "c": False}), ("b", {"b": False})]
    # What was done at the very time of the page is not before it.
    assert by_page(of(("u", "a", 20, False)).pages(LOG, 12, 100, 0)) == [("a", {"a": False})]


def test_who_has_done_nothing_has_no_history_and_is_nobody_else():
    pages = of(("stranger", "a", 25, True), ("other", "a", 25, False)).pages(LOG, 12, 100, 0)
    assert by_page(pages) == [("", {"a": False}), ("", {"a": True})]
    assert len(np.unique(pages.asked.users)) == 2


def test_left_out_is_what_was_shown_before_and_what_nobody_had_done_anything_with_by_then():
    labels = of(("u", "a", 11, True), ("u", "d", 25, True), ("u", "nowhere", 25, True))
    pages = labels.pages(LOG, 12, 100, 0)
    assert (len(pages), len(pages.asked)) == (0, 0)


def test_pages_are_drawn_whole_and_alike_each_time():
    rows = [(f"u{number}", item, 50, item == "a") for number in range(100) for item in "abc"]
    drawn = [of(*rows).pages(LOG, 45, 10, seed) for seed in (1, 1, 2)]
    assert [len(pages.asked) for pages in drawn] == [10, 10, 10]
    assert np.bincount(drawn[0].places).tolist() == [3] * 10
    assert drawn[0].asked.users.tolist() == drawn[1].asked.users.tolist() != drawn[2].asked.users.tolist()


def test_what_one_model_showed_with_a_probability_since_a_time():
    labels = of(*((f"u{number}", "a", number, number % 2 == 0) for number in range(8)))
    labels.scores[:4] = (np.nan, -0.1, 1.1, 1.0)
    labels = replace(labels, models=pa.array([*["m@1"] * 6, "m@2", "other@1"]))
    found = labels.of("m@1")
    assert (found.times.tolist(), found.acted.tolist()) == ([3, 4, 5], [False, True, False])
    assert found.since(4).users.to_pylist() == ["u4", "u5"]


def feedback(number, label=0):
    return encode(Feedback(f"i{number}", f"u{number % 5}", "a", label, None, 0.5, "m", "1", number, number))


def test_labels_are_read_from_the_topic_each_once(broker, unique):
    settings, name = Settings(broker=broker.address), unique("feedback")
    topics.create_topic(broker.address, name, 2)
    broken = [b"no", b"[]", b"{}", b'{"user_id": "u", "item_id": "a", "time": "x", "label": 1}', None]
    topics.produce(broker.address, name, [*map(feedback, range(9)), feedback(3), *broken, feedback(9, 1)])
    found = read_shown(settings, name)
    assert sorted(found.times.tolist()) == list(range(10))
    assert found.times[found.acted].tolist() == [9]
    assert set(found.users.to_pylist()) == {f"u{number}" for number in range(5)}


def test_of_very_many_the_newest_are_read(broker, unique, monkeypatch):
    monkeypatch.setattr(shown, "MOST", 4)
    settings, name = Settings(broker=broker.address), unique("feedback")
    topics.create_topic(broker.address, name)
    for number in range(9):
        topics.produce(broker.address, name, [feedback(number)])
    assert sorted(read_shown(settings, name).times.tolist())[-4:] == [5, 6, 7, 8]
    assert len(read_shown(settings, name)) < 7


def test_no_labels_and_no_broker(broker, unique):
    assert read_shown(Settings(broker=broker.address), unique("none")) is None
    with pytest.raises(SettingError, match="PANDIAN_BROKER"):
        read_shown(Settings())
