"""From the registry's challenger to a comparison: a real worker serves, joins labels, and the command reads them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitoring.experiments.assignment import Split
from pandian import topics
from pandian.events import Interaction, Request, encode
from streams import cli
from tests.streams.stages.test_serving import USERS, Shop
from tests.support import entries
from tests.support.live import START
from tests.support.processes import wait_until
from tests.support.topics import produce, read_all

NOW = START + 1_000_000


def documents(shop: Shop, topic: str) -> list[dict[str, Any]]:
    return [orjson.loads(record.value or b"{}") for record in read_all(shop.address, topic)]


def test_from_a_challenger_to_a_comparison(tmp_path: Path, monkeypatch, capfd) -> None:
    champion = entries.make_entry(tmp_path / "first", created="2026-02-01T00:00:00Z")
    challenger = entries.make_entry(
        tmp_path / "second", entries.ItemToItem(20), model="item-to-item", seen="keep"
    )
    labels = {"PANDIAN_ATTRIBUTION_SECONDS": "60", "PANDIAN_LATENESS_SECONDS": "1"}
    shop = Shop(tmp_path / "shop", "serve,watch", **labels)
    try:
        for entry in (champion, challenger):
            shop.registry.add(entry.path)
        shop.registry.promote(champion.model, champion.version, by="test", why="")
        monkeypatch.setenv("PANDIAN_MODELS", str(shop.registry.root))
        monkeypatch.setenv("PANDIAN_BROKER", shop.address)
        name = str(challenger.reference)
        assert cli.run(["models", "shadow", name, "--share", "0.5", "--why", "try"]) == 0
        shop.worker.wait(
            lambda: (shop.worker.get("/v1/models")["challenger"] or {}).get("loaded"), "the challenger", 20
        )
        split = Split(name, 0.5)
        # Over HTTP and by topic, of which impressions are written in two ways.
        for number in range(0, USERS, 2):
            shop.worker.get(f"/v1/recommend/u{number}?k=3&time={NOW}")
        shop.ask(*[Request(f"tried-{n}", f"u{n}", 3, time=NOW) for n in range(1, USERS, 2)])
        wait_until(
            lambda: len(documents(shop, topics.IMPRESSIONS)) >= 3 * USERS,
            20,
            "impressions",
            0.2,
            shop.worker.log,
        )
        shown = documents(shop, topics.IMPRESSIONS)
        arms = {
            True: ("challenger", "item-to-item", "popularity"),
            False: ("champion", "popularity", "item-to-item"),
        }
        for one in shown:
            arm, own, other = arms[split.has(one["user_id"])]
            assert (one["trial"]["arm"], one["model"]) == (arm, own)
            assert one["trial"]["challenger"] == name
            assert one["shadow"] is None or (one["shadow"]["model"], 0 < one["shadow"]["score"] < 1) == (
                other,
                True,
            )
        scored = sum(one["shadow"] is not None for one in shown)
        assert scored > USERS  # a busy machine has no time for some
        answers = Counter(
            {key: shop.metric("pandian_shadow_total", outcome=key) for key in ("scored", "dropped")}
        )
        assert answers["scored"] == scored / 3
        assert sum(answers.values()) == USERS

        acted = [
            Interaction(one["user_id"], one["item_id"], "click", NOW + 5)
            for one in shown
            if not one["position"]
        ]
        # In every partition there is something later, so that each label is known.
        acted += [Interaction(f"u{number}", "item-0", "view", NOW + 100_000) for number in range(USERS)]
        acted.sort(key=lambda one: one.time)
        keys = [one.user_id.encode() for one in acted]
        produce(shop.address, topics.INTERACTIONS, map(encode, acted), keys=keys)
        wait_until(
            lambda: len(documents(shop, topics.FEEDBACK)) >= 3 * USERS, 20, "labels", 0.2, shop.worker.log
        )
        capfd.readouterr()
        assert cli.run(["models", "compare", "--json"]) == 0
        found = orjson.loads(capfd.readouterr().out)
        mine = sum(split.has(f"u{number}") for number in range(USERS))
        assert found["labels"] == {
            "paired": scored,
            "champion": 3 * (USERS - mine),
            "challenger": 3 * mine,
            "pages": 0,
        }
        assert (found["share"], found["verdict"]["outcome"], found["verdict"]["by"]) == (
            0.5,
            "undecided",
            "clicks",
        )
        assert found["clicks"]["champion"]["value"] == pytest.approx(1 / 3)
    finally:
        shop.close()
