"""Serving an entry: what goes in, what comes out, and which entries are refused."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from export.registry import Entry, EntryError, ParityError
from export.runtime import TOLERANCE, OnnxModel, calibrated
from tests.export import hostile
from tests.support import entries


@pytest.fixture(scope="session")
def sequential_entry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sequential") / "entry"
    network = entries.Sequential(20, layers=1)
    return entries.make_entry(folder, network, model="sasrec", seen="keep")


@pytest.fixture(scope="session")
def model(sequential_entry):
    return OnnxModel(sequential_entry)


def test_the_words_of_an_entry(model, sequential_entry):
    assert model.entry is sequential_entry
    assert model.catalogue == tuple(entries.catalogue(20))
    assert model.index["item-7"] == 7
    assert (model.max_length, model.keeps_seen) == (entries.MAX_LENGTH, True)
    assert model.providers[-1] == "CPUExecutionProvider"


def test_histories_are_padded_on_the_left_and_unknown_items_left_out(model):
    items = model.encode([["item-0", "unknown", "item-3"], [], ["unknown"], ["item-1"]])
    assert items.dtype == np.int64
    assert items.tolist() == [[1, 4], [0, 0], [0, 0], [0, 2]]
    assert model.encode([[]]).tolist() == [[0]]
    assert model.encode([]).shape[0] == 0
    long = model.encode([[f"item-{number % 20}" for number in range(50)]])
    assert long.tolist() == [[number % 20 + 1 for number in range(38, 50)]]


def test_padding_says_nothing(model):
    short = np.array([[3, 4, 5]])
    padded = np.array([[0] * 9 + [3, 4, 5]])
    np.testing.assert_allclose(model.logits(short), model.logits(padded), atol=1e-5)


def test_of_a_long_history_the_newest_items_count(model):
    items = np.random.default_rng(1).integers(1, 21, (2, 40))
    np.testing.assert_array_equal(model.logits(items), model.logits(items[:, -entries.MAX_LENGTH :]))


def test_nothing_to_look_at(model):
    np.testing.assert_array_equal(
        model.logits(np.zeros((2, 0), np.int64)), model.logits(np.zeros((2, 1), np.int64))
    )
    assert model.logits(np.zeros((0, 3), np.int64)).shape == (0, 20)


@pytest.mark.parametrize(
    "items",
    [np.array([1, 2]), np.array([[1.0]]), np.array([[21]]), np.array([[-1]]), np.zeros((1, 1), np.int32)],
)
def test_items_that_are_none(model, items):
    with pytest.raises(ValueError, match="items must be"):
        model.logits(items)


def test_scores_are_probabilities_in_the_order_of_the_logits(model):
    logits = model.logits(np.array([[1, 2]]))
    scores = model.scores(logits)
    assert scores.shape == logits.shape
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-(0.5 * logits.astype(float) - 2))), rtol=1e-12)
    assert (np.argsort(scores[0]) == np.argsort(logits[0])).all()


def test_no_score_is_certain():
    scores = calibrated(np.array([-np.inf, -1e30, -50.0, 0.0, 50.0, 1e30, np.inf]), 1.0, 0.0)
    assert ((scores > 0) & (scores < 1)).all()
    assert (np.diff(scores) >= 0).all()


def test_many_threads_get_what_one_gets(model):
    random = np.random.default_rng(3)
    asked = [random.integers(0, 21, (1 + n % 3, 1 + n % 12)) for n in range(400)]
    alone = [model.logits(items) for items in asked]
    with ThreadPoolExecutor(8) as pool:
        for expected, found in zip(alone, pool.map(model.logits, asked), strict=True):
            np.testing.assert_array_equal(expected, found)


def test_a_weight_that_is_off_is_noticed_though_the_checksums_agree(first_entry, tmp_path):
    folder = hostile.copy(first_entry, tmp_path / "entry")
    graph = first_entry.read("model.onnx")
    hostile.forge(folder, "model.onnx", hostile.perturbed(graph, TOLERANCE / 3))
    OnnxModel(Entry.open(folder))
    hostile.forge(folder, "model.onnx", hostile.perturbed(graph, 10 * TOLERANCE))
    with pytest.raises(ParityError, match=r"off by 0\.01: must be those it was exported with"):
        OnnxModel(Entry.open(folder))


def test_an_entry_is_checked_again_as_it_is_read(first_entry, tmp_path):
    folder = hostile.copy(first_entry, tmp_path / "entry")
    entry = Entry.open(folder)
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(data)
    with pytest.raises(EntryError, match=r"model\.onnx: sha256 \w{12}…: must be \w{12}…"):
        OnnxModel(entry)


def probes(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("model.onnx", b"", "onnxruntime can run"),
        ("model.onnx", b"GIF89a", "onnxruntime can run"),
        ("items.txt", b"", "at least one"),
        ("items.txt", b"item-0\n", "JSON text a line"),
        ("items.txt", b"1\n2\n", "JSON text a line"),
        ("items.txt", b'"a"\n"a"\n', "each item once"),
        ("items.txt", b'"a"\n"b"\n', "must give 2, one an item"),
        ("probes.npz", b"", "items_0 and logits_0"),
        ("probes.npz", b"PK\x03\x04", "items_0 and logits_0"),
        ("probes.npz", probes(other=np.zeros(1)), "at least items_0"),
        ("probes.npz", probes(items_0=np.zeros((1, 1), np.int64)), "items_0 and logits_0"),
        (
            "probes.npz",
            probes(items_0=np.zeros((1, 1), np.int64), logits_0=np.zeros((1, 3), np.float32)),
            "as the graph takes",
        ),
        (
            "probes.npz",
            probes(items_0=np.full((1, 1), 99), logits_0=np.zeros((1, 20), np.float32)),
            "from 0 to 20",
        ),
        ("probes.npz", probes(items_0=np.array([{}]), logits_0=np.array([{}])), "items_0 and logits_0"),
    ],
)
def test_what_is_not_what_it_should_be_is_refused(first_entry, tmp_path, name, data, said):
    folder = hostile.copy(first_entry, tmp_path / "entry")
    hostile.forge(folder, name, data)
    with pytest.raises(EntryError, match=said) as caught:
        OnnxModel(Entry.open(folder))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_graph_is_refused(first_entry, other_entry, tmp_path):
    folder = hostile.copy(first_entry, tmp_path / "entry")
    hostile.forge(folder, "model.onnx", other_entry.read("model.onnx"))
    with pytest.raises(ParityError):
        OnnxModel(Entry.open(folder))


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_opening_and_running_says_nothing_and_takes_one_thread(sequential_entry):
    code = """if True:
        import sys, numpy as np, psutil
        from pathlib import Path
        from export.registry import Entry
        from export.runtime import OnnxModel
        before = psutil.Process().num_threads()
        model = OnnxModel(Entry.open(Path(sys.argv[1])))
        model.logits(np.ones((64, 12), np.int64))
        print(psutil.Process().num_threads() - before)
    """
    done = run(code, sequential_entry.path)
    assert (done.stdout.strip(), done.stderr) == ("0", "")


def test_the_live_side_needs_no_torch():
    code = """if True:
        import sys
        import export.runtime, export.registry, export.commands, export.tables, export.promotion, export.announcement
        print([name for name in ("torch", "onnx", "onnxscript", "sklearn") if name in sys.modules])
    """
    assert run(code).stdout == "[]\n"
