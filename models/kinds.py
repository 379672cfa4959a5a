"""All kinds of models, and how much of the time each may take."""

from __future__ import annotations

from dataclasses import dataclass

from models.base import Recommender
from models.ease.model import Ease
from models.item_to_item import ItemToItem
from models.lightgcn.model import LightGCN
from models.popularity import Popularity
from models.repeats.model import Repeats
from models.sasrec.model import SASRec
from models.sessions.model import SessionNeighbours
from models.towers.model import TwoTower
from models.transitions.model import Transitions
from models.trending.model import Trending


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model, among others."""

    make: type[Recommender]
    share: float = 1.0
    """Of the time that is left, it may take so much when others are to learn after it."""
    least_s: float = 0.0
    """Beside others it is not begun with less than so many seconds."""
    alone: bool = False
    """Whether it can learn when nobody has two interactions."""
    named: bool = False
    """Whether it learns only where it is asked for by its name: others are as good in less time."""

    @property
    def kind(self) -> str:
        """Return its name in cards and on the command line."""
        return self.make.kind


#: Each but the blend, from the simplest on; those that learn by steps come last.
KINDS: tuple[Kind, ...] = (
    Kind(Popularity, alone=True),
    Kind(Trending, alone=True),
    Kind(Repeats, least_s=0.1),
    Kind(ItemToItem, alone=True),
    Kind(Transitions, least_s=0.5),
    Kind(SessionNeighbours, least_s=0.5),
    Kind(Ease, share=0.3, least_s=10.0),
    Kind(TwoTower, share=0.3, least_s=30.0),
    Kind(LightGCN, named=True),
    Kind(SASRec, share=0.7, least_s=1.0),
)
#: Those that ``auto`` compares, and that blend and ranker are made of.
TRIED = tuple(kind for kind in KINDS if not kind.named)
#: What every model is compared with.
BASELINES = (Popularity.kind, ItemToItem.kind)
