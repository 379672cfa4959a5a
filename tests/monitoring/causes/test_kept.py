"""What is remembered is the same after a trip through bytes, and what another version wrote is told from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from benchmarks.causes_replay import Replay, policy
from monitoring.causes import Mapped
from monitoring.causes.kept import MAPPED, OBSERVATION, Kept, KeptError
from monitoring.causes.observation import Observation
from tests.monitoring.causes.observations import late
from tests.monitoring.causes.shop import SmallShop


def plain(observation: Observation) -> Any:
    """Return all that it says, arrays as lists."""
    return (
        {
            name: (one.below and [part.tolist() for part in one.below], repr(one).partition("below=")[0])
            for name, one in observation.fields.items()
        },
        repr(observation).partition("fields=")[0],
        observation.contained,
    )


def test_observations_of_a_shop_are_what_they_were() -> None:
    shop = SmallShop(Replay(policy())).sell(900)
    known = [*shop.memory.observations(), late(3, 100, 2, 1.0, 5.0, 9.0)]
    assert any(field.below for one in known for field in one.fields.values())
    assert any(field.lengths for one in known for field in one.fields.values())
    assert any(one.contained for one in known)
    assert any(one.lateness for one in known)
    for one in known:
        data = OBSERVATION.encode(one)
        assert plain(OBSERVATION.decode(data)) == plain(one)
        assert len(data) < 4_000 + 1_000 * len(one.fields)


def test_mappings_are_what_they_were() -> None:
    change = 7, {"orders": Mapped("interactions", {"item": "code"}), "items": Mapped("items", {})}
    assert MAPPED.decode(MAPPED.encode(change)) == change


@dataclass
class Before:
    count: int


@dataclass
class After:
    count: int
    more: str | None


@pytest.mark.parametrize(
    "data", [b"", b"x", Kept(Before).encode(Before(1)), OBSERVATION.encode(late(1, 9, 0, 1.0, 2.0, 3.0))[:-9]]
)
def test_what_is_something_else_is_told(data: bytes) -> None:
    with pytest.raises(KeptError):
        OBSERVATION.decode(data)


def test_a_type_with_one_more_part_is_another_one() -> None:
    with pytest.raises(KeptError, match="another version"):
        Kept(After).decode(Kept(Before).encode(Before(1)))
