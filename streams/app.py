"""Builds the faust.App from the settings: our transport, batched topics, small buffers, fast joins."""

from __future__ import annotations

from typing import Any

import faust

from pandian.errors import SettingError
from pandian.settings import Settings
from streams.transport.assignor import SpreadingAssignor
from streams.transport.connection import faust_credentials, faust_urls

#: Batches waiting for an agent. A batch is about 1 MB.
_BUFFERED_BATCHES = 4
#: Most bytes of one partition in one fetch.
_FETCH_BYTES = 1 << 20
#: Largest record we write: the inventory document of an asset with very many fields.
_REQUEST_BYTES = 8 << 20
#: Topics found later are subscribed after this long; Faust waits 45 s.
_RESUBSCRIBE_SECONDS = 0.5
_REQUEST_SECONDS = 20.0
#: What waits for one partition goes in one batch up to this size: of batches of a partition one is under way at a
#: time, and with Faust's 16 KB each profile and each document was one of its own. With 500 assets a checkpoint took
#: 2.3 s, and takes 0.9. Brokers take a megabyte by default.
_BATCH_BYTES = 512 << 10


class PandianApp(faust.App):
    """A Faust app that knows its settings, and which of its topics are read in batches."""

    def __init__(self, *args: Any, settings: Settings, **kwargs: Any) -> None:
        self.settings = settings
        self.batched_topics: set[str] = set()
        super().__init__(*args, **kwargs)


def create_app(settings: Settings, *, durable: bool) -> PandianApp:
    """Return an app for the broker in the settings.

    Args:
        settings: ``broker`` must be set, to the embedded broker's address if there is no other.
        durable: whether the broker keeps its topics. If not, tables stay in memory, as state that outlives its
            changelog would be wrong.

    Raises:
        SettingError: when the data folder cannot be made.
    """
    try:
        settings.datadir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"PANDIAN_DATADIR={settings.datadir}",
            f"this folder cannot be made ({error.strerror})",
            "name a folder that can be written",
        ) from error
    app = PandianApp(
        settings.group,
        settings=settings,
        broker=faust_urls(settings.bootstrap_servers),
        broker_credentials=faust_credentials(settings),
        broker_client_id="pandian",
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / 6,
        broker_request_timeout=max(_REQUEST_SECONDS, settings.session_seconds + 1),
        broker_max_poll_records=None,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=_FETCH_BYTES,
        consumer_metadata_max_age_ms=int(settings.discovery_seconds * 1000),
        producer_acks=-1,
        producer_max_batch_size=_BATCH_BYTES,
        producer_max_request_size=_REQUEST_BYTES,
        producer_request_timeout=_REQUEST_SECONDS,
        stream_buffer_maxsize=_BUFFERED_BATCHES,
        stream_wait_empty=False,
        topic_disable_leader=True,
        topic_replication_factor=settings.replication_factor,
        PartitionAssignor=SpreadingAssignor,
        store="rocksdb://" if durable else "memory://",
        datadir=settings.datadir,
        web_bind=settings.host,
        web_host=settings.host,
        web_port=settings.port,
        autodiscover=False,
    )
    app.topics._resubscribe_sleep_lock_seconds = _RESUBSCRIBE_SECONDS
    return app
