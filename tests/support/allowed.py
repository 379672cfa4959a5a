"""What a test lets be in an answer, told item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.features.table import Numbered


@dataclass(frozen=True)
class Where:
    """The items of which ``passes`` is true, as :class:`streams.recommend.base.Allowed`."""

    passes: Callable[[str], bool]

    def __call__(self, item_id: str) -> bool:
        return self.passes(item_id)

    async def mask(self, items: Numbered) -> npt.NDArray[np.bool_]:
        return np.array([self.passes(item) for item in items.items], np.bool_)


def _every(_: str) -> bool:
    return True


everything = Where(_every)
