"""The champion changes without a failed request, and what cannot be trusted is refused while the old one serves on."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import onnx
import orjson
import pytest
from onnx import numpy_helper

from export.registry import Entry
from export.registry.remote import RemoteRegistry
from streams.recommend.champion import Champion
from tests.export import hostile
from tests.support import entries
from tests.support.clock import FakeClock
from tests.support.objects import PREFIX, store
from tests.support.served import Served


def placed(served: Served, entry: Entry) -> Path:
    """Put an entry into the registry and return its folder there, made changeable."""
    folder = served.registry.root / "entries" / entry.model / entry.version
    served.registry.add(entry.path)
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)
    return folder


def point(served: Served, model: str, version: str, **more: object) -> None:
    """Move the pointer as somebody does who does not look first."""
    pointer = {"model": model, "version": version, "previous": None, "time": 1, "by": "x", "why": "y"}
    (served.registry.root / "champion.json").write_bytes(orjson.dumps(pointer | more))


def answering(served: Served) -> str | None:
    return served.champion.ranker and served.champion.ranker.version


async def test_there_is_none_before_the_first_promotion(served, popular_entry) -> None:
    await served.champion.look()
    assert answering(served) is None
    assert served.champion.describe() == {"champion": None, "answers": None, "refused": []}
    await served.promote(popular_entry)
    described = served.champion.describe()
    assert described["champion"] | {"time": 0} == {
        "model": "popularity",
        "version": popular_entry.version,
        "time": 0,
        "by": "test",
        "why": "test",
    }
    assert described["answers"] == {"model": "popularity", "version": popular_entry.version}
    assert described["refused"] == []


async def test_a_swap_fails_no_request(served, popular_entry, next_entry, sequential_entry) -> None:
    served.know(("u", "item-1"), ("u", "item-2"))
    await served.promote(popular_entry)
    for entry in (next_entry, sequential_entry):
        served.registry.add(entry.path)
    stop, seen = asyncio.Event(), []

    async def ask_on() -> None:
        while not stop.is_set():
            answer = await served.ask("u")
            assert answer.fallback is None
            assert len(answer.items) == 10
            seen.append(answer.version)

    asking = [asyncio.ensure_future(ask_on()) for _ in range(3)]
    for entry in (next_entry, sequential_entry, popular_entry, next_entry):
        served.registry.promote(entry.model, entry.version, by="test", why="test")
        await served.champion.look()
        assert answering(served) == entry.version
        await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(*asking)
    assert set(seen) == {popular_entry.version, next_entry.version, sequential_entry.version}


async def test_the_one_before_is_kept_for_a_rollback(served, popular_entry, next_entry) -> None:
    await served.promote(popular_entry)
    before = served.champion.ranker
    await served.promote(next_entry)
    shutil.rmtree(placed(served, popular_entry))
    point(served, "popularity", popular_entry.version)
    await served.champion.look()
    assert served.champion.ranker is before


def truncated(folder: Path) -> None:
    os.truncate(folder / "model.onnx", 100)


def tampered(folder: Path) -> None:
    """Give every weight another value, and let the checksums agree."""
    graph = onnx.load(folder / "model.onnx")
    for tensor in graph.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.dtype == np.float32:
            tensor.CopyFrom(numpy_helper.from_array(weights * np.float32(0.9), tensor.name))
    hostile.forge(folder, "model.onnx", graph.SerializeToString())


def changed(folder: Path) -> None:
    graph = bytearray((folder / "model.onnx").read_bytes())
    graph[len(graph) // 2] ^= 1
    (folder / "model.onnx").write_bytes(graph)


def foreign_graph(folder: Path) -> None:
    hostile.forge(folder, "model.onnx", b"\x7fELF")


def newer(folder: Path) -> None:
    hostile.manifest(folder, format=99)


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


def other_items(folder: Path) -> None:
    hostile.forge(folder, "items.txt", b'"a"\n"b"\n')


SPOILT = [
    (truncated, "entry"),
    (changed, "entry"),
    (tampered, "parity"),
    (foreign_graph, "entry"),
    (other_items, "entry"),
    (newer, "newer"),
    (no_manifest, "entry"),
    (gone, "missing"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILT, ids=lambda value: getattr(value, "__name__", value))
async def test_what_cannot_be_trusted_is_refused_and_the_old_one_serves_on(
    served, popular_entry, sequential_entry, spoil, reason
) -> None:
    served.know(("u", "item-1"))
    await served.promote(popular_entry)
    spoil(placed(served, sequential_entry))
    point(served, sequential_entry.model, sequential_entry.version)
    for _ in range(3):
        await served.champion.look()
        answer = await served.ask("u")
        assert (answer.version, answer.fallback, len(answer.items)) == (popular_entry.version, None, 10)
    # Said and counted once, though it is looked at every second.
    assert served.counted.refusals == [reason]
    assert served.champion.refused == reason  # for as long as it is so
    described = served.champion.describe()
    assert described["champion"]["version"] == sequential_entry.version
    assert described["answers"]["version"] == popular_entry.version
    (refused,) = described["refused"]
    assert (refused["model"], refused["version"], refused["reason"]) == (
        sequential_entry.model,
        sequential_entry.version,
        reason,
    )
    assert "\n" not in refused["text"]


async def test_what_was_refused_is_taken_once_it_is_whole(served, popular_entry, next_entry) -> None:
    await served.promote(popular_entry)
    folder = placed(served, next_entry)
    graph = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(graph[:500])
    point(served, next_entry.model, next_entry.version)
    await served.champion.look()
    (folder / "model.onnx").write_bytes(graph)
    await served.champion.look()
    assert answering(served) == popular_entry.version  # half a minute of patience
    served.clock.advance(31)
    await served.champion.look()
    assert answering(served) == next_entry.version
    assert served.champion.describe()["refused"] == []


async def test_a_refusal_is_forgotten_when_another_is_named(served, popular_entry, next_entry) -> None:
    placed(served, popular_entry)
    point(served, "nobody", "20260101-000000-abcdef")
    await served.champion.look()
    assert served.champion.describe()["refused"][0]["reason"] == "missing"
    assert answering(served) is None
    # Not while it is one that a rollback would go to.
    await served.promote(popular_entry)
    assert served.champion.describe()["refused"][0]["model"] == "nobody"
    point(served, popular_entry.model, popular_entry.version)
    await served.champion.look()
    assert served.champion.describe()["refused"] == []


@pytest.mark.parametrize("pointer", [b"", b"{", b"[]", b'{"model": "popularity"}', b"\xff"])
async def test_a_pointer_that_is_none(served, popular_entry, pointer) -> None:
    await served.promote(popular_entry)
    (served.registry.root / "champion.json").write_bytes(pointer)
    for _ in range(2):
        await served.champion.look()
    assert answering(served) == popular_entry.version
    assert served.counted.refusals == ["registry"]
    assert served.champion.describe()["refused"][0]["model"] is None
    await served.champion.look()
    assert served.champion.refused == "registry"
    (served.registry.root / "champion.json").unlink()
    await served.champion.look()
    assert answering(served) == popular_entry.version


async def test_a_worker_that_starts_beside_a_spoilt_champion_takes_the_one_before(
    served, popular_entry, sequential_entry
) -> None:
    tampered(placed(served, sequential_entry))
    placed(served, popular_entry)
    gone_one = {"model": "item-to-item", "version": "20260101-000000-abcdef"}
    before = {"model": popular_entry.model, "version": popular_entry.version}
    point(served, sequential_entry.model, sequential_entry.version, previous=gone_one, earlier=[before])
    await served.champion.look()
    assert answering(served) == popular_entry.version
    assert served.counted.refusals == ["parity", "missing"]
    # It is no champion by that: both refusals are still shown.
    assert len(served.champion.describe()["refused"]) == 2


async def test_a_model_that_ends_in_an_error_of_its_own(served, popular_entry, monkeypatch) -> None:
    def fails(*_):
        raise MemoryError("of the model")

    monkeypatch.setattr("streams.recommend.loading.OnnxModel", fails)
    await served.promote(popular_entry)
    assert answering(served) is None
    assert served.counted.refusals == ["failed"]
    assert served.champion.describe()["refused"][0]["text"] == "MemoryError"


async def test_a_model_of_another_catalogue_answers_nobody(served, popular_entry, tmp_path) -> None:
    served.know(("u", "item-1"), ("u", "item-2"), ("v", "item-3"), ("v", "foreign-1"))
    foreign = entries.make_entry(tmp_path / "foreign", items=[f"foreign-{number}" for number in range(20)])
    await served.promote(foreign)
    answer = await served.ask("u")
    assert (answer.model, bool(answer.fallback)) == ("live", True)
    assert "foreign-7" not in {item.item_id for item in answer.items}
    # Whoever it knows something of, it answers.
    assert ((await served.ask("v")).model, served.counted.refusals) == ("popularity", [])


async def test_a_registry_elsewhere_that_is_away_and_back(
    tmp_path, thread, popular_entry, next_entry
) -> None:
    address, refusals = f"{PREFIX}{tmp_path}/registry", []
    owner = RemoteRegistry(address, tmp_path / "elsewhere")
    champion = Champion(RemoteRegistry(address, tmp_path / "here"), thread, refusals.append, FakeClock())
    for entry in (popular_entry, next_entry):
        owner.add(entry.path)
    owner.promote(popular_entry.model, popular_entry.version, by="test", why="test")
    await champion.look()
    assert champion.ranker.version == popular_entry.version
    with store(away=True):
        for _ in range(3):
            await champion.look()
        assert champion.ranker.version == popular_entry.version
        assert refusals == ["registry"]
        assert "cannot be used (ConnectionRefusedError" in champion.describe()["refused"][0]["text"]
    owner.promote(next_entry.model, next_entry.version, by="test", why="test")
    await champion.look()
    assert champion.ranker.version == next_entry.version
    assert champion.describe()["refused"] == []


async def test_a_worker_that_starts_while_the_registry_is_away(tmp_path, thread, popular_entry) -> None:
    address = f"{PREFIX}{tmp_path}/registry"

    def started(cache: str) -> Champion:
        return Champion(RemoteRegistry(address, tmp_path / cache), thread, lambda _: None, FakeClock())

    owner = RemoteRegistry(address, tmp_path / "elsewhere")
    owner.add(popular_entry.path)
    owner.promote(popular_entry.model, popular_entry.version, by="test", why="test")
    await started("here").look()
    with store(away=True):
        again, elsewhere = started("here"), started("nowhere")
        for champion in (again, elsewhere):
            await champion.look()
            assert champion.describe()["refused"][0]["reason"] == "registry"
        assert again.ranker.version == popular_entry.version
        assert elsewhere.ranker is None
    await again.look()
    assert again.describe()["refused"] == []
    assert again.describe()["answers"]["version"] == popular_entry.version


async def test_a_registry_that_does_not_answer_keeps_no_worker_from_starting(
    tmp_path, thread, popular_entry, next_entry, monkeypatch
) -> None:
    monkeypatch.setattr("streams.recommend.champion._PATIENCE_SECONDS", 0.05)
    address = f"{PREFIX}{tmp_path}/registry"
    owner = RemoteRegistry(address, tmp_path / "elsewhere")
    for entry in (popular_entry, next_entry):
        owner.add(entry.path)
    owner.promote(popular_entry.model, popular_entry.version, by="test", why="test")

    def started(cache: str) -> Champion:
        return Champion(RemoteRegistry(address, tmp_path / cache), thread, lambda _: None)

    await started("here").look()
    owner.promote(next_entry.model, next_entry.version, by="test", why="test")
    again, fresh = started("here"), started("nowhere")
    with store(slow=(answers := threading.Event())):
        await again.start()
        await fresh.start()
        assert again.ranker.version == popular_entry.version
        assert fresh.ranker is None
        answers.set()
        for champion in (again, fresh):
            await champion.look()
            assert champion.ranker.version == next_entry.version


async def test_it_is_followed(served, popular_entry) -> None:
    following = asyncio.ensure_future(served.champion.run(0.01))
    served.registry.add(popular_entry.path)
    served.registry.promote(popular_entry.model, by="test", why="test")
    async with asyncio.timeout(20):
        while answering(served) != popular_entry.version:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    following.cancel()
