"""Exports of shops: what a person says each column is, what such records are, and what must be masked."""

from __future__ import annotations

from typing import Any

import pytest

from pandian.semantics import semantic_types
from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.model import shipped
from tests.streams.inventory.classify import exports_around_shops, exports_of_shops
from tests.streams.inventory.classify.examples import evidence

CLASSIFIER = RuleClassifier(shipped())
EXPORTS = [*exports_of_shops.EXPORTS, *exports_around_shops.EXPORTS]


@pytest.mark.parametrize(("name", "kind", "columns"), EXPORTS, ids=[name for name, _, _ in EXPORTS])
def test_columns(name: str, kind: str, columns: dict[str, tuple[list[Any], str]]) -> None:
    found = CLASSIFIER.fields([evidence(path, values) for path, (values, _) in columns.items()])
    expected = {path: right for path, (_, right) in columns.items()}
    assert {path: one.semantic_type for path, one in found.items()} == expected
    # Whoever reads the file by an opaque name of its own gets the same kind.
    assert CLASSIFIER.kind("file-7", found) == kind
    assert {path for path, one in found.items() if one.masked} == {
        path for path, right in expected.items() if semantic_types()[right].masked
    }
