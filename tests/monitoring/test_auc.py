"""AUC from buckets against scikit-learn's on the same labels: always inside the bound."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from monitoring.auc import Auc, auc
from monitoring.edges import DEFAULT_BUCKETS, Edges, default_edges
from monitoring.histogram import Histogram

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_ROUNDING = 1e-12


def scored(seed: int, size: int, deviation: float, rate: float, shift: float) -> tuple[Floats, Ints]:
    """Draw scores between 0 and 1 whose log odds spread so much, and labels that lift them."""
    random = np.random.default_rng(seed)
    labels = (random.random(size) < rate).astype(np.int64)
    odds = np.log(rate / (1 - rate)) + deviation * (random.standard_normal(size) + shift * labels)
    return 1 / (1 + np.exp(-odds)), labels


def counted(scores: Floats, labels: Ints, edges: Edges) -> Histogram:
    found = Histogram(edges.buckets)
    for score, label in zip(scores.tolist(), labels.tolist(), strict=True):
        found.add(edges.bucket(score), label)
    return found


def own_edges(scores: Floats) -> Edges:
    """Return edges as a card has them: quantiles of scores of other labels."""
    return Edges(np.unique(np.quantile(scores, np.linspace(0, 1, 1025)[1:-1])))


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("deviation", [0.05, 0.3, 1.0, 3.0])
def test_the_true_auc_is_inside_the_bound(deviation: float, rate: float) -> None:
    for seed, shift in enumerate((0.0, 0.5, 2.0)):
        scores, labels = scored(seed, 20_000, deviation, rate, shift)
        true = roc_auc_score(labels, scores)
        others, _ = scored(seed + 100, 20_000, deviation, rate, shift)
        for edges, most in ((own_edges(others), 1e-3), (default_edges(), 0.02)):
            found = auc(counted(scores, labels, edges))
            assert found.value is not None
            assert found.bound is not None
            assert abs(found.value - true) <= found.bound + _ROUNDING
            assert found.bound <= most
            assert found.low is not None
            assert found.high is not None
            assert found.low <= found.value <= found.high
            assert (found.positive, found.negative) == (labels.sum(), (1 - labels).sum())


@settings(max_examples=300, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=2, max_size=60),
    cuts=st.sets(st.integers(0, 12), min_size=1),
)
def test_ties_and_coarse_buckets(pairs: list[tuple[int, int]], cuts: set[int]) -> None:
    scores, labels = np.array(pairs, float).T
    if len(set(labels)) < 2:
        return
    found = auc(counted(scores, labels.astype(int), Edges(sorted(cuts))))
    assert found.value is not None
    assert found.bound is not None
    assert abs(found.value - roc_auc_score(labels, scores)) <= found.bound + _ROUNDING


def test_constant_scores_are_half_with_everything_left_open() -> None:
    found = auc(counted(np.full(100, 0.3), np.arange(100) % 2, default_edges()))
    assert (found.value, found.bound, found.low, found.high) == (0.5, 0.5, 0.0, 1.0)


def test_one_bucket_a_score_is_exact() -> None:
    scores, labels = scored(3, 2_000, 1.0, 0.2, 1.0)
    drawn = np.round(scores, 2)
    found = auc(counted(drawn, labels, Edges(np.unique(drawn))))
    # Ties count one half in both, so the value is the same although the bound cannot know it.
    assert found.value == pytest.approx(roc_auc_score(labels, drawn), abs=_ROUNDING)


@pytest.mark.parametrize(
    ("labels", "reason"),
    [([], "no label yet"), ([1, 1], "no negative label yet"), ([0], "no positive label yet")],
)
def test_one_kind_of_label_has_no_auc(labels: list[int], reason: str) -> None:
    found = auc(counted(np.linspace(0.1, 0.9, len(labels)), np.array(labels), default_edges()))
    assert (found.value, found.low, found.high, found.bound, found.reason) == (None, None, None, None, reason)
    assert found.document()["reason"] == reason


def test_few_labels_say_little() -> None:
    edges = default_edges()
    once = auc(counted(np.array([0.2, 0.6, 0.7]), np.array([0, 1, 0]), edges))
    assert (once.value, once.low, once.high) == (0.5, 0.0, 1.0)
    split = auc(counted(np.linspace(0.1, 0.9, 10), (np.arange(10) >= 5).astype(int), edges))
    assert (split.value, split.high) == (1.0, 1.0)
    assert split.low == pytest.approx(0.025 ** (1 / 5))
    turned = auc(counted(np.linspace(0.9, 0.1, 10), (np.arange(10) >= 5).astype(int), edges))
    assert (turned.value, turned.low) == (0.0, 0.0)


def test_delong_agrees_with_its_definition() -> None:
    scores, labels = scored(8, 300, 1.0, 0.3, 1.0)
    found = auc(counted(scores, labels, default_edges()))
    positive, negative = scores[labels == 1], scores[labels == 0]
    wins = (positive[:, None] > negative).astype(float) + 0.5 * (positive[:, None] == negative)
    variance = wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative)
    value = wins.mean()
    reach = 1.959964 * np.sqrt(variance) / (value * (1 - value))
    odds = np.log(value / (1 - value))
    bound = found.bound or 0.0
    assert found.low == pytest.approx(1 / (1 + np.exp(reach - odds)) - bound, abs=5 * bound + 1e-9)
    assert found.high == pytest.approx(1 / (1 + np.exp(-reach - odds)) + bound, abs=5 * bound + 1e-9)


@pytest.mark.parametrize(("size", "rate", "shift"), [(400, 0.1, 1.0), (2_000, 0.05, 0.5), (200, 0.5, 2.0)])
def test_the_interval_holds_what_it_promises(size: int, rate: float, shift: float) -> None:
    big, labels = scored(0, 400_000, 1.0, rate, shift)
    true, edges = roc_auc_score(labels, big), own_edges(big[:50_000])
    hits = 0
    for seed in range(1, 401):
        found = auc(_quick(*scored(seed, size, 1.0, rate, shift), edges))
        hits += found.low is None or found.low <= true <= (found.high or 0)
    assert hits / 400 >= 0.93


def _quick(scores: Floats, labels: Ints, edges: Edges) -> Histogram:
    found = Histogram(edges.buckets)
    found.add_codes(2 * np.searchsorted(np.array(edges.values), scores, "right") + labels)
    return found


def test_pairs_beyond_64_bits() -> None:
    found = Histogram(3)
    found.counts[0, :2] = 3_000_000_000
    found.counts[1, 1:] = 3_000_000_000
    result = auc(found)
    assert result.value == 0.875
    assert result.bound == 0.125


@given(
    counts=st.lists(st.tuples(st.integers(0, 15), st.integers(0, 1)), max_size=50),
    cut=st.integers(0, 50),
)
def test_merging_and_keeping_change_nothing(counts: list[tuple[int, int]], cut: int) -> None:
    whole, first, second = Histogram(16), Histogram(16), Histogram(16)
    for number, (bucket, label) in enumerate(counts):
        whole.add(bucket, label)
        (first if number < cut else second).add(bucket, label)
    first.merge(Histogram.decode(second.encode(), 16))
    assert (first.counts == whole.counts).all()
    assert (first.positive, first.negative, first.labels) == (
        sum(label for _, label in counts),
        sum(1 - label for _, label in counts),
        len(counts),
    )
    again = Histogram(16)
    again.add_codes(2 * bucket + label for bucket, label in counts)
    assert (again.counts == whole.counts).all()


def test_histograms_of_other_buckets_are_not_added() -> None:
    with pytest.raises(ValueError, match="16 buckets"):
        Histogram(8).merge(Histogram(16))
    with pytest.raises(IndexError):
        Histogram.decode([[9, 1], []], 8)


def test_edges_know_their_buckets_and_each_other() -> None:
    edges = Edges([0.25, 0.5])
    assert [edges.bucket(score) for score in (0.0, 0.24, 0.25, 0.5, 1.0)] == [0, 0, 1, 2, 2]
    assert Edges.decode(edges.encode()).id == edges.id != Edges([0.25, 0.75]).id
    assert default_edges().buckets == DEFAULT_BUCKETS
    for wrong in ([], [0.5, 0.5], [0.5, 0.25], [float("nan")]):
        with pytest.raises(ValueError, match="above the last"):
            Edges(wrong)


def test_a_document_says_all() -> None:
    assert Auc(3, 4, 0.5, 0.4, 0.6, 0.01).document() == {
        "positive": 3,
        "negative": 4,
        "value": 0.5,
        "low": 0.4,
        "high": 0.6,
        "bound": 0.01,
    }
