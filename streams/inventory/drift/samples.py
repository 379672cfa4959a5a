"""The few values that are kept of a field to make bins of: none that masking would change, none that is long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.inventory.base import Masker
from streams.inventory.profile.admission import writable
from streams.inventory.profile.numerals import number_texts

#: A value as it is compared: booleans are the texts ``true`` and ``false``.
Scalar = str | int | float
#: Stands for a value that is not kept. No value is blank.
UNLISTED = ""
#: Longer texts are no values to list.
_LONGEST = 64
#: Greater numbers are no quantities, and JSON readers do not take them.
_LARGEST = 2**63


def spelled(value: bool) -> str:
    """Return a boolean as it is compared."""
    return "true" if value else "false"


def samples_of(values: Sequence[Any], masker: Masker) -> list[Scalar]:
    """Return as many samples as there are values, in their order; :data:`UNLISTED` for those that are not kept."""
    samples: list[Scalar] = [_bounded(value) for value in values]
    texts = [sample if isinstance(sample, str) else number_texts([sample])[0] for sample in samples]
    if masker.suspicious(texts):
        return [
            sample if masker.text(text) == text else UNLISTED
            for sample, text in zip(samples, texts, strict=True)
        ]
    return samples


def _bounded(value: Any) -> Scalar:
    if isinstance(value, bool):
        return spelled(value)
    if isinstance(value, str):
        return value if len(value) <= _LONGEST and writable(value) is value else UNLISTED
    number: int | float = value
    return number if abs(number) < _LARGEST else UNLISTED
