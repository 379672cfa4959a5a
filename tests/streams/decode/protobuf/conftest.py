"""A registry for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.streams.decode.schemas.server import Registry, serving


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving() as server:
        yield server
