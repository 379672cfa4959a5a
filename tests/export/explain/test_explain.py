"""What moved a logit: contributions add up to it, and name what the network was made to look at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from export.entry import write_entry
from export.explain import EXPLAINED, Explained, Explainer, Scorer, open_explainer
from export.explain.paths import Way, contributions, logits
from export.files import write_files
from export.registry import Entry
from export.registry.base import CARD
from export.runtime import OnnxModel
from models.base import Run
from models.blend.model import Blend
from models.blend.weighing import Weighed
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.data.split import split_by_time
from models.kinds import KINDS
from models.ranker.model import CandidateRanker
from models.ranker.settings import RankerSettings
from pandian.events import Contribution
from tests.support import entries
from tests.support.interactions import chains, log_of

CONFIG = TrainConfig(
    max_length=12,
    neighbours=8,
    threads=1,
    ranker=RankerSettings(candidates=12, hidden=8, epochs=6, learning_rate=0.02),
)
MAKE = {kind.kind: kind.make for kind in KINDS}
HISTORY = ["i3", "i4", "nobody's", "i5"]


@pytest.fixture(scope="module")
def ranker() -> tuple[CandidateRanker, InteractionLog]:
    """A ranker over two kinds of models, which has learned something."""
    split = split_by_time(log_of(chains(60)))
    run = Run(CONFIG, lambda _: 0.0, targets=split.validation("time"))
    blend = Blend(CONFIG, [MAKE["popularity"](CONFIG), MAKE["transitions"](CONFIG)])
    for part in blend.parts():
        part.fit(split.train, run)
    blend._weighed = Weighed((0, 1), (0.4, 0.6), 0.5, 1.2, 0.0)
    model = CandidateRanker(CONFIG, blend)
    model.fit(split.train, run)
    return model, split.train


@pytest.fixture(scope="module")
def entry(ranker, tmp_path_factory) -> Entry:
    model, log = ranker
    folder, card = tmp_path_factory.mktemp("ranker") / "entry", entries.card("ranker", seen="keep")
    return write_entry(folder, model.network(), log.item_ids, card, explained=model.explained())


@pytest.fixture(scope="module")
def served(entry) -> tuple[OnnxModel, Explainer]:
    model = OnnxModel(entry)
    explainer = open_explainer(model)
    assert explainer is not None
    return model, explainer


def total(found: list[Contribution] | None) -> float:
    assert found is not None
    return sum(one.logit for one in found)


def test_contributions_of_a_ranker_add_up_to_its_logits(served) -> None:
    """Between two items that are ordered anew, their difference is that of their logits, within 0.002."""
    model, explainer = served
    found = explainer.of(HISTORY, model.catalogue)
    exact = model.logits(model.encode([HISTORY]))[0]
    anew = [column for column, one in enumerate(found) if one and len(one) > 4]
    assert len(anew) == CONFIG.ranker.candidates
    totals = np.array([total(found[column]) for column in anew])
    np.testing.assert_allclose(totals - totals[0], exact[anew] - exact[anew[0]], atol=2e-3)
    # The scorer moves something: else it would be the blend alone that is explained.
    assert (
        max(abs(one.logit) for column in anew for one in found[column] or () if "expects" not in one.feature)
        > 0.05
    )
    best = model.catalogue[int(exact.argmax())]
    assert total(explainer.of(HISTORY, [best])[0]) == pytest.approx(total(found[model.index[best]]))


def test_of_items_that_are_not_ordered_anew_the_sources_give_all(served) -> None:
    model, explainer = served
    found = explainer.of(HISTORY, model.catalogue)
    rest = [column for column, one in enumerate(found) if one and len(one) == 2]
    assert len(rest) == len(model.catalogue) - CONFIG.ranker.candidates
    exact = model.logits(model.encode([HISTORY]))[0]
    likely = [column for column in rest if max(one.value for one in found[column] or ()) > np.log(1e-7)]
    assert len(likely) > 5
    totals = np.array([total(found[column]) for column in likely])
    np.testing.assert_allclose(totals - totals[0], exact[likely] - exact[likely[0]], atol=2e-3)


def test_they_come_largest_first_and_with_the_values_of_the_item(served) -> None:
    _model, explainer = served
    (found, unknown) = explainer.of(HISTORY, ["i5", "nobody's"])
    assert unknown is None
    sizes = [abs(one.logit) for one in found or ()]
    assert sizes == sorted(sizes, reverse=True)
    values = {one.feature: one.value for one in found or ()}
    assert values["is the newest"] == 1
    assert values["times in the history"] == pytest.approx(np.log(2))


def test_contributions_of_a_blend_add_up_to_its_logits(ranker, served) -> None:
    (model, log), (runtime, _) = ranker, served
    explained, network = model.blend.explained(), model.blend.network()
    with torch.inference_mode():
        exact, *expected = (
            one[0].double().numpy() for one in network.inner(torch.from_numpy(runtime.encode([HISTORY])))
        )
    start, points = np.full(2, -np.log(log.n_items)), np.log(np.stack(expected, -1))
    found = contributions(explained, Way(start, points, 0.0))
    np.testing.assert_allclose(found.sum(1) + logits(explained, start, 0.0), exact, atol=1e-4)
    assert explained.names == ["popularity expects", "transitions expects"]
    assert (np.abs(found) > 0.01).all(1).any()


def test_without_features_or_where_they_do_not_fit_the_graph_there_are_none(ranker, entry, tmp_path) -> None:
    other = replace(ranker[0].explained(), sharpness=9.0)
    files = {name: entry.read(name) for name in entry.files if name != CARD}
    assert EXPLAINED in files
    del files[EXPLAINED]
    assert open_explainer(OnnxModel(write_files(tmp_path / "without", entry.card, files))) is None
    files[EXPLAINED] = other.encode()
    assert open_explainer(OnnxModel(write_files(tmp_path / "entry", entry.card, files))) is None
    with pytest.raises(ValueError, match=EXPLAINED):
        Explained.decode(b"PK")


def test_a_scorer_that_learned_nothing_is_the_blend() -> None:
    blend = Blend(CONFIG, [MAKE["popularity"](CONFIG)])
    model = CandidateRanker(CONFIG, blend)
    model.fit(log_of(chains(20)), Run(CONFIG))
    assert model.explained() == blend.explained()


def test_a_step_of_the_way_loses_nothing_and_a_feature_without_say_gets_nothing() -> None:
    """Also where the ramp begins and ends in the midst of the way; features that do not differ moved nothing."""
    random = np.random.default_rng(3)
    torch.manual_seed(3)
    drawn = [random.normal(size=shape) for shape in ((6, 5), (6,), (6, 6), (6,), (6,))]
    made = Scorer(
        random.normal(size=5),
        random.uniform(0.5, 2, 5),
        (drawn[0], drawn[1]),
        (drawn[2], drawn[3]),
        drawn[4],
        1.0,
    )
    made.first[0][:, 4] = 0.0
    model = Explained(["a", "b", "c", "d", "e"], [0.3, 0.7], 0.5, 1.5, made)
    ends = random.normal(size=(100, 5)) * 3
    ends[:, 3] = made.centre[3]
    for floor in (-50.0, -1.0, 50.0):
        found = contributions(model, Way(made.centre, ends, floor))
        wanted = logits(model, ends, floor) - logits(model, made.centre, floor)
        np.testing.assert_allclose(found.sum(1), wanted, atol=1e-9)
        assert np.abs(found[:, 3:]).max() < 1e-9
    assert np.abs(found[:, 2]).max() < 1e-9, "far below the last candidate, nothing is added"
