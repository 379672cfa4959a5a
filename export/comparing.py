"""A challenger against the champion by their labels, and its promotion when the evidence is what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from export.promotion import Promotion, promote
from export.registry import Entry, ModelRegistry, UnknownModelError
from monitoring.experiments.labels import PairLabels
from monitoring.experiments.reading import read_feedback
from monitoring.experiments.rule import BETTER, Compared, Rule, compare
from pandian.errors import UsageError

if TYPE_CHECKING:
    from pandian.settings import Settings


@dataclass(frozen=True, slots=True)
class Pair:
    """Which two are compared, and since when they are."""

    champion: str
    """Model and version."""
    challenger: str
    since: int = 0
    """Epoch milliseconds: labels that were known before do not count."""
    share: float | None = None
    """Of users who get the challenger; None: not known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a comparison."""

    pair: Pair
    compared: Compared
    left_out: int
    """Labels beyond what is compared at most."""
    promotion: Promotion | None
    why: str
    """Why it was promoted, or why not; empty when nobody asked."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **self.compared.document(),
            "since": self.pair.since or None,
            "share": self.pair.share,
            "left_out": self.left_out,
            "promoted": self.promotion is not None,
            "announced": self.promotion.announced if self.promotion else None,
            "why": self.why,
        }


def pair_of(registry: ModelRegistry, names: tuple[str, ...]) -> Pair:
    """Return which pair is meant.

    Args:
        registry: says who is the champion, and who its challenger.
        names: two models; one, the challenger of the champion; none, the registry's challenger. Without a version the
            newest is meant.

    Raises:
        UsageError: when there is no champion or no challenger, or both are the same.
    """
    if len(names) == 2:
        first, second = (_full(registry, name) for name in names)
        return _different(Pair(first, second))
    champion = registry.champion()
    if champion is None:
        raise UsageError(
            registry.address, "has no champion to compare with", "name two models, or promote one"
        )
    if names:
        return _different(Pair(str(champion.reference), _full(registry, names[0])))
    challenger = registry.challenger()
    if challenger is None:
        raise UsageError(
            registry.address,
            "has no challenger to compare",
            "`pandian models shadow MODEL` makes one, or name the models",
        )
    return _different(
        Pair(str(champion.reference), str(challenger.reference), challenger.time, challenger.share)
    )


def weigh(
    registry: ModelRegistry, settings: Settings, pair: Pair, *, promoting: bool = False, by: str | None = None
) -> Outcome:
    """Compare a pair by the labels that there are, and promote the challenger if that is asked for and it is better.

    Args:
        registry: has both.
        settings: the broker that has the labels, and the rule (``PANDIAN_PROMOTE_*``).
        pair: which two.
        promoting: whether a better challenger becomes the champion.
        by: who does this; None: the user of this session.

    Raises:
        BrokerError, UsageError: when there are no labels to read.
        EntryError, RegistryError: when the challenger cannot be promoted.
    """
    labels = PairLabels(pair.champion, pair.challenger)
    read_feedback(settings, pair.since, labels.add)
    rule = Rule(settings.promote_labels, settings.promote_alpha, settings.promote_gain)
    compared = compare(pair.champion, pair.challenger, labels.table(), rule)
    if not promoting:
        return Outcome(pair, compared, labels.left_out, None, "")
    promotion, why = _promoted(registry, settings, compared, by)
    return Outcome(pair, compared, labels.left_out, promotion, why)


def _promoted(
    registry: ModelRegistry, settings: Settings, compared: Compared, by: str | None
) -> tuple[Promotion | None, str]:
    verdict = compared.verdict
    if verdict.outcome != BETTER:
        return None, verdict.text
    champion = registry.champion()
    if champion is None or str(champion.reference) != compared.champion:
        now = champion.reference if champion else "nothing"
        return None, f"{now} is the champion, not {compared.champion}: compare with that; {verdict.text}"
    entry = _entry(registry, compared.challenger)
    return promote(registry, entry, by=by, why=verdict.text, settings=settings, force=True), verdict.text


def _entry(registry: ModelRegistry, name: str) -> Entry:
    model, _, version = name.partition("@")
    return registry.entry(model, version)


def _full(registry: ModelRegistry, name: str) -> str:
    """Return model and version; what is named with its version need not be in the registry any more."""
    model, at, _ = name.partition("@")
    if at:
        return name
    newest = next((one for one in registry.entries() if one.model == model), None)
    if newest is None:
        raise UnknownModelError(
            repr(name), f"is no model of {registry.address}", "`pandian models list` shows what there is"
        )
    return str(newest.reference)


def _different(pair: Pair) -> Pair:
    if pair.champion == pair.challenger:
        raise UsageError(pair.challenger, "is the champion itself", "name a model to compare it with")
    return pair
