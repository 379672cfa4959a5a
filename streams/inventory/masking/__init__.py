"""Masking: what is personal leaves the counting code only as a shape that shows nobody.

:class:`~streams.inventory.masking.masker.ShapeMasker` implements :class:`streams.inventory.base.Masker`.
``shapes`` turns one value of a masked type into its shape; ``finders`` finds what is certainly personal
inside any text, ``glued`` mobile numbers that stand against other signs; ``gates`` tells for thousands of texts at once
whether a finder could find anything.
:class:`~streams.inventory.masking.keyed.KeyedMasker` has a secret besides, for fields that are compared.
"""

from streams.inventory.masking.keyed import KeyedMasker
from streams.inventory.masking.masker import ShapeMasker

__all__ = ["KeyedMasker", "ShapeMasker"]
