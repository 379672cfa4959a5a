"""The steps of a retraining. What was done before a kill is not done again: the journal says what was decided."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from export.promotion import Promotion, promote
from export.registry import Entry, ModelRegistry, StrangeModelError
from export.registry.folders import sync
from export.registry.pointers import pointer_of
from export.runtime import OnnxModel
from models.calibration import LEAST
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.retraining import rule, work
from models.retraining.base import HAND, Progress, Reason, Retraining, Said, Task, Verdict
from models.retraining.kept import ENTRY, LOG, TEST, load_log, load_trained, save_log, save_test
from models.retraining.recalibrating import recalibrate, write_recalibrated
from models.retraining.trial import Shadowing, Trial
from models.retraining.work import Journal, Work
from models.totals import Totals
from models.training import TrainedModel, train
from pandian.events import CALIBRATION
from pandian.moments import moment
from pandian.settings import Settings
from pandian.who import current_user

#: Of the time that is given, what is kept for asking the champion.
_COMPARING = 0.1


def retrain(
    log: InteractionLog,
    config: TrainConfig,
    registry: ModelRegistry,
    settings: Settings,
    *,
    by: str | None = None,
    dry_run: bool = False,
    reason: Reason | None = None,
    said: Said = lambda _: None,
    progress: Progress = lambda *_: None,
    started: float | None = None,
    names: Mapping[str, str] | None = None,
) -> Retraining:
    """Train, compare with the champion on the newest period, and promote what is better: all at once, not resumable.

    Args:
        log: all interactions there are.
        config: how to train; ``max_seconds`` holds for all of this but reading.
        registry: has the champion, and gets what is trained, promoted or not.
        settings: the broker to announce a promotion at, if one is set.
        by: who does this; None: the user of this session.
        dry_run: compare only; the registry stays as it is.
        reason: why it is begun; None: by hand.
        said: is told, in a line each, what a person should know.
        progress: is told what is under way, and the share of it that is done.
        started: of ``time.monotonic``, when ``config.max_seconds`` began to run; None: now.
        names: of items, as :func:`models.training.train` takes them.

    Raises:
        EntryError: when the champion is not what was added, or what was trained cannot be exported.
        DataError, TrainingError: as :func:`models.training.train`.
        RegistryError: when the registry cannot be read or written.
    """
    task = Task(lambda: log, config, names=lambda: names, by=by, dry_run=dry_run, reason=reason or Reason())
    with tempfile.TemporaryDirectory(prefix="pandian-retrain-") as folder:
        place = Work(Path(folder))
        found = Steps(task, place, registry, settings, said=said, progress=progress, started=started).run()
        place.clear()
    return found


class Steps:
    """One retraining, begun or gone on with.

    Args:
        task: what is asked for.
        place: remembers what is done; the caller holds it, and ends it when the outcome is told.
        registry: has the champion, and gets what is trained, promoted or not.
        settings: the broker to announce a promotion at, if one is set.
        said: is told, in a line each, what a person should know.
        progress: is told what is under way, and the share of it that is done.
        check: is called before the registry is changed; raises when we may not.
        started: of ``time.monotonic``, when the training's ``max_seconds`` began to run; None: now.
    """

    def __init__(
        self,
        task: Task,
        place: Work,
        registry: ModelRegistry,
        settings: Settings,
        *,
        said: Said = lambda _: None,
        progress: Progress = lambda *_: None,
        check: Callable[[], None] = lambda: None,
        started: float | None = None,
    ) -> None:
        self._task = task
        self._place = place
        self._registry = registry
        self._settings = settings
        self._said = said
        self._progress = progress
        self._check = check
        self._started = time.monotonic() if started is None else started

    def run(self, *, again: bool = False) -> Retraining:
        """Do all that is not done yet.

        Args:
            again: tell also of one that was done and not ended: nobody may have been told of it.

        Raises:
            EntryError: when the champion is not what was added, or what was trained cannot be exported.
            DataError, TrainingError: as :func:`models.training.train`; PandianError: as ``task.read``.
            RegistryError: when the registry cannot be read or written, or ``check`` says that another one is at it.
            WorkError: when the folder cannot be read or written.
        """
        journal = self._begun(again=again)
        resumed = journal.last
        if resumed:
            self._said(f"going on after '{resumed}' with the retraining that began {moment(journal.began)}")
        champion = self._entry(journal.champion)
        decided = work.COMPARED in journal.steps
        # A champion that cannot answer here is found before time is spent on training.
        model = OnnxModel(champion) if champion and not decided else None
        calibrated = self._calibrated(journal, champion)
        if calibrated is not None:
            return self._done(calibrated)
        log = self._read(journal)
        outcome = Retraining(
            champion, None, None, None, 0.0, None, "", Totals.of(log), 0.0, journal.reason, resumed=resumed
        )
        if champion and not decided and not rule.has_news(log, champion):
            return self._done(replace(outcome, why=rule.nothing_new(log, champion)))
        trained = self._trained(journal, log, champion)
        verdict = self._compared(journal, trained, model)
        outcome = replace(outcome, trained=trained, comparison=verdict.comparison, unknown=verdict.unknown)
        if self._task.dry_run:
            return self._done(replace(outcome, why=verdict.why))
        challenger = self._registered(journal, trained, verdict)
        verdict = rule.unless_replaced(verdict, journal.champion, challenger.reference, self._registry)
        tried = self._tried(journal, challenger, verdict)
        if tried is not None:
            verdict = rule.unless_replaced(
                replace(verdict, better=tried.better, why=tried.why),
                journal.champion,
                challenger.reference,
                self._registry,
            )
        promotion = None
        try:
            promotion = self._promoted(journal, challenger, verdict)
        except StrangeModelError as refused:
            verdict = replace(verdict, better=False, why=str(refused))
        outcome = replace(
            outcome, challenger=challenger, promotion=promotion, why=verdict.why, shadowed=tried is not None
        )
        return self._done(outcome)

    def _begun(self, *, again: bool) -> Journal:
        pointer = self._registry.champion()
        champion = str(pointer.reference) if pointer else None
        found = self._place.pending(self._registry.address, self._task, champion, self._said, again=again)
        return found or self._place.begin(self._registry.address, self._task, champion)

    def _entry(self, name: str | None) -> Entry | None:
        if name is None:
            return None
        model, _, version = name.partition("@")
        return self._registry.entry(model, version)

    def _calibrated(self, journal: Journal, champion: Entry | None) -> Retraining | None:
        """Let the champion's own labels give it other probabilities, where that is what is wrong and it helps.

        Not remembered as a step: it takes a moment, and once it is promoted another one is the champion.
        """
        if journal.reason.kind != CALIBRATION or journal.steps or champion is None or self._task.dry_run:
            return None
        shown = self._task.labels()
        found = recalibrate(champion, shown, journal.reason.since) if shown else None
        why = (
            found.why
            if found
            else f"of what it showed there are fewer than {2 * LEAST} labels of either kind"
        )
        outcome = Retraining(
            champion, None, None, None, 0.0, None, why, Totals(0, 0, 0, 0), 0.0, journal.reason
        )
        if found is None or not found.likelihood.better:
            if journal.reason.what == HAND:
                return outcome
            self._said(f"{champion.reference}: {why}")
            return None
        with tempfile.TemporaryDirectory(prefix="pandian-calibrated-") as folder:
            written = write_recalibrated(champion, found, Path(folder, ENTRY))
            self._check()
            entry = self._registry.add(written.path, by=self._task.by or current_user(), why=why)
        self._check()
        # Its items are those of the champion: to refuse them would leave the same model, with wrong probabilities.
        promotion = promote(
            self._registry, entry, by=self._task.by, why=why, settings=self._settings, force=True
        )
        return replace(outcome, challenger=entry, promotion=promotion)

    def _read(self, journal: Journal) -> InteractionLog:
        if work.READ in journal.steps:
            return load_log(self._place.folder)
        log = self._task.read().distinct()
        if not self._task.dry_run:
            save_log(self._place.folder, log)
            sync(self._place.folder / LOG)
        self._place.done(work.READ, interactions=len(log))
        return log

    def _trained(self, journal: Journal, log: InteractionLog, champion: Entry | None) -> TrainedModel:
        folder = self._place.folder
        if work.TRAINED in journal.steps:
            return load_trained(folder, log)
        self._place.clear_entry()
        config = rule.newest(log, self._config(champion), champion, journal.reason.since)
        trained = train(
            log,
            config,
            folder / ENTRY,
            said=self._said,
            progress=self._progress,
            started=self._started,
            names=self._task.names(),
            labels=self._task.labels(),
            before=champion.card if champion else None,
        )
        save_test(folder, trained)
        sync(folder / TEST)
        self._place.done(work.TRAINED, model=trained.entry.model, version=trained.entry.version)
        return trained

    def _config(self, champion: Entry | None) -> TrainConfig:
        config = self._task.config
        changed: dict[str, object] = {}
        if config.max_seconds is not None and champion:
            changed["max_seconds"] = config.max_seconds * (1 - _COMPARING)
        if config.sasrec.checkpoints is None and not self._task.dry_run:
            kept = config.sasrec.model_copy(update={"checkpoints": self._place.checkpoints})
            changed["sasrec"] = kept
        return config.model_copy(update=changed)

    def _compared(self, journal: Journal, trained: TrainedModel, champion: OnnxModel | None) -> Verdict:
        if work.COMPARED in journal.steps:
            return Verdict.of(journal.steps[work.COMPARED])
        verdict = rule.judge(trained, champion, self._progress)
        self._place.done(work.COMPARED, **verdict.document())
        return verdict

    def _registered(self, journal: Journal, trained: TrainedModel, verdict: Verdict) -> Entry:
        if work.REGISTERED in journal.steps:
            return self._registry.entry(trained.entry.model, trained.entry.version)
        self._check()
        # What is there already is not added again.
        entry = self._registry.add(trained.entry.path, by=self._task.by or current_user(), why=verdict.why)
        self._place.done(work.REGISTERED, model=entry.model, version=entry.version)
        return entry

    def _tried(self, journal: Journal, challenger: Entry, verdict: Verdict) -> Trial | None:
        """Let people decide where that is asked for; None where it is not, or there is nothing to decide."""
        wish, champion = self._task.shadow, journal.champion
        if wish is None or champion is None or not (verdict.better or work.TRIED in journal.steps):
            return None
        trial = Shadowing(
            self._registry, self._settings, wish, by=self._task.by, said=self._said, check=self._check
        )
        if work.TRIED in journal.steps:
            found = Trial(**journal.steps[work.TRIED])
        else:
            found = self._watched(journal, trial, challenger, verdict, champion)
            self._place.done(work.TRIED, **asdict(found))
        if not found.better:
            self._check()
            trial.end(challenger, found.why)
        return found

    def _watched(
        self, journal: Journal, trial: Shadowing, challenger: Entry, verdict: Verdict, champion: str
    ) -> Trial:
        if work.SHADOW not in journal.steps:
            self._check()
            refused = trial.begin(challenger, verdict.why)
            if refused:
                return Trial(better=False, why=refused)
            self._place.done(work.SHADOW)
        self._progress("in shadow", 0.0)
        return trial.watch(challenger, champion)

    def _promoted(self, journal: Journal, challenger: Entry, verdict: Verdict) -> Promotion | None:
        if work.PROMOTED in journal.steps:
            known = journal.steps[work.PROMOTED]
            return Promotion(pointer_of(known["pointer"]), known["announced"], known["trouble"])
        if not verdict.better:
            return None
        self._check()
        # One that is the champion already, of before a kill, stays so; that is announced, as nobody may have been told.
        found = promote(
            self._registry,
            challenger,
            by=self._task.by,
            why=verdict.why,
            settings=self._settings,
            force=work.TRIED in journal.steps,  # people decided, whatever items it knows
        )
        if found.warning:
            self._said(found.warning)
        self._place.done(work.PROMOTED, **asdict(found))
        return found

    def _done(self, outcome: Retraining) -> Retraining:
        outcome = replace(outcome, seconds=time.monotonic() - self._started)
        self._place.done(work.DONE, why=outcome.why)
        return outcome
