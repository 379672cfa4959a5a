"""Names place new items where that is measured to be better than chance; otherwise the card says why not."""

from __future__ import annotations

import numpy as np
import pytest

from export.index import open_index
from export.text import TextError, open_text
from models.cold import cold_items
from models.config import TrainConfig
from models.data.split import split_by_time
from models.sasrec.settings import SasrecSettings
from models.training import train
from tests.support import names
from tests.support.interactions import START, log_of

ITEMS = list(names.shop())


@pytest.fixture(scope="module")
def log():
    """People take things of one kind."""
    random = np.random.default_rng(1)
    kinds = names.kinds(ITEMS)
    rows = []
    for user in range(900):
        of_kind = np.flatnonzero(kinds == user % len(names.THINGS))
        for step, item in enumerate(random.choice(of_kind, 6, replace=False)):
            rows.append((f"u{user}", ITEMS[item], START + 1000 * (900 * step + user)))
    return log_of(rows)


def measured(log, vectors, said, **more):
    split = split_by_time(log, 0.8, 0.1)
    return cold_items(said, vectors, split.past, split.test("time"), seed=0, encoder=names.encoder, **more)


def vectors_of(log):
    return names.vectors(list(log.item_ids))


def test_names_that_say_what_goes_together_place_items_held_out(log) -> None:
    found = measured(log, vectors_of(log), names.shop())
    card = found.card
    assert "why" not in card
    assert (card["items"], card["held_out"]) == (150, 30)
    assert card["encoder"] == names.encoder().name
    assert card["hit@10"] > 3 * card["chance_hit@10"]
    assert card["recall@10"] > 0.4 > 2 * card["popular_recall@10"]
    assert 0 < card["least"] < 1
    mapping = found.fit(vectors_of(log), log)
    new = mapping(names.encoder().encode(["warm grey wool scarf"]))
    nearest = np.argsort(-(new @ vectors_of(log).T)[0])[:10]
    assert {log.item_ids[column].split("-")[0] for column in nearest} == {"scarf"}


def test_names_that_say_nothing_of_it_are_not_kept(log) -> None:
    shuffled = np.random.default_rng(3).permutation(list(names.shop().values())).tolist()
    found = measured(log, vectors_of(log), dict(zip(names.shop(), shuffled, strict=True)))
    assert "not surely above that of chance" in found.card["why"]
    assert found.card["recall@10"] < 0.3
    assert found.fit(vectors_of(log), log) is None


@pytest.mark.parametrize(
    ("said", "more", "why"),
    [
        (None, {}, "no names of items were given"),
        ({"other": "wool scarf"}, {}, "0 items have names"),
        (dict(list(names.shop().items())[:49]), {}, "49 items have names: 50 are needed"),
        (names.shop(), {"max_seconds": 20.5}, "20.5 s are too few"),
    ],
)
def test_what_is_missing_is_said(log, said, more, why) -> None:
    found = measured(log, vectors_of(log), said, **more)
    assert why in found.card["why"]
    assert found.fit(vectors_of(log), log) is None


def test_models_without_vectors_and_encoders_that_are_not_there(log) -> None:
    def missing():
        raise TextError("names of items", "need a package", "install it")

    split = split_by_time(log, 0.8, 0.1)
    past, test = split.past, split.test("time")
    without = cold_items(names.shop(), None, past, test, seed=0, encoder=names.encoder)
    assert without.card == {"why": "this kind of model has no vectors of items"}
    none = cold_items(names.shop(), vectors_of(log), past, test, seed=0, encoder=missing)
    assert none.card == {"why": "names of items: need a package; install it"}
    few = cold_items(
        names.shop(), vectors_of(log), past, test.take(np.arange(5)), seed=0, encoder=names.encoder
    )
    assert "targets of the test are held-out items: 20 are needed" in few.card["why"]


def test_a_training_keeps_what_names_say_in_the_entry(log, tmp_path) -> None:
    config = TrainConfig(
        model="sasrec",
        max_length=6,
        threads=1,
        sasrec=SasrecSettings(size=16, epochs=2, layers=1, batch_rows=512),
    )
    said: list[str] = []
    trained = train(log, config, tmp_path / "model", said=said.append, names=names.shop())
    text = open_text(trained.entry)
    assert text is not None
    assert (text.encoder, text.least) == (trained.card["text"]["encoder"], trained.card["text"]["least"])
    assert any(line.startswith("new items are placed by their names: hit@10 ") for line in said)
    new = text.mapping(names.encoder().encode(["warm grey wool scarf"]))
    vectors = open_index(trained.entry).vectors(np.arange(len(trained.catalogue)))
    nearest = np.argsort(-(new @ vectors.T)[0])[:10]
    assert sum(trained.catalogue[column].startswith("scarf") for column in nearest) >= 8
