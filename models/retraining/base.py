"""What is asked of a retraining, and what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from export.promotion import Promotion
from export.registry import Entry
from models.comparison import Comparison
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.data.shown import ShownItems
from models.totals import Totals
from models.training import TrainedModel

Said = Callable[[str], None]
Progress = Callable[[str, float], None]

#: Why it is begun.
HAND, ALERT, SCHEDULE = "hand", "alert", "schedule"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a retraining is begun."""

    what: str = HAND
    """``hand``, ``alert`` or ``schedule``."""
    alerts: tuple[str, ...] = ()
    """Ids of the alerts that it answers."""
    kind: str | None = None
    """Of the alert that it answers first."""
    since: int | None = None
    """Epoch milliseconds: since when the champion is not what it was, as that alert says."""

    @classmethod
    def of(cls, found: Any) -> Reason:
        """Return what a JSON value is; raises LookupError or TypeError when it is none."""
        return cls(found["what"], tuple(map(str, found["alerts"])), found["kind"], found["since"])


@dataclass(frozen=True, slots=True)
class ShadowWish:
    """How long a model that is better offline is tried out before it may answer."""

    minutes: float | None = None
    """At most; None: until the labels have said something."""
    labels: int | None = None
    """Labels that both models scored, after which it ends; they are also what the rule asks for at least. None: what
    ``PANDIAN_PROMOTE_LABELS`` asks for."""


@dataclass(frozen=True)
class Task:
    """What is asked for."""

    read: Callable[[], InteractionLog] = field(compare=False)
    """Reads all interactions there are."""
    config: TrainConfig
    """How to train; ``max_seconds`` holds for all but reading and trying out."""
    source: tuple[str, ...] = ()
    """Where interactions are read from, as it was named, and what tells a file from a later one."""
    names: Callable[[], Mapping[str, str] | None] = field(default=lambda: None, compare=False)
    """Reads names of items, as :func:`models.training.train` takes them."""
    labels: Callable[[], ShownItems | None] = field(default=lambda: None, compare=False)
    """Reads what was shown and acted on or not, as :func:`models.training.train` takes it."""
    items: str | None = None
    """Where names are read from, as it was named."""
    shadow: ShadowWish | None = None
    """None: what is better offline answers at once."""
    by: str | None = None
    """Who does this; None: the user of this session."""
    reason: Reason = Reason()
    dry_run: bool = False
    """Compare only; the registry stays as it is."""

    @property
    def digest(self) -> str:
        """Return what tells it from one that was asked for otherwise; for what reason and by whom does not matter."""
        shadow = self.shadow and asdict(self.shadow)
        asked = (self.config.model_dump(mode="json"), self.source, self.items, shadow)
        return hashlib.sha256(orjson.dumps(asked)).hexdigest()[:16]


@dataclass(frozen=True)
class Verdict:
    """Whether the new model is better than the champion."""

    better: bool
    why: str
    """In a sentence."""
    comparison: Comparison | None = None
    """Of NDCG@10 on what neither had seen; None without a champion."""
    unknown: float = 0.0
    """Share of the targets of the comparison that the champion's catalogue does not have: misses."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, found: Any) -> Verdict:
        """Return what :meth:`document` gave; raises LookupError or TypeError when it is something else."""
        compared = Comparison(**found["comparison"]) if found["comparison"] else None
        return cls(bool(found["better"]), str(found["why"]), compared, float(found["unknown"]))


@dataclass(frozen=True)
class Retraining:
    """What came of it."""

    champion: Entry | None
    """Which model answered before."""
    challenger: Entry | None
    """What was trained, where the registry has it; None when there was nothing new to learn, or in a dry run."""
    trained: TrainedModel | None
    """What was trained; its folder goes when the work is ended."""
    comparison: Comparison | None
    """Of NDCG@10 on what neither had seen; None without a champion."""
    unknown: float
    """Share of the targets of the comparison that the champion's catalogue does not have: misses."""
    promotion: Promotion | None
    """None when the champion stays."""
    why: str
    """In a sentence."""
    totals: Totals
    """What was read and kept."""
    seconds: float
    """Since it was begun here, or gone on with."""
    reason: Reason = Reason()
    shadowed: bool = False
    """Whether people decided, rather than the comparison alone."""
    resumed: str | None = None
    """The last step that was done before it was gone on with; None: it was begun here."""
