"""Asking for the scores of pages: every page gets its answer, or it is said that it does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import orjson
import pytest
from kafka import KafkaConsumer, KafkaProducer

from pandian.errors import PandianError
from pandian.settings import load_settings
from pandian.topics import INTERACTIONS, RECOMMENDATIONS, REQUESTS
from streams.demo.asking import KafkaAnswers
from streams.demo.pages import Page
from streams.transport.partitioning import partition_of
from tests.support import topics
from tests.support.brokers import embedded_broker

PAGES = [Page(f"run-{n}", str(n), ("a", "b"), (), 1_000) for n in range(20)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with embedded_broker() as broker:
        for name, partitions in ((INTERACTIONS, 8), (REQUESTS, 3), (RECOMMENDATIONS, 5)):
            topics.create_topic(broker.address, name, partitions)
        yield broker.address


class Clock:
    """Goes on by so many seconds whenever it is looked at."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def answering(address: str) -> Iterator[list[dict[str, object]]]:
    """Answers each request when it comes for the second time; gives the requests that came."""
    came: list[dict[str, object]] = []
    stop = threading.Event()
    consumer = KafkaConsumer(REQUESTS, bootstrap_servers=address, group_id=None, auto_offset_reset="earliest")
    producer = KafkaProducer(bootstrap_servers=address)

    def answer() -> None:
        seen: set[str] = set()
        while not stop.is_set():
            for records in consumer.poll(timeout_ms=50).values():
                for record in records:
                    request = orjson.loads(record.value)
                    came.append({**request, "partition": record.partition, "key": record.key})
                    if request["request_id"] in seen:
                        told = {"request_id": request["request_id"], "items": [], "fallback": None}
                        producer.send(RECOMMENDATIONS, orjson.dumps(told))
                    seen.add(request["request_id"])
            producer.flush()

    thread = threading.Thread(target=answer)
    thread.start()
    yield came
    stop.set()
    thread.join()
    consumer.close()
    producer.close()


def test_every_page_gets_its_answer_and_is_asked_again_when_none_comes(
    address: str, answering: list[dict[str, object]]
) -> None:
    topics.produce(address, RECOMMENDATIONS, [{"request_id": "somebody-else", "items": [], "fallback": None}])
    answers = KafkaAnswers(load_settings(broker=address), Clock(0.3))
    assert answers.partitions == 8
    found = answers.ask(PAGES)
    assert answers.ask([]) == {}
    answers.close()
    assert found.keys() == {page.request_id for page in PAGES}
    for page in PAGES:
        requests = [one for one in answering if one["request_id"] == page.request_id]
        assert len(requests) >= 2
        for request in requests:
            assert (request["user_id"], request["items"]) == (page.user_id, list(page.items))
            assert request["partition"] == partition_of(page.user_id.encode(), 3)


def test_a_worker_that_never_answers_is_told(address: str) -> None:
    answers = KafkaAnswers(load_settings(broker=address), Clock(15.0))
    with pytest.raises(PandianError, match=r"20 of 20 requests for recommendations: got no answer"):
        answers.ask([page._replace(request_id=f"mute-{page.request_id}") for page in PAGES])
    answers.close()


def test_a_broker_without_the_topics_is_told() -> None:
    with embedded_broker() as broker, pytest.raises(PandianError, match=r"pandian\.requests: must be there"):
        KafkaAnswers(load_settings(broker=broker.address))
