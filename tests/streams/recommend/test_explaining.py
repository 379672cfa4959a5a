"""Answers that say what moved each item."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from export.explain import Explained
from export.runtime import OnnxModel
from models.base import Shares
from models.blend.mean import Mean
from pandian.events import encode
from streams.recommend import explaining
from tests.support import entries

N_ITEMS = 20


class Fixed(Shares):
    """The same shares for everybody."""

    values: torch.Tensor

    def __init__(self, values: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("values", torch.as_tensor(values, dtype=torch.float32))

    def shares(self, items: torch.Tensor) -> torch.Tensor:
        return self.values.unsqueeze(0).expand(items.shape[0], -1)


@pytest.fixture(scope="module")
def blend(tmp_path_factory):
    """Of two sources: one that expects each item half as much as the one before it, one that expects all alike."""
    falling, same = 0.5 ** np.arange(N_ITEMS), np.ones(N_ITEMS)
    return entries.make_entry(
        tmp_path_factory.mktemp("blend") / "entry",
        Mean([Fixed(falling), Fixed(same)], [0.5, 0.5], 0.5),
        explained=Explained(["falling expects", "same expects"], [0.5, 0.5], 0.5, 1.0, None),
        model="blend",
        seen="keep",
    )


async def test_each_item_says_what_moved_it_where_somebody_asks(served, blend) -> None:
    await served.promote(blend)
    served.know(("me", "item-3"))
    assert all(one.contributions is None for one in (await served.ask("me", 3)).items)
    answer = await served.ask("me", 3, explain=True)
    assert [one.item_id for one in answer.items] == ["item-0", "item-1", "item-2"]
    model = OnnxModel(blend)
    logits = model.logits(model.encode([["item-3"]]))[0]
    for column, item in enumerate(answer.items):
        first, second = item.contributions or ()
        assert (first.feature, second.feature) == ("falling expects", "same expects")
        assert first.value == pytest.approx(np.log(0.5 ** (column + 1)), abs=1e-4)
        # The other source expects the same of any item: it moves none.
        assert second.logit == pytest.approx(0, abs=1e-6)
        assert first.logit + second.logit == pytest.approx(logits[column] - np.log(1 / N_ITEMS), abs=2e-3)
    assert b'"contributions":[{"feature":"falling expects","value":-0.69' in encode(answer)


async def test_named_items_and_items_of_others(served, blend) -> None:
    await served.promote(blend)
    served.know(("me", "item-3"))
    answer = await served.ask("me", items=("item-7", "nobody's"), explain=True)
    assert [one.contributions is None for one in answer.items] == [False, True]
    stranger = await served.ask("stranger", 3, explain=True)
    assert stranger.items
    assert all(one.contributions is None for one in stranger.items)


async def test_a_model_without_features_says_nothing(served, popular_entry) -> None:
    await served.promote(popular_entry)
    served.know(("me", "item-3"))
    answer = await served.ask("me", 3, explain=True)
    assert answer.model == "popularity"
    assert [one.contributions for one in answer.items] == [None] * 3


async def test_what_fails_leaves_the_answer_as_it_is(served, blend, monkeypatch) -> None:
    await served.promote(blend)
    served.know(("me", "item-3"))

    def fails(_: OnnxModel) -> None:
        raise RuntimeError("item-3 is secret")

    monkeypatch.setattr(explaining, "open_explainer", fails)
    answer = await served.ask("me", 3, explain=True)
    assert [one.contributions for one in answer.items] == [None] * 3
