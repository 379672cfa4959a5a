"""The canonical records of Pandian's own topics: what they hold, and how they are written as JSON.

All times are epoch milliseconds UTC. Identifiers are text; a number that identifies is its shortest decimal text
(``17850``, also for ``17850.0``). Keys beyond those named here may be added by others and are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from pandian.actions import Action

#: Longest identifier of a user or an item, in UTF-8 bytes. Longer ones are no identifiers.
MAX_ID_BYTES = 256
#: Texts, in small letters, that say that there is no identifier.
NO_IDS = frozenset(
    ("", "n/a", "na", "null", "(null)", "none", "nil", "nan", "undefined", "unknown", "-", "--", "?", "无", "無", "空")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of a source record, and the index within it of what was made from it."""

    topic: str
    topic_id: str
    """Hexadecimal UUID: a topic that is made again has another one."""
    partition: int
    offset: int
    index: int = 0


@dataclass(frozen=True, slots=True)
class Interaction:
    """Somebody did something with an item. On ``pandian.interactions``, keyed by user."""

    user_id: str
    item_id: str
    action: Action
    time: int
    weight: float = 1.0
    session_id: str | None = None
    source: Origin | None = None
    """None only for interactions that somebody else wrote to the topic."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of an item. On ``pandian.items``, keyed by item; the latest by ``time`` counts."""

    item_id: str
    name: str | None = None
    category: str | None = None
    brand: str | None = None
    price: float | None = None
    available: bool | None = None
    time: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks for recommendations. On ``pandian.requests``, keyed by user."""

    request_id: str
    user_id: str
    k: int = 10
    session: tuple[str, ...] = ()
    """Items of a visit that the stream may not know yet, oldest first; they come after the user's own history."""
    items: tuple[str, ...] = ()
    """When given: score and order exactly these items instead of the whole catalogue, seen or not."""
    filters: Mapping[str, Any] = field(default_factory=dict)
    time: int = 0
    """When it was asked; impressions bear this time. 0: now."""
    diversity: float = 0.0
    """How much less an item counts that is like one before it, 0 to 1. 0: not at all, the highest scores in order."""
    explain: bool = False
    """Whether the answer tells what moved the logit of each item."""


@dataclass(frozen=True, slots=True)
class ShadowScore:
    """What the other model of a pair says of an item that was shown. Nobody sees it."""

    model: str
    version: str
    score: float
    """Between 0 and 1, after the history that the answer was made from."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The experiment that an impression is part of: both models get shown."""

    champion: str
    """Model and version, such as ``sasrec@20260301-101500-3fa9c1``."""
    challenger: str
    arm: str
    """``champion`` or ``challenger``: whose the user is, whoever answered in the end; of an interleaved page: who
    drafted the item."""
    interleaved: bool = False
    """Whether the page is made of both models' items."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature gave to the logit of an item."""

    feature: str
    """Its name, such as ``popularity now`` or ``transitions expects``."""
    value: float
    """Of this item after this history. Shares, as what a model expects, are natural logarithms."""
    logit: float
    """How much higher the logit is by it than that of an average item; below 0: lower."""


@dataclass(frozen=True, slots=True)
class Recommended:
    """One item of an answer."""

    item_id: str
    score: float
    """Estimated probability that the user acts on it when it is shown, between 0 and 1."""
    sources: tuple[str, ...]
    """What proposed it, such as ``sasrec`` or ``popular``; ``text``: its name, as the model does not know it."""
    reason: str
    """One sentence for people."""
    team: str | None = None
    """Of an interleaved page: who drafted it, ``champion`` or ``challenger``; None: neither."""
    contributions: tuple[Contribution, ...] | None = None
    """What moved its logit, the largest first, five at most; None where nobody asked, or the model has no features."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The answer. On ``pandian.recommendations``, keyed by user; ``GET /v1/recommend/{user}`` answers the same."""

    request_id: str
    user_id: str
    model: str
    version: str
    time: int
    items: tuple[Recommended, ...]
    fallback: str | None
    """Why it is not what the model would say of this user; None when it is."""
    knows_until: int | None
    """Time of the newest interaction that this answer could know of; None when there is none at all."""
    latency_ms: float
    trial: Trial | None = None
    """The experiment that the user is part of, if any."""


@dataclass(frozen=True, slots=True)
class Impression:
    """An item was shown to somebody. On ``pandian.impressions``, keyed by user."""

    impression_id: str
    request_id: str
    user_id: str
    item_id: str
    position: int
    """Place in the list, from 0."""
    score: float
    model: str
    version: str
    time: int
    propensity: float | None = None
    shadow: ShadowScore | None = None
    """None where there is no challenger, or no time was left for it."""
    trial: Trial | None = None
    """None where only one model gets shown."""
    segments: Mapping[str, str] | None = None
    """What kind of impression it is, by the names of :mod:`pandian.segments`; None: not said."""


class Feedback(NamedTuple):
    """An impression whose attribution window is over. On ``pandian.feedback``, keyed by user.

    A tuple, as thousands of them are made a second: a frozen dataclass of so many fields takes six times as long.
    """

    impression_id: str
    user_id: str
    item_id: str
    label: int
    """1: acted on within the window; 0: not."""
    action: Action | None
    """Of such actions the one that says most."""
    score: float
    model: str
    version: str
    time: int
    """Of the impression."""
    matured_at: int
    """Event time at which it was known that the window is over."""
    shadow: ShadowScore | None = None
    """As the impression had it."""
    trial: Trial | None = None
    """As the impression had it."""
    request_id: str | None = None
    """As the impression had it; None: it had none."""
    position: int | None = None
    """As the impression had it; None: it had none."""
    propensity: float | None = None
    """As the impression had it; 0: it had one that is no chance, above 0 and at most 1."""
    segments: Mapping[str, str] | None = None
    """As the impression had it."""
    series: str = ""
    """Which count of its partition it belongs to: another one begins where the topics are made again."""
    place: int = 0
    """Which label of its series it is, from 1; one that was written twice, as by a crash, bears the same. 0: none."""
    arrived: int = 0
    """Broker time of the impression, epoch milliseconds: when it was shown, also where its own time is of a replay."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that moved in the same period as what an alert is about."""

    asset: str
    field: str
    before: str
    after: str
    evidence: str


#: What alerts are about. A runbook of each is in ``docs/runbooks``.
AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION, LABEL_FAMINE = (
    "auc-drop",
    "auc-drop-segment",
    "calibration",
    "label-famine",
)
DRIFT, SILENCE, QUALITY_FELL, EVENTS_OLD = "drift", "silence", "quality-fell", "events-old"
RETRAINING_FAILS = "retraining-fails"
#: Alerts about data; the others are about models.
DATA_KINDS = (DRIFT, SILENCE, QUALITY_FELL, EVENTS_OLD)
ALERT_KINDS = (AUC_DROP, AUC_DROP_SEGMENT, CALIBRATION, LABEL_FAMINE, RETRAINING_FAILS, *DATA_KINDS)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something needs a person. On ``pandian.alerts``, keyed by subject."""

    alert_id: str
    """The same from its beginning to its end."""
    kind: str
    state: str
    """``firing`` or ``resolved``."""
    subject: str
    evidence: str
    """The figures, in a sentence."""
    size: float
    since: int
    time: int
    text: str
    causes: tuple[Cause, ...] = ()
    runbook: str = ""


def encode(record: Any) -> bytes:
    """Return a record of this module as JSON."""
    return orjson.dumps(record, default=_document)


def _document(record: Any) -> dict[str, Any]:
    """Return a named tuple as an object: orjson asks, as it could be a list as well."""
    try:
        found: dict[str, Any] = record._asdict()
    except AttributeError:
        raise TypeError(f"{type(record).__name__} is no record") from None
    return found
