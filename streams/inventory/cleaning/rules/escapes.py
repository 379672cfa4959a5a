"""Texts that were escaped for HTML or for an address and never read back."""

from __future__ import annotations

import html
import re
from html.entities import html5

from streams.inventory.cleaning.base import Scalar, Signs, SparesOrdinary

#: With its semicolon: without it, ``a=1&copy=2`` would be one.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: Layers of escaping that are taken off in one go.
_LAYERS = 3


class HtmlEntities(SparesOrdinary):
    """Reads HTML's references: ``&amp;`` is ``&``, also where it was escaped twice."""

    name = "html"
    says = "unescaped from HTML"

    def suspects(self, signs: Signs) -> bool:
        """Look for a reference."""
        return "&" in signs.joined and _ENTITY.search(signs.joined) is not None

    def clean(self, text: str) -> Scalar:
        """Return the text with its references read."""
        for _ in range(_LAYERS):
            if "&" not in text:
                break
            text = _ENTITY.sub(_character, text)
        return text


def _character(match: re.Match[str]) -> str:
    found = match.group()
    return html.unescape(found) if found[1] == "#" or found[1:] in html5 else found


#: An escaped byte beyond ASCII. Only texts with those, all of them UTF-8, are surely escaped: ``100%25`` may not be.
_BEYOND = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_BARE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://|//|/|mailto:|data:")


class PercentEscapes(SparesOrdinary):
    """Reads ``%E8%A3%99`` as 裙. Addresses are left: there it is right."""

    name = "percent"
    says = "unescaped from the form that addresses need"

    def suspects(self, signs: Signs) -> bool:
        """Look for the escape of a byte beyond ASCII."""
        return "%" in signs.joined and _BEYOND.search(signs.joined) is not None

    def clean(self, text: str) -> Scalar:
        """Return the text with its escapes read, those of ``%`` itself excepted, or the text as it is."""
        if not _BEYOND.search(text) or not text.isascii() or " " in text:
            return text
        if _BARE.search(text) or _ADDRESS.match(text):
            return text
        try:
            return _ESCAPES.sub(_read, text)
        except UnicodeDecodeError:
            return text


def _read(match: re.Match[str]) -> str:
    run = bytes.fromhex(match.group().replace("%", ""))
    return run.decode().replace("%", "%25")
