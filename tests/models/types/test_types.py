"""Training of the type model: what is learned from, that the graph says what was learned, and what it reaches."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from models.types import generate, sotab
from models.types.calibrate import calibration_error, line, platt, sharpness, softmax
from models.types.commerce import NAMINGS, labels, tables
from models.types.examples import describe, samples
from models.types.export import graph
from models.types.folds import Real
from models.types.learn import learn
from models.types.ridge import fit
from pandian.semantics import semantic_types
from pandian.types.features import Draw
from streams.inventory.classify.forms import form_names, forms
from streams.inventory.classify.model import TypeModel
from tests.support.data import data_folder, needs_data

TOWNS = [["Berlin", "Paris"], ["Rome", "Wien"], ["Leeds", "Lyon", "Bern"], ["Graz"]]
CODES = [["A-1002", "A-7"], ["B-22", "C-9"], ["X-1", "Y-2", "Z-3"], ["Q-77"]]


def none(draws: list[Draw]) -> list[dict[str, float]]:
    return [{} for _ in draws]


def test_every_label_is_a_type() -> None:
    types = set(semantic_types())
    for label in labels():
        assert {label.type, *label.alone} <= types, label
        assert label.translated
        assert label.right("given") == label.right("translated") == {label.type}
        assert label.right("opaque") >= {label.type}
    assert set(sotab.mapped().values()) <= types


def test_generated_columns_are_the_same_for_the_same_seed() -> None:
    one, other = generate.generated(3), generate.generated(3)
    assert one == other
    assert {name for name, _ in one} <= set(semantic_types())
    assert all(any(values) for _, values in one)


def test_the_graph_says_what_was_learned() -> None:
    columns = [samples(values) for values in TOWNS + CODES]
    examples = describe(columns, [1.0] * 8, none, ["form"])
    truth = np.repeat([0, 1], 4)[examples.column]
    model = fit(examples, truth, 2)
    assert (model.scores(examples).argmax(axis=1) == truth).all()
    asked = TypeModel(graph(model, ["city", "identifier"], ["form"], 3.0, {"calibration": [1.0, 0.0]}))
    expected = softmax(3.0 * model.scores(examples))
    for values, row in zip(columns, expected, strict=True):
        (said,) = asked.ask([values])
        assert said.type == ["city", "identifier"][int(row.argmax())]
        assert said.confidence == pytest.approx(
            float(row.max()), abs=0.02
        )  # weights are rounded to eight bits


def test_fewer_values_are_further_rows() -> None:
    examples = describe([samples(["a", "b", "c"]), samples(["d"])], [1.0, 1.0], none, [], fewer=2)
    assert examples.column.tolist() == [0, 0, 0, 1]
    assert examples.weight.tolist() == [1.0, 0.25, 0.25, 1.0]
    assert examples.rows([1]).column.tolist() == [1]


def test_calibration() -> None:
    chance = np.random.default_rng(5)
    truth = chance.integers(0, 3, 4_000)
    logits = chance.normal(size=(4_000, 3)) + 1.5 * np.eye(3)[truth]
    factor = sharpness(logits, truth)
    likely = softmax(factor * logits)
    slope, offset = platt(factor * logits, truth)
    sure = likely.max(axis=1)
    confidence = 1 / (1 + np.exp(-(slope * np.log(sure / (1 - sure)) + offset)))
    assert calibration_error(confidence, likely.argmax(axis=1) == truth) < 0.03


def test_calibration_error_by_hand() -> None:
    assert calibration_error(
        np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, True, True, False])
    ) == pytest.approx(0.05)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0


def test_a_line_through_nothing_but_hits_stays_finite() -> None:
    assert np.isfinite(line(np.array([1.0, 2.0]), np.array([True, True]))).all()


@pytest.mark.parametrize("by_table", [False, True])
def test_groups(by_table: bool) -> None:
    columns = [
        sotab.Column("one", "City", ("Rome", "rome"), "city"), sotab.Column("two", "City", ("ROME",), "city"),
        sotab.Column("two", "Brand", ("Canon",), "brand"), sotab.Column("three", "Brand", ("Acme",), "brand"),
    ]  # fmt: skip
    one, two, three, four = sotab.groups(columns, by_table=by_table)
    assert one == two
    assert (two == three) == by_table
    assert four not in {one, two, three}


def test_the_card_is_of_the_model_that_ships() -> None:
    import hashlib

    folder = files("pandian.types")
    card = json.loads(folder.joinpath("types.json").read_text(encoding="utf-8"))
    data = folder.joinpath("types.onnx").read_bytes()
    assert card["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(data) + len(folder.joinpath("gazetteer.npz").read_bytes()) < 5_000_000


@needs_data
def test_labelled_columns_are_there() -> None:
    folder = data_folder()
    assert folder is not None
    found = tables(folder)
    assert sum(len(table.labels) for table in found) == len(labels())
    for table in found:
        assert all(table.values)
        for naming in NAMINGS:
            assert len(set(table.names(naming))) == len(table.labels)


@needs_data
def test_held_out_columns_are_not_learned_from() -> None:
    folder = data_folder()
    assert folder is not None
    real = Real.read(folder, forms, form_names())
    learned, out = next(real.sotab(by_table=False))
    held, kept = set(out), set(real.without(out))
    assert not held & kept
    contents = [frozenset(value.casefold() for value in column.values) for column in real.columns]
    assert not {contents[place] for place in held} & {
        contents[place] for place in kept if place < len(contents)
    }
    scores = learned.model.scores(real.corpus.examples.rows(out))
    right = [
        learned.types[best] == real.corpus.types[place]
        for best, place in zip(scores.argmax(axis=1), out, strict=True)
    ]
    assert np.mean(right) > 0.8
    assert learned.types == learn(real.corpus, real.without(out), 0).types


@needs_data
def test_the_same_seed_gives_the_same_file() -> None:
    folder = data_folder()
    assert folder is not None
    real = Real.read(folder, forms, form_names())
    some = real.without(np.arange(len(real.columns), len(real.corpus.types)))[::5]
    one, other = (learn(real.corpus, some, 0).file(real.corpus) for _ in range(2))
    assert one == other
