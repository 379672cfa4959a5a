"""Exported entries of a few items, and all that answers, without a broker."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from export.registry import Entry
from export.runtime import OnnxModel
from tests.support import entries
from tests.support.served import Served

N_ITEMS = 200


@pytest.fixture(scope="session")
def popular_entry(tmp_path_factory) -> Entry:
    """Popularity of 20 items; the newest of the history are dropped."""
    return entries.make_entry(tmp_path_factory.mktemp("popular") / "entry", created="2026-01-01T00:00:00Z")


@pytest.fixture(scope="session")
def next_entry(tmp_path_factory) -> Entry:
    """Item-to-item of 200 items, which keeps what was seen."""
    return entries.make_entry(
        tmp_path_factory.mktemp("next") / "entry",
        entries.ItemToItem(N_ITEMS),
        entries.catalogue(N_ITEMS),
        model="item-to-item",
        seen="keep",
        created="2026-01-02T00:00:00Z",
    )


@pytest.fixture(scope="session")
def sequential_entry(tmp_path_factory) -> Entry:
    """A self-attentive model of 200 items."""
    return entries.make_entry(
        tmp_path_factory.mktemp("sequential") / "entry",
        entries.Sequential(N_ITEMS),
        entries.catalogue(N_ITEMS),
        model="sasrec",
        created="2026-01-03T00:00:00Z",
    )


@pytest.fixture(scope="session")
def sequential(sequential_entry) -> OnnxModel:
    return OnnxModel(sequential_entry)


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def served(tmp_path, thread) -> Served:
    return Served(tmp_path / "models", thread)
