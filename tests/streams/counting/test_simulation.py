"""Thousands of hostile runs without one wrong count, and proof that a wrong rule would have been found."""

from __future__ import annotations

from collections import Counter

import pytest
from counting_sim.driver import run
from counting_sim.mutants import MUTANTS, Mutant
from counting_sim.oracle import ViolationError

RUNS = 600
#: Every mutant is found within its first hundred seeds as this is written.
SEARCH = 1_500


def test_no_wrong_count_and_enough_went_wrong():
    total: Counter[str] = Counter()
    for seed in range(RUNS):
        tally = run(seed)
        total.update({name: getattr(tally, name) for name in tally.__slots__})
    for what in ("crashes", "recreations", "failed_sends"):
        assert total[what] > RUNS / 2, what
    for what in ("compactions", "retentions", "starts", "sets"):
        assert total[what] > RUNS * 3, what
    assert total["partitions_added"] > RUNS / 5


def test_a_run_depends_on_its_seed_alone():
    assert run(7) == run(7)
    assert run(7) != run(8)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_found(mutant: Mutant):
    with mutant.alive() as kit, pytest.raises(ViolationError):
        for seed in range(SEARCH):
            run(seed, kit)
