"""The e-process against its recursion, step by step."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.detection.eprocess import CAP, ShiryaevRoberts, scaled
from monitoring.detection.segments import threshold

BETS = (0.1, 0.5, 1.5)


def test_it_is_the_recursion() -> None:
    steps = np.random.default_rng(1).uniform(-0.5, 0.45, 1_000)
    process = ShiryaevRoberts(BETS)
    found = np.concatenate([process.add(one) for one in np.split(steps, [3, 130, 131, 700])])
    plain, expected = np.zeros(3), []
    for step in steps.tolist():
        plain = (1 + plain) * (1 + np.array(BETS) * step)
        expected.append(plain.mean())
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert process.evidence == pytest.approx(expected[-1], rel=1e-12)


def test_evidence_ends_at_its_cap_and_comes_back() -> None:
    process = ShiryaevRoberts(BETS)
    assert np.isfinite(process.add(np.full(100_000, 0.6))).all()
    assert process.evidence <= CAP * 1.9**128
    process.add(np.full(2_000_000, -0.6))
    assert 0 < process.evidence < 20


def test_the_run_length_is_reached_where_nothing_changes() -> None:
    """At the border of the null: steps of mean 0. The mean of M is the number of steps, so B is reached after B."""
    random, lengths = np.random.default_rng(2), []
    for _ in range(150):
        process, read = ShiryaevRoberts(BETS), 0
        while True:
            evidence = process.add(random.choice([-0.25, 0.75], 4_000, p=[0.75, 0.25]))
            if (evidence >= 500).any():
                lengths.append(read + int((evidence >= 500).argmax()) + 1)
                break
            read += 4_000
    error = np.std(lengths) / len(lengths) ** 0.5
    assert np.mean(lengths) + 3 * error >= 500
    assert np.mean(lengths) <= 3_000, "nothing is gained by an alarm that never comes"


def test_weights_are_what_the_run_length_counts() -> None:
    random = np.random.default_rng(4)
    steps, weights = random.uniform(-0.5, 0.45, 500), random.random(500)
    process = ShiryaevRoberts(BETS)
    found = np.concatenate(
        [process.add(steps[part], weights[part]) for part in (slice(0, 7), slice(7, 140), slice(140, 500))]
    )
    plain, expected = np.zeros(3), []
    for step, weight in zip(steps.tolist(), weights.tolist(), strict=True):
        plain = (weight + plain) * (1 + np.array(BETS) * step)
        expected.append(plain.mean())
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    process.reset()
    assert not process.add(np.zeros(1_000), np.zeros(1_000)).any(), "nothing that could happen is no evidence"


def test_evidence_of_other_bets_is_refused() -> None:
    with pytest.raises(ValueError, match="other bets"):
        ShiryaevRoberts(BETS).restore(ShiryaevRoberts(BETS[:2]).state())


@pytest.mark.parametrize(("least", "bet"), [(-0.25, 1.5), (-1.0, 1.5), (-1.5, 0.8), (-0.1, 0.1)])
def test_steps_are_made_small_enough(least: float, bet: float) -> None:
    assert 1 + bet * least * scaled(least, bet) >= 0.1 - 1e-12
    assert scaled(least, bet) <= 1


def test_segments_share_a_run_length() -> None:
    """Three segments watched at once, each with three times the threshold: together they keep the run length."""
    assert threshold(100.0, 3) == 300.0
    random, lengths = np.random.default_rng(3), []
    for _ in range(100):
        firsts = []
        for _ in range(3):
            steps = random.choice([-0.25, 0.75], 6_000, p=[0.75, 0.25])
            reached = np.flatnonzero(ShiryaevRoberts(BETS).add(steps) >= threshold(100.0, 3))
            firsts.append(reached[0] + 1 if len(reached) else 6_000)
        lengths.append(min(firsts))
    assert np.mean(lengths) + 3 * np.std(lengths) / 100**0.5 >= 100
    with pytest.raises(ValueError, match="1 or more"):
        threshold(100.0, 0)
