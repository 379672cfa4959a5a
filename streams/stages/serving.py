"""Recommendations of a serving worker: the champion, answers over HTTP, and the topic pair."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from export.registry import ModelRegistry, open_registry
from monitoring.serving import ServingMetrics
from pandian import topics
from pandian.events import Recommendation, Request, encode
from streams.recommend.answers import Answers
from streams.recommend.baseline import MODEL, VERSION
from streams.recommend.challenger import Challenger
from streams.recommend.champion import Champion
from streams.recommend.gate import Gate
from streams.recommend.introducing import Introducing
from streams.recommend.knowing import Knowing
from streams.recommend.loading import Loader
from streams.recommend.new_items import NewItems
from streams.recommend.requests import RequestError, decode
from streams.recommend.service import RecommendService
from streams.recommend.shadow import Given, Shadow
from streams.recommend.similar import Similar, SimilarItems
from streams.stages.asked import RequestsReader
from streams.stages.context import StageContext
from streams.stages.sequences import SequencesPart
from streams.stages.shown import ShownLog
from streams.transport.outbox import Outbox, Outgoing
from streams.transport.own_topics import ensure_own
from streams.worklog import logger

log = logger("serving")

#: Rejected requests are told in the log at most so often; all are counted.
_TOLD_SECONDS = 10.0
#: A larger answer is none: Kafka takes batches of up to 1 MB by default, and a request whose answer is refused would be
#: read again and again.
_LARGEST = 900_000
#: Portions of requests by topic that are answered at once; further ones wait for acknowledgements meanwhile. All that
#: are under way together would wait for each other past the deadline, and get the live baselines' answer.
_PORTIONS = 2


class ServingPart:
    """Answers from what the sequences part knows.

    Requests on ``pandian.requests`` are answered at least once; a repeat bears the same request id, and its impressions
    the same impression ids.
    """

    def __init__(self, context: StageContext, sequences: SequencesPart) -> None:
        self._context = context
        self._impressions = context.settings.impressions
        self._metrics = ServingMetrics(context.metrics.registry)
        self._metrics.knows(lambda: len(sequences.live.sequences), lambda: sequences.live.knows_until)
        self._metrics.read(lambda: sequences.live.outcomes)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        registry = open_registry(context.settings)
        self.champion = Champion(registry, self._thread, self._metrics.refused)
        self._metrics.refuses(lambda: self.champion.refused)
        self.challenger = self._follow_challenger(registry)
        self.new = NewItems(sequences.catalogue, self.champion, context.settings.new_items)
        self._metrics.places(lambda: self.new.count)
        introducing = Introducing(self.new, sequences.catalogue, context.settings.new_share)
        self.service = RecommendService(
            sequences.live,
            Answers(
                sequences.live,
                sequences.catalogue,
                self.champion,
                self.challenger,
                context.settings.deadline_ms / 1000,
                introducing,
            ),
            self.champion,
            self._metrics,
            challenger=self.challenger,
        )
        self.alike = SimilarItems(
            sequences.live,
            sequences.catalogue,
            self.champion,
            self._thread,
            context.settings.deadline_ms / 1000,
        )
        self.gate = Gate(context.settings.waiting_requests, lambda: self._metrics.rejected("overloaded"))
        self._outbox = Outbox(context.settings)
        self._forgetting = sequences.forgetting
        self._shadow = Shadow(self.champion, self.challenger, self._metrics.shadowed)
        self._shown = ShownLog(
            self._outbox, self._shadow, lambda item: sequences.catalogue.get(item).category
        )
        self._knowing = Knowing(sequences.live, self.champion)
        self._sequences = sequences
        self._requests = RequestsReader(context, self._is_ready, self._reply)
        self._turn = asyncio.Semaphore(_PORTIONS)
        self._told_at = -_TOLD_SECONDS

    def _follow_challenger(self, registry: ModelRegistry) -> Challenger:
        # A thread of its own: whatever it does, no answer of the champion waits for it.
        thread = ThreadPoolExecutor(1, thread_name_prefix="challenger")
        return Challenger(
            registry,
            Loader(registry, thread, self._metrics.refused, on_loop=False),
            self.champion,
            interleaving=self._context.settings.experiment == "interleave",
        )

    async def start(self) -> None:
        """Make the topics, and take the champion."""
        await ensure_own(self._context.admin, [topics.REQUESTS, topics.RECOMMENDATIONS, topics.IMPRESSIONS])
        await self._outbox.start()
        await self.champion.start()
        self._tell_who_answers()

    async def run(self) -> None:
        """Follow the registry, commit requests and write impressions until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_again_and_again(self._look))
            group.create_task(self._look_again_and_again(self._look_for_challenger))
            if self._context.settings.new_items and self._context.settings.new_share:
                group.create_task(self.new.run(self._context.settings.models_seconds))
            group.create_task(self._requests.run())
            group.create_task(self._shown.run())

    async def close(self) -> None:
        """Answer what was asked by topic, and write the last impressions."""
        await self._requests.close()
        await self._shown.flush()
        await self._outbox.stop()
        # The model's thread ends with the process: until the web server stops, somebody may still ask.

    async def answer(self, request: Request, *, shown: bool) -> Recommendation:
        """Return the answer to a request over HTTP.

        Args:
            request: what is asked.
            shown: whether the user gets to see it: then its impressions are written, unless the settings say no.
        """
        given = await self.service.given(request)
        if shown and self._impressions:
            self._shown.add(given)
        return given.answer

    async def similar(self, item_id: str, k: int, filters: Mapping[str, Any]) -> Similar:
        """Return items like another one.

        Raises:
            UnknownItemError: when nothing is known of it.
        """
        return await self.alike.of(item_id, k, filters)

    def user(self, user_id: str) -> list[dict[str, Any]]:
        """Return the interactions that are known of a user, oldest first; empty for one who is not known."""
        return self.service.user(user_id)

    async def forget(self, user_id: str) -> Mapping[str, Any]:
        """Forget a user on all workers.

        Raises:
            BrokerError: when that cannot be written.
        """
        return await self._forgetting.forget(user_id)

    def models(self) -> dict[str, Any]:
        """Return which model is the champion, which one answers here, and what was refused."""
        return self.service.models()

    async def _look_again_and_again(self, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self._context.settings.models_seconds)
            await look()

    def _is_ready(self) -> bool:
        return self._sequences.readiness()[0]

    async def _look(self) -> None:
        await self.champion.look()
        self._tell_who_answers()
        if self._is_ready():
            self._knowing.look()

    def _tell_who_answers(self) -> None:
        ranker = self.champion.ranker
        self._metrics.answers_now(*((ranker.model, ranker.version) if ranker else (MODEL, VERSION)))

    async def _look_for_challenger(self) -> None:
        await self.challenger.look()
        ranker = self.challenger.ranker
        self._metrics.challenges_now((ranker.model, ranker.version) if ranker else None)

    async def _reply(self, values: Sequence[bytes | None]) -> None:
        async with self._turn:
            answered = filter(None, await asyncio.gather(*map(self._answered, self._decoded(values))))
        records, given = self._records(answered)
        if not self._impressions:
            await self._outbox.send(records)
        elif not self._shadow.active:
            await self._outbox.send([*records, *await self._shown.records(given)])
        else:
            # Nobody waits for what the other model says.
            await self._outbox.send(records)
            await self._outbox.send(await self._shown.records(given))

    async def _answered(self, request: Request) -> Given | None:
        try:
            return await self.service.given(request)
        except Exception as error:  # noqa: BLE001 - one request must not stop those behind it
            self._reject("failed", f"an error of Pandian itself, {type(error).__name__}")
            return None

    def _decoded(self, values: Iterable[bytes | None]) -> Iterable[Request]:
        for value in values:
            try:
                yield decode(value)
            except RequestError as error:
                self._reject(error.code, str(error))

    def _reject(self, code: str, why: str) -> None:
        self._metrics.rejected(code)
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= _TOLD_SECONDS:
            self._told_at = now
            log.warning("a request on %s cannot be answered: %s", topics.REQUESTS, why)

    def _records(self, answered: Iterable[Given]) -> tuple[list[Outgoing], list[Given]]:
        """Return answers as records, and those of them that can be sent."""
        records, sent = [], []
        for one in answered:
            value = encode(one.answer)
            if len(value) > _LARGEST:
                self._reject("too-large", f"its answer has {len(value):,} bytes; ask for fewer items")
                continue
            records.append(Outgoing(topics.RECOMMENDATIONS, one.answer.user_id.encode(), value))
            sent.append(one)
        return records, sent
