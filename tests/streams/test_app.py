"""The Faust app: what stands in its way is said before anything starts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient

from pandian.errors import SettingError
from pandian.settings import load_settings
from streams.app import create_app
from tests.support.brokers import EmbeddedBroker
from tests.support.topics import create_topic, read_all


def test_a_data_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")

    with pytest.raises(
        SettingError, match=r"PANDIAN_DATADIR=.*cannot be made \(Not a directory\); name a folder"
    ):
        create_app(load_settings(broker="localhost:9092", datadir=file / "state"), durable=True)


async def test_what_waits_for_one_partition_is_written_together(
    embedded_broker: EmbeddedBroker,
    unique: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Twenty profiles, each larger than a batch of Faust's, need a few requests, not one each after the other."""
    topic, asked = unique("profiles"), 0
    create_topic(embedded_broker.address, topic)
    send = AIOKafkaClient.send

    async def counted(client: AIOKafkaClient, node: Any, request: Any, **more: Any) -> Any:
        nonlocal asked
        asked += type(request).__name__.startswith("Produce")
        return await send(client, node, request, **more)

    monkeypatch.setattr(AIOKafkaClient, "send", counted)
    app = create_app(load_settings(broker=embedded_broker.address, datadir=tmp_path), durable=False)
    async with app.producer:
        sends = [await app.producer.send(topic, b"k", bytes(40_000), 0, None, None) for _ in range(20)]
        await asyncio.gather(*sends)
    assert 1 <= asked <= 5
    assert len(read_all(embedded_broker.address, topic)) == 20
