"""The story in acts: the first months, what is learnt from them, the rest, and what came of it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from export.registry import Entry, open_registry
from pandian.errors import PandianError
from pandian.events import AUC_DROP
from pandian.output import printable
from streams.demo.act_two import ActTwo
from streams.demo.acts import LEAST_LINES, wrong_lines
from streams.demo.alert_lines import AlertLines
from streams.demo.api import WorkerApi
from streams.demo.child import ReplayProcess
from streams.demo.model import Model
from streams.demo.notices import Notices
from streams.demo.outcome import DemoOptions, Outcome
from streams.demo.progress import Progress
from streams.demo.registry import promote
from streams.demo.screen import Scene, View
from streams.demo.training import TrainingProcess, retraining, training
from streams.demo.watching import Patience, check, records, shop_inventory
from streams.demo.wrong_import import REPAIRED, WORDS
from streams.worker import Worker

_LOOK_S = 0.2
_ASK_S = 1.0
#: So long a worker may take until a promoted model answers.
_PICK_UP_S = 20.0
#: So long labels that are due may stay out before the demo ends without them.
_LABELS_S = 8.0
#: So long nothing new may come to the interactions of the first months: then they are complete.
_QUIET_S = 1.5
#: So long there may be none at all before the demo goes on without.
_NONE_S = 20.0
_EXTRACT_S = 60.0
#: So long an alert may stay out before the demo goes on without.
_ALERT_S = 10.0
_EXAMPLE_ITEMS = 5


class Story:
    """One run, with everything that it needs running.

    Args:
        worker: Runs, on a broker without the shop's records.
        api: Of this worker.
        options: How much and how fast.
        lines: Order lines of the first months, and of all.
        models: The registry that the worker looks at.
        view: Shows what is going on.
        started: When the process started, on the monotonic clock.
    """

    def __init__(
        self,
        worker: Worker,
        api: WorkerApi,
        options: DemoOptions,
        lines: tuple[int, int],
        models: str,
        view: View,
        started: float,
    ) -> None:
        self._worker = worker
        self._api = api
        self._options = options
        self._lines = lines
        self._models = models
        self._view = view
        self._started = started
        self._progress = Progress(of=lines[1])
        self._model = Model()
        self._versions: list[Mapping[str, Any]] = []
        self._asked = 0.0
        self._open_s = 0.0
        self._first_inventory: float | None = None
        self._patience = Patience()
        self._notices = Notices(lines[1], view.say)
        self._alerts = AlertLines(view.say)
        self._second: ActTwo | None = None

    async def tell(self) -> Outcome:
        """Tell it all; return what came of it.

        Raises:
            PandianError: when worker, replay or broker do not work. Without a model the story goes on.
        """
        self._notices.open()
        await self._act(0, self._lines[0])
        await self._learn()
        if not self._options.wrong:
            self._notices.begin()
        if self._options.wrong and self._model.name:
            await self._wrong_import()
        else:
            await self._act(self._lines[0], self._lines[1], pages=True)
        await self._wait_for_labels()
        return await self._outcome()

    async def _wrong_import(self) -> None:
        """Let a catalogue import go wrong until an alert says so; repair it, and learn what came meanwhile."""
        first, end = self._lines
        wrong, right, learnt = wrong_lines(first, end)
        await self._act(first, wrong, pages=True)
        self._view.say(f"{self._seconds():5.1f} s  injected by this demo: {WORDS}")
        self._second = ActTwo(
            await self._act(wrong, right, pages=True, wrong=True), alerts=self._alerts.alerts
        )
        until = time.monotonic() + _ALERT_S
        while not self._alerts.is_firing(AUC_DROP) and time.monotonic() < until:
            await self._ask(now=True)
            await self._look("waiting for the alert")
        self._view.say(f"{self._seconds():5.1f} s  {REPAIRED}")
        self._second.repaired = await self._act(right, learnt, pages=True)
        self._second.retraining = time.time()
        await self._retrain(self._second)
        await self._act(learnt, end, pages=True)

    async def _retrain(self, second: ActTwo) -> None:
        """Train again, and let the new model answer where it is better; whatever fails is said."""
        try:
            with tempfile.TemporaryDirectory(prefix="pandian-demo-") as folder:
                settings, seconds = self._worker.settings, self._options.train_seconds
                child = retraining(settings, self._models, seconds, folder, self._model.name)
                found = await self._trained(child, "retraining on what the stream has")
        except PandianError as error:
            self._view.say(f"no retraining: {error}")
            return
        second.why = printable(str(found["why"]))
        self._view.say(f"{self._seconds():5.1f} s  retrained: {second.why}")
        if found["promoted"]:
            entry = open_registry(self._worker.settings).entry(found["model"], found["version"])
            await self._until_answering(entry)
            second.answers = time.time()

    async def _act(self, first: int, end: int, *, pages: bool = False, wrong: bool = False) -> float:
        """Replay order lines until all is counted; return when the first of them was sent, epoch seconds."""
        doing = "the shop is open, and shows pages" if pages else "the shop is open: the first months"
        began: float | None = None
        if first == end:
            return time.time()
        async with ReplayProcess(
            self._worker.settings,
            self._options.rate,
            (first, end),
            pages=pages,
            inject=pages and self._notices.injecting and not self._options.wrong,
            wrong=wrong,
            earlier=self._progress,
        ) as replay:
            while True:
                replay.check()
                self._progress = replace(replay.progress, of=self._lines[1])
                if began is None and replay.said.sent:
                    began = time.monotonic() - replay.said.seconds
                if replay.said.done and began is not None and self._is_counted():
                    break
                opening = "opening the shop" if not self._progress.sent else doing
                await self._look("counting the last records" if replay.said.done else opening)
        took = time.monotonic() - began
        self._open_s += took
        return time.time() - took

    def _is_counted(self) -> bool:
        lag = int(self._worker.status.status()["lag"] or 0)
        return records(self._inventory()) == self._progress.sent and not lag

    async def _learn(self) -> None:
        """Train on the first months and let the model answer; whatever fails is said, and the story goes on."""
        try:
            await self._train()
        except PandianError as error:
            self._model = replace(self._model, missing=str(error))
            self._view.say(f"no trained model: {error}. The worker serves the baselines that it keeps itself")

    async def _train(self) -> None:
        if not self._options.train_seconds:
            raise PandianError("--train-seconds 0", "asks for no training", "leave it out to train")
        if self._lines[0] < LEAST_LINES:
            raise PandianError(
                f"{self._lines[0]:,} order lines",
                f"is too little to learn from: {LEAST_LINES:,} are needed",
                "replay more, or leave out --limit",
            )
        await self._wait_for_interactions()
        with tempfile.TemporaryDirectory(prefix="pandian-train-", ignore_cleanup_errors=True) as folder:
            trained = Path(folder, "entry")
            child = training(self._worker.settings, trained, self._options.train_seconds)
            await self._trained(child, "training on the first months")
            entry = await asyncio.to_thread(promote, self._worker.settings, trained)
        await self._until_answering(entry)

    async def _trained(self, child: TrainingProcess, doing: str) -> Mapping[str, Any]:
        """Return what a training printed in the end.

        Raises:
            PandianError: it gave no model.
        """
        async with child:
            while not child.ended:
                await self._look(doing, training=child.said)
            child.check()
        return child.result

    async def _until_answering(self, entry: Entry) -> None:
        """Return when the worker answers with an entry.

        Raises:
            PandianError: when it has not picked it up in time.
        """
        until = time.monotonic() + _PICK_UP_S
        while not await self._answers(entry.model, entry.version):
            if time.monotonic() > until:
                raise PandianError(
                    f"{entry.model} {entry.version}",
                    f"was promoted, and the worker has not picked it up in {_PICK_UP_S:.0f} s",
                    "look at the worker's log lines above",
                )
            await self._look("promoting the model")
        self._model = Model(entry.model, entry.version, entry.card)

    async def _answers(self, model: str, version: str) -> bool:
        """Tell whether the worker answers with this version."""
        champion = ((await self._api.models()) or {}).get("champion") or {}
        return (champion.get("model"), champion.get("version")) == (model, version)

    async def _wait_for_interactions(self) -> None:
        """Return when the first months are interactions, all of them, and the serving side knows them."""
        last, since, began = -1, time.monotonic(), time.monotonic()
        while True:
            known, waiting = self._interactions()
            if known != last or waiting:
                last, since = known, time.monotonic()
            quiet = time.monotonic() - since
            if quiet > (_QUIET_S if known else _NONE_S):
                return
            if time.monotonic() - began > _EXTRACT_S:
                raise PandianError(
                    f"{known:,} interactions, and {waiting:,} records to go",
                    f"is how far extraction is after {_EXTRACT_S:.0f} s",
                    "look at the worker's log lines above",
                )
            await self._look("turning the first months into interactions")

    def _interactions(self) -> tuple[int, int]:
        """Return how many interactions are known, and how many records may still give some."""
        facts = self._worker.status.status()
        waiting = sum(int(facts.get(name) or 0) for name in ("extraction_lag", "interactions_lag"))
        return int(facts.get("interactions") or 0), waiting

    async def _wait_for_labels(self) -> None:
        """Return when every label that is due is known, or when no more come."""
        last, since = -1, time.monotonic()
        while True:
            await self._ask(now=True)
            labels = self._labels()
            if labels >= self._progress.due:
                return
            if labels != last:
                last, since = labels, time.monotonic()
            if time.monotonic() - since > _LABELS_S:
                self._view.say(f"{labels:,} of {self._progress.due:,} labels are known, and no more came")
                return
            await self._look("waiting for the last labels")

    async def _look(self, doing: str, *, training: str = "") -> None:
        """Show how far it is, and wait a moment."""
        check(self._worker)
        await self._ask()
        document = self._inventory()
        counted, progress, model = records(document), self._progress, self._live()
        self._view.show(
            Scene(
                doing=doing,
                seconds=self._seconds(),
                url=self._worker.url,
                progress=progress,
                counted=counted,
                rate=float(self._worker.status.status()["records_per_s"] or 0.0),
                document=document,
                model=model,
                training=training,
            )
        )
        if self._first_inventory is None and counted:
            self._first_inventory = self._seconds()
        self._notices.look(progress, document, self._seconds())
        self._patience.check(
            (counted, progress, model.labels, doing, training),
            f"{doing}, {counted:,} of {progress.sent:,} sent records are in the inventory",
        )
        await asyncio.sleep(_LOOK_S)

    async def _ask(self, *, now: bool = False) -> None:
        """Ask the worker how good the models are, at most once a second."""
        if not now and time.monotonic() - self._asked < _ASK_S:
            return
        found = await self._api.models()
        self._asked = time.monotonic()
        if found:
            self._versions = list(found.get("versions") or ())
        if self._options.wrong:
            self._alerts.look(await self._api.alerts(), self._seconds())

    def _live(self) -> Model:
        """Return the model that serves with what is known of it live; the worker's own where there is no other."""
        name = self._model.name
        for found in self._versions:
            if (found["model"], found["version"]) == (name, self._model.version):
                return replace(self._model, live=found)
        if name or not self._versions:
            return self._model
        return Model(
            self._versions[0]["model"],
            self._versions[0]["version"],
            {},
            self._versions[0],
            self._model.missing,
        )

    def _labels(self) -> int:
        """Return how many labels are known, of whichever model: some pages were scored by the fallback."""
        return sum(count for one in self._versions for count in one["labels"].values())

    def _inventory(self) -> dict[str, Any]:
        return shop_inventory(self._worker.follower.document())

    async def _outcome(self) -> Outcome:
        document, progress, model = self._inventory(), self._progress, self._live()
        self._notices.look(progress, document, self._seconds())
        example = await self._api.recommend(progress.customer, _EXAMPLE_ITEMS) if progress.customer else None
        return Outcome(
            inventory=document,
            records=records(document),
            records_per_s=records(document) / max(self._open_s, 1e-3),
            seconds=self._seconds(),
            first_inventory_s=self._seconds() if self._first_inventory is None else self._first_inventory,
            model=model,
            others=self._others(model),
            pages=progress.pages,
            labels=self._labels(),
            shown=progress.shown,
            due=progress.due,
            fallbacks=progress.fallbacks,
            example=example,
            names=self._names(example),
            announced=progress.injected,
            second=self._second,
            url=self._worker.url,
            broker=str(self._worker.settings.broker),
            embedded=self._worker.embedded is not None,
            models=self._models,
        )

    def _others(self, model: Model) -> list[Model]:
        served = [Model(one["model"], one["version"], {}, one) for one in self._versions]
        return [one for one in served if (one.name, one.version) != (model.name, model.version)]

    def _names(self, example: Mapping[str, Any] | None) -> dict[str, str]:
        sequences = self._worker.sequences
        items = [item["item_id"] for item in (example or {}).get("items", ())]
        return {item: sequences.catalogue.name(item) for item in items} if sequences else {}

    def _seconds(self) -> float:
        return time.monotonic() - self._started
