"""Where the story turns, how two replays are one, and what is said of the model."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pandian.errors import UsageError
from pandian.settings import Settings
from streams.demo.acts import FIRST_LINES, history_lines
from streams.demo.dataset import count, order_lines
from streams.demo.model import Model
from streams.demo.model_lines import live, model_lines, offline
from streams.demo.progress import Progress, read_line
from streams.demo.registry import demo_registry
from streams.demo.screen import Scene, drawn, in_a_line

CARD = {
    "metrics": {"ndcg@10": 0.0512, "hr@10": 0.104},
    "baselines": {"popularity": {"ndcg@10": 0.0221, "hr@10": 0.05}, "item-to-item": {"ndcg@10": 0.0405}},
}
LIVE = {
    "model": "sasrec",
    "version": "v1",
    "labels": {"positive": 10, "negative": 30},
    "auc": {"value": 0.7421, "low": 0.71, "high": 0.772, "bound": 1e-4},
}


def test_the_first_act_ends_with_april() -> None:
    dates = [line.InvoiceDate for line in islice(order_lines(), FIRST_LINES - 1, FIRST_LINES + 1)]
    assert dates[0] < "2011-05-01" <= dates[1]
    assert history_lines() == history_lines(count()) == FIRST_LINES


@pytest.mark.parametrize("limit", [1, 10, 500, 5_000, 30_000])
def test_fewer_lines_turn_at_the_same_share_between_invoices(limit: int) -> None:
    lines, turn = list(order_lines(limit)), history_lines(limit)
    assert limit * FIRST_LINES // count() <= turn <= limit
    if 0 < turn < limit:
        assert lines[turn - 1].InvoiceNo != lines[turn].InvoiceNo


def test_a_replay_goes_on_from_an_earlier_one() -> None:
    first = Progress(10, 10, {"shop.orders": 10, "shop.items": 3}, "2010-12-01 09:00:00", 2.0, True)
    assert Progress(of=30).after(first) == Progress(
        10, 30, {"shop.orders": 10, "shop.items": 3}, "2010-12-01 09:00:00", 2.0, False
    )
    second = Progress(
        5,
        30,
        {"shop.orders": 5},
        "2010-12-02 09:00:00",
        1.0,
        True,
        pages=2,
        shown=48,
        due=24,
        customer="17850",
    )
    both = second.after(first)
    assert (both.rows, both.sent, both.seconds, both.date) == (15, 18, 3.0, "2010-12-02 09:00:00")
    assert (both.pages, both.shown, both.due, both.customer, both.done) == (2, 48, 24, "17850", True)
    assert read_line(both.line()) == both


def lines_of(model: Model, progress: Progress, training: str = "") -> str:
    return "\n".join(line.plain for line in model_lines(model, progress, training))


def test_lines_about_the_model_come_as_it_does() -> None:
    assert lines_of(Model(), Progress()) == ""
    assert "epoch 3" in lines_of(Model(), Progress(), "epoch 3 of 20")
    model = Model("sasrec", "v1", CARD, LIVE)
    said = lines_of(model, Progress(pages=3, shown=60))
    for words in (
        "sasrec v1, NDCG@10 0.0512 (popularity 0.0221, item-to-item 0.0405)",
        "0.742 (0.710 to 0.772) of 40 labels",
        "3 shown with 60 items",
        "simulated",
    ):
        assert words in said
    assert offline(model, "hr@10") == "HR@10 0.1040 (popularity 0.0500)"
    assert live(Model()) == "no label yet"
    assert "keeps itself" in lines_of(Model("live", "1"), Progress(pages=1))


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_has_the_model_and_fits(document: dict[str, Any], width: int) -> None:
    scene = Scene(
        "the shop is open",
        progress=Progress(
            2_000, 4_000, {"shop.orders": 2_000}, "2010-12-01 15:00:00", 1.0, pages=3, shown=60
        ),
        document=document,
        model=Model("sasrec", "20251125-190102-a1b2c3", CARD, LIVE),
        training="epoch 3 of 20, loss 5.4321, 12 s left",
    )
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(drawn(scene))
    shown = console.export_text().splitlines()
    assert len(shown) <= 27
    assert all(len(line) <= width for line in shown)
    assert "0.742" in "\n".join(shown)
    assert "3 pages (simulated)" in in_a_line(scene)


def test_json_of_the_model() -> None:
    document = Model("sasrec", "v1", CARD, LIVE).document()
    assert document["auc"] == {"value": 0.7421, "low": 0.71, "high": 0.772}
    assert document["ndcg@10"] == 0.0512
    assert document["baselines"]["popularity"] == {"ndcg@10": 0.0221, "hr@10": 0.05}
    assert Model("live", "1", missing="no torch").document() | {"labels": {}} == {
        "name": "live",
        "version": "1",
        "auc": None,
        "labels": {},
        "alarm": False,
        "ndcg@10": None,
        "hr@10": None,
        "baselines": {},
        "missing": "no torch",
    }


def test_the_registry_is_the_demos_own_unless_one_is_named(tmp_path: Path) -> None:
    with demo_registry(Settings()) as own:
        assert Path(own).parent.is_dir()
        assert own != Settings().models
    assert not Path(own).parent.exists()
    named = Settings(models=str(tmp_path))
    with demo_registry(named) as address:
        assert address == str(tmp_path)
    pointer = '{"model":"sasrec","version":"v1","previous":null,"time":1,"by":"%s","why":""}'
    (tmp_path / "champion.json").write_text(pointer % "pandian demo")
    with demo_registry(named):
        pass
    (tmp_path / "champion.json").write_text(pointer % "somebody")
    with pytest.raises(UsageError, match="sasrec v1"), demo_registry(named):
        pass
