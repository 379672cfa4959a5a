"""Entries that are exported once for all tests of this folder; tests take copies."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.support import entries


@pytest.fixture(scope="session")
def first_entry(tmp_path_factory):
    """Popularity of 20 items."""
    return entries.make_entry(tmp_path_factory.mktemp("first") / "entry", created="2026-01-01T00:00:00Z")


@pytest.fixture(scope="session")
def second_entry(tmp_path_factory):
    """A newer version of the same model, with other logits."""
    network = entries.Blend(entries.Popular(20), entries.Popular(20), share=0.5)
    network.first.counts.mul_(-3)
    folder = tmp_path_factory.mktemp("second") / "entry"
    return entries.make_entry(folder, network, created="2026-01-02T00:00:00Z")


@pytest.fixture(scope="session")
def other_entry(tmp_path_factory):
    """Another model."""
    folder = tmp_path_factory.mktemp("other") / "entry"
    return entries.make_entry(
        folder, entries.ItemToItem(20), model="item-to-item", created="2026-01-03T00:00:00Z", seen="keep"
    )


@pytest.fixture
def small_disk() -> Callable[[int], AbstractContextManager[None]]:
    """Let no file grow beyond some bytes inside a block: writing then fails in the middle, as on a full disk."""

    @contextmanager
    def limit(size: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limit
