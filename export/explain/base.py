"""What a model says of its features: which there are, and how a logit is made of them.

A logit is ``mean(x) + ramp(mean(x)) * scorer(x)`` of an item's features ``x``. The first features are the logarithms of
what each of some sources expects of the item; ``mean`` is the weighted power mean of these shares, as a logit. The rest
is there of a model that orders its best items anew, and of those alone: ``scorer`` is a network of two layers, and
``ramp`` how far the mean is above that of the last of these items, 0 to 1.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

Floats = npt.NDArray[np.float64]

#: The file of an entry that holds it.
EXPLAINED = "explained.npz"
#: Names, within a graph, of what a source expects, the items ordered anew, and their features.
EXPECTED, CANDIDATES, KNOWN = "explained.expected.{}", "explained.candidates", "explained.known"
#: Added to shares, so that their logarithm is finite: what the features of the ranker are made with.
LEAST = 1e-9


@dataclass(frozen=True)
class Scorer:
    """Two layers with SiLU, and a product."""

    centre: Floats
    """What is taken from each feature [features]; an average candidate."""
    spread: Floats
    """By which it is divided then [features]."""
    first: tuple[Floats, Floats]
    """Weights [hidden, features] and offsets [hidden]."""
    second: tuple[Floats, Floats]
    last: Floats
    """Weights [hidden]."""
    reach: float
    """How much above the last candidate's logit all of it counts."""


@dataclass(frozen=True)
class Explained:
    """How a model's logits are made of features."""

    names: Sequence[str]
    """Of the features; the first are what each source expects."""
    weights: Sequence[float]
    """How much each source counts."""
    power: float
    """Of the mean."""
    sharpness: float
    """What the logarithm of the mean is multiplied by, times the power."""
    scorer: Scorer | None
    """None: a logit is the mean's."""

    def inner(self) -> list[str]:
        """Return the names that a graph gives these numbers, in the order in which its network returns them."""
        expected = [EXPECTED.format(number) for number in range(len(self.weights))]
        return expected if self.scorer is None else [*expected, CANDIDATES, KNOWN]

    def encode(self) -> bytes:
        """Return it as a file."""
        said = {"names": list(self.names), "power": self.power, "sharpness": self.sharpness}
        arrays = {"said": np.frombuffer(orjson.dumps(said), np.uint8), "weights": np.array(self.weights)}
        if (one := self.scorer) is not None:
            arrays |= {"centre": one.centre, "spread": one.spread, "last": one.last}
            arrays |= {"first": one.first[0], "first_offsets": one.first[1]}
            arrays |= {"second": one.second[0], "second_offsets": one.second[1], "reach": np.array(one.reach)}
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy takes the arrays for its own option
        return file.getvalue()

    @classmethod
    def decode(cls, data: bytes) -> Explained:
        """Return what a file holds.

        Raises:
            ValueError: when it holds something else.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            said = orjson.loads(found["said"].tobytes())
            scorer = None
            if "last" in found:
                first = (found["first"], found["first_offsets"])
                second = (found["second"], found["second_offsets"])
                reach = float(found["reach"])
                scorer = Scorer(found["centre"], found["spread"], first, second, found["last"], reach)
            names, weights = [str(name) for name in said["names"]], found["weights"].tolist()
            return cls(names, weights, float(said["power"]), float(said["sharpness"]), scorer)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"{EXPLAINED}: {type(error).__name__}") from error
