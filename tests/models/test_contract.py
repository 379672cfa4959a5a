"""What every kind of model promises."""

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from export.onnx import to_onnx
from export.parity import histories, largest_difference
from models.base import Run, scorer
from models.blend.model import Blend
from models.choosing import Ranker
from models.comparison import compare
from models.config import TrainConfig
from models.data.files import read_files
from models.data.split import split_by_time
from models.evaluation import ndcg, rank
from models.kinds import KINDS as ALL
from models.lightgcn.settings import LightgcnSettings
from models.ranker.model import CandidateRanker
from models.sasrec.settings import SasrecSettings
from models.towers.settings import TowersSettings
from tests.support.data import data_file
from tests.support.interactions import START, baskets, chains, log_of

CONFIG = TrainConfig(
    max_length=12,
    neighbours=8,
    threads=1,
    sasrec=SasrecSettings(size=16, epochs=4, batch_rows=256, warmup_steps=5),
    two_tower=TowersSettings(size=16, inner=16, epochs=8, batch_rows=256, warmup_steps=5),
    lightgcn=LightgcnSettings(size=16, epochs=8, batch_rows=256, warmup_steps=5, prior_half_life=0.25),
)
MAKE = {kind.kind: kind.make for kind in ALL}
KINDS = [*MAKE, "blend", "ranker"]
SOURCES = ("item-to-item", "transitions", "sasrec")
#: These say the same to everybody, or nothing that a user did not do before.
SIMPLE = {"popularity", "trending", "repeats"}
ODD = {
    "one item": [(f"u{number}", "a", START + number) for number in range(9)],
    "one user": [("u", f"i{number % 3}", START + number) for number in range(9)],
    "one row": [("u", "a", START)],
    "nobody twice": [(f"u{number}", f"i{number % 4}", START + number) for number in range(9)],
    "all at one time": [(f"u{number % 3}", f"i{number % 4}", START) for number in range(24)],
}


def sasrec(**settings):
    return CONFIG.model_copy(update={"sasrec": CONFIG.sasrec.model_copy(update=settings)})


def make(kind, config=CONFIG):
    if kind == "blend":
        return Blend(config, [make(source, config) for source in SOURCES])
    if kind == "ranker":
        return CandidateRanker(config, make("blend", config))
    return MAKE[kind](config)


def fit(kind, log, run=None, config=CONFIG):
    model = make(kind, config)
    run = run or Run(config)
    for part in model.parts():
        part.fit(log, run)
    if isinstance(model, CandidateRanker):
        model.blend.fit(log, run)
    model.fit(log, run)
    return model


def validating(log, targets):
    def validate(network):
        ranks = rank(scorer(network), targets, log.n_items, CONFIG.max_length)
        return float(ndcg(ranks.keep).mean())

    return Run(CONFIG, validate, targets=targets)


def states(model):
    return {name: value.clone() for name, value in model.network().state_dict().items()}


@pytest.fixture(scope="module")
def split():
    return split_by_time(log_of(chains()))


@pytest.fixture(scope="module")
def fitted(split):
    run = validating(split.log, split.validation("time"))
    return {kind: fit(kind, split.train, run) for kind in KINDS}


@pytest.fixture(params=KINDS)
def model(request, fitted):
    return fitted[request.param]


def test_logits_are_one_an_item_for_any_batch_and_length(model, split):
    network = model.network().eval()
    n_items = split.log.n_items
    with torch.inference_mode():
        for batch, length in ((1, 1), (3, 5), (2, 12), (7, 1)):
            items = torch.randint(0, n_items + 1, (batch, length))
            logits = network(items)
            assert logits.shape == (batch, n_items)
            assert logits.dtype == torch.float32
            assert torch.isfinite(logits).all()


def test_padding_changes_nothing(model):
    network = model.network().eval()
    with torch.inference_mode():
        short = network(torch.tensor([[3, 1, 2]]))
        padded = network(torch.tensor([[0, 0, 0, 0, 3, 1, 2], [1, 2, 3, 4, 5, 6, 7]]))[:1]
    assert torch.allclose(short, padded, atol=1e-5)


def test_without_history_the_popular_items_come_first(model, split):
    with torch.inference_mode():
        logits = model.network().eval()(torch.zeros(1, 3, dtype=torch.long))[0].numpy()
    counts = split.train.counts()
    assert np.corrcoef(logits, np.log(counts + 1e-9))[0, 1] > 0.85


def test_items_that_were_never_seen_come_last(model, split):
    """Codes are of the whole log; what comes later has no row in what was learned from."""
    log = log_of([*chains(30, 6, 10), ("late", "never", START * 2)])
    learned = fit(model.kind, log.before(START * 2))
    new = log.item_ids.index("never")
    with torch.inference_mode():
        logits = learned.network().eval()(torch.tensor([[0, 0], [1, 2]]))
    assert (logits.argmin(1) == new).all()


def test_items_of_a_later_log_are_learned_again(model):
    early = chains(30, 6, 10)
    late = [(user, "new" if item == "i3" else item, when + 10**9) for user, item, when in early]
    log = log_of([*early, *late])
    learned = fit(model.kind, log.before(START + 10**9))
    learned.refit(log, Run(CONFIG))
    logits = learned.network().eval()(torch.zeros(1, 1, dtype=torch.long))[0]
    new = log.item_ids.index("new")
    # A share of it is a thirtieth of the interactions; what was never seen has 1e-9.
    assert logits.log_softmax(-1)[new] > np.log(1 / 300)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_model(kind, split):
    first, second = (states(fit(kind, split.train)) for _ in range(2))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("kind", ["two-tower", "lightgcn", "sasrec", "blend", "ranker"])
def test_another_seed_gives_another_model(kind, split):
    first = states(fit(kind, split.train))
    other = states(fit(kind, split.train, config=CONFIG.model_copy(update={"seed": 1})))
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_learning_again_leaves_the_log_and_what_was_chosen_alone(model, split):
    kind = model.kind
    learned = fit(kind, split.train, validating(split.log, split.validation("time").sample(50, 0)))
    chosen, before = learned.settings(), split.past.items.copy()
    learned.refit(split.past, Run(CONFIG))
    assert learned.settings() == chosen
    assert (split.past.items == before).all()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("kind", KINDS)
def test_odd_logs_give_a_model(kind, name):
    log = log_of(ODD[name])
    learned = fit(kind, log)
    learned.refit(log, Run(CONFIG))
    with torch.inference_mode():
        logits = learned.network().eval()(torch.tensor([[0, 1], [0, 0]]))
    assert logits.shape == (2, log.n_items)
    assert torch.isfinite(logits).all()


def test_the_export_gives_the_same(model, split):
    network, n_items = model.network().eval(), split.log.n_items
    with torch.inference_mode():
        compared = [
            (items, network(torch.from_numpy(items)).numpy())
            for items in histories(n_items, CONFIG.max_length)
        ]
    assert largest_difference(to_onnx(network, n_items, CONFIG.max_length), compared) < 1e-4


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        (chains(), [kind for kind in KINDS if kind not in SIMPLE]),
        (baskets(150, 8), ["repeats", "item-to-item", "transitions"]),
    ],
)
def test_what_learns_from_sequences_beats_popularity_surely(rows, kinds):
    """Paired by user: the mean difference is more than four standard errors above 0."""
    split = split_by_time(log_of(rows))
    run = validating(split.log, split.validation("time"))
    targets = split.test("time")
    gains = {}
    for kind in ("popularity", *kinds):
        network = fit(kind, split.train, run).network()
        gains[kind] = ndcg(rank(scorer(network), targets, split.log.n_items, CONFIG.max_length).keep)
    _, user = np.unique(targets.users, return_inverse=True)
    for kind in kinds:
        by_user = np.bincount(user, gains[kind] - gains["popularity"]) / np.bincount(user)
        error = by_user.std(ddof=1) / np.sqrt(len(by_user))
        assert by_user.mean() > 4 * error, kind


@pytest.mark.parametrize("kind", KINDS)
def test_without_time_there_is_a_model_all_the_same(kind, split):
    began = time.monotonic()
    asked = sasrec(epochs=100_000, patience=100_000)
    run = replace(validating(split.log, split.validation("time").sample(50, 0)), config=asked, deadline=0.0)
    learned = fit(kind, split.train, run, asked)
    learned.refit(split.past, run)
    with torch.inference_mode():
        logits = learned.network().eval()(torch.tensor([[0, 1, 2]]))
    assert torch.isfinite(logits).all()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("kind", KINDS)
def test_progress_never_leaves_its_bar(kind, split):
    shares = []
    run = replace(
        validating(split.log, split.validation("time").sample(50, 0)),
        progress=lambda _, share: shares.append(share),
    )
    fit(kind, split.train, run).refit(split.past, run)
    assert all(0 <= share <= 1.01 for share in shares)


def test_a_history_says_the_same_beside_any_others(model, split):
    network = model.network().eval()
    random = torch.Generator().manual_seed(3)
    others = torch.randint(0, split.log.n_items + 1, (9, 6), generator=random)
    others[4] = torch.tensor([0, 0, 2, 5, 1, 3])
    with torch.inference_mode():
        alone, beside = network(others[4:5]), network(others)[4:5]
    assert torch.allclose(alone, beside, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "rows"), [("yoochoose-sample/train.tsv.gz", 6_000), ("ml-100k/ml-100k.inter.tsv.gz", 8_000)]
)
def test_a_slice_of_real_interactions_is_learned(name, rows):
    """The 95 % interval of the paired difference to popularity, users resampled, is above 0 for each that learns."""
    whole = read_files([str(data_file(name))])
    columns = whole.users[:rows], whole.items[:rows], whole.times[:rows]
    log = log_of([(str(user), str(item), int(when)) for user, item, when in zip(*columns, strict=True)])
    split = split_by_time(log)
    config = sasrec(size=32, epochs=3).model_copy(update={"max_length": 30})
    targets, ranker = split.test("time"), Ranker(log.n_items, config.max_length)
    chosen_by = split.validation("time")
    run = Run(config, lambda network: ranker.value(network, chosen_by), targets=chosen_by)
    gains = {}
    learning = [kind for kind in MAKE if kind not in SIMPLE]
    for kind in ("popularity", *learning):
        model = fit(kind, split.train, run, config)
        model.refit(split.past, run)
        ranks = ranker.rank(model.network(), targets)
        gains[kind] = ndcg(ranks.of(ranks.best()))
    for kind in learning:
        found = compare(gains["popularity"], gains[kind], targets.users)
        assert found.better, (kind, found)
