"""The masker: shapes for values of masked types, tags for what is certainly personal in any text."""

from __future__ import annotations

import html
from collections.abc import Sequence

from pandian.semantics import PiiClass
from streams.inventory.masking import gates
from streams.inventory.masking.finders import Finder, finders
from streams.inventory.masking.shapes import SHAPES, outline
from streams.inventory.masking.tags import TAGS

#: How often a text is looked at while something is found in it.
_ROUNDS = 4


class ShapeMasker:
    """Masks personal values. Stateless: the same input always gives the same output, and nothing is kept.

    Implements :class:`streams.inventory.base.Masker`.
    """

    def value(self, text: str, semantic_type: str) -> str:
        """Mask one value of a masked type.

        Guarantees: at most 32 characters; no digit of the value; masking twice is masking once; the input
        itself comes back only when it is a mask already, also a tag. An empty text stays empty.
        """
        if text in TAGS:
            return text
        return SHAPES.get(semantic_type, outline)(text) if text else text

    def text(self, text: str) -> str:
        """Replace what is certainly personal in ``text`` by its tag, such as ``[email]``.

        Found are e-mail addresses (also written as HTML entities, or encoded for a URL), Chinese resident identity
        numbers and IBANs with valid check digits, Luhn-valid cards of known issuers, tokens and keys of well-known
        services, phone numbers with ``+`` that exist, and Chinese mobile numbers within a text or an address, see
        :mod:`.glued`. Linear in the text's length.
        """
        if "&#" in text:
            plain = html.unescape(text)
            masked = self._replace(plain)
            return text if masked == plain else masked
        return self._replace(text)

    def suspicious(self, texts: Sequence[str]) -> bool:
        """Tell for many texts at once whether :meth:`text` could change any of them; never no wrongly.

        About 10 ns for a text of 20 characters without long numbers and long words.
        """
        return gates.suspicious(texts)

    def found(self, text: str) -> PiiClass:
        """Return the most personal class of what :meth:`text` would replace; ``none`` when nothing."""
        plain = html.unescape(text) if "&#" in text else text
        classes = {finder.cls for finder in finders(plain) if any(finder.spans(plain))}
        return "sensitive" if "sensitive" in classes else "personal" if classes else "none"

    @staticmethod
    def _replace(text: str) -> str:
        # Again where something was found: two numbers side by side may look like one until one of them is gone.
        for _ in range(_ROUNDS):
            before = text
            for finder in finders(text):
                text = _tagged(text, finder)
            if text == before:
                break
        return text


def _tagged(text: str, finder: Finder) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in finder.spans(text):
        pieces += (text[done:start], f"[{finder.tag}]")
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text
