"""Values that stand out: outliers, impossible ones, texts that nobody meant. From what a profile holds, not per record.

Modules:
    outliers: numbers far outside of where most are.
    impossible: values that their meaning rules out.
    texts: keyboard mashing, repeated signs, trial rows, damaged characters.
"""

from streams.inventory.noise.impossible import impossible
from streams.inventory.noise.outliers import Outliers, outliers
from streams.inventory.noise.texts import NOISE, noise

__all__ = ["NOISE", "Outliers", "impossible", "noise", "outliers"]
