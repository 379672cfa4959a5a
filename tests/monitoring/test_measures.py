"""Measures of versions: bounded, mergeable, and the same after they were kept."""

from __future__ import annotations

import random

import orjson

from monitoring.edges import Edges, default_edges
from monitoring.measures import Measures, Quota, summed

EDGES = Edges([0.25, 0.5, 0.75])
NAME = ("sasrec", "1")


def filled(quota: Quota, labels: list[tuple[float, int]]) -> Measures:
    found = Measures(quota)
    for number, (score, label) in enumerate(labels):
        found.add(NAME, EDGES, score, label, 1_000 + number)
    return found


def drawn(count: int, seed: int) -> list[tuple[float, int]]:
    draw = random.Random(seed)
    return [(draw.random(), draw.randrange(2)) for _ in range(count)]


def test_first_newest_and_all_labels() -> None:
    labels = drawn(100, 1)
    (found,) = summed([filled(Quota(10, 20), labels)])
    for histogram, part in (
        (found.total, labels),
        (found.reference, labels[:10]),
        (found.recent, labels[-20:]),
    ):
        expected = [[0] * 4, [0] * 4]
        for score, label in part:
            expected[label][EDGES.bucket(score)] += 1
        assert histogram.counts.tolist() == expected
    assert (found.first, found.last, found.left_out) == (1_000, 1_099, 0)


def test_partitions_add_up_and_survive_json() -> None:
    quota = Quota(10, 20)
    parts = [filled(quota, drawn(50, seed)) for seed in range(3)]
    kept = [Measures.decode(orjson.loads(orjson.dumps(part.encode())), quota) for part in parts]
    for part in (*parts, *kept):
        part.add(NAME, EDGES, 0.3, 1, 5_000)
    (one,), (other,) = summed(parts), summed(kept)
    assert one.total.labels == other.total.labels == 153
    for kind in ("total", "reference", "recent"):
        assert (getattr(one, kind).counts == getattr(other, kind).counts).all()
    assert (one.reference.labels, one.recent.labels) == (30, 60)


def test_a_reference_goes_on_where_it_was_kept() -> None:
    quota, labels = Quota(10, 20), drawn(30, 4)
    first = Measures.decode(filled(quota, labels[:6]).encode(), quota)
    for score, label in labels[6:]:
        first.add(NAME, EDGES, score, label, 2_000)
    whole = filled(quota, labels)
    assert (first.versions[NAME].reference.counts == whole.versions[NAME].reference.counts).all()


def test_a_version_that_answers_is_not_let_go_for_many_that_came_once() -> None:
    found = Measures(Quota(10, 10, versions=4))
    versions = ["answers"] * 300 + [f"build-{number}" for number in range(600)]
    for version in versions:
        found.add(("shop", version), EDGES, 0.5, 0, 1)
    assert found.versions["shop", "answers"].total.labels == 300
    for version in ["1"] * 500 + ["2"] * 500 + ["3"] * 500 + ["4"]:
        found.add(("shop", version), EDGES, 0.5, 0, 1)
    assert [version for _, version in found.versions] == ["1", "2", "3", "4"]


def test_versions_are_bounded_and_the_longest_silent_one_goes() -> None:
    found = Measures(Quota(10, 10, versions=3))
    gone = [found.add(("m", name), EDGES, 0.5, 1, 1) for name in ("a", "b", "c", "a", "d", "a", "e")]
    assert gone == [None, None, None, None, ("m", "b"), None, ("m", "c")]
    assert [version for _, version in found.versions] == ["a", "d", "e"]
    assert found.dropped == 2


def test_the_newest_version_comes_first() -> None:
    found = Measures(Quota(10, 10))
    for version, time in (("old", 10), ("new", 50), ("middle", 30), ("old", 90)):
        found.add(("m", version), EDGES, 0.5, 1, time)
    assert [one.version for one in summed([found])] == ["new", "middle", "old"]


def test_other_edges_are_left_out_and_said() -> None:
    one, other = Measures(Quota(10, 10)), Measures(Quota(10, 10))
    for _ in range(3):
        one.add(NAME, EDGES, 0.5, 1, 1)
    other.add(NAME, default_edges(), 0.5, 1, 1)
    (found,) = summed([one, other])
    assert (found.edges_id, found.total.labels, found.left_out) == (EDGES.id, 3, 1)
    assert one.edges_id(NAME) == EDGES.id
    assert one.edges_id(("m", "x")) is None
