"""Texts that were written as UTF-8 and read as something else, undone where it is certain.

Latin encodings: ftfy (Speer, "ftfy", 2019), which asks how unlikely the text is as it stands. UTF-8 read as GBK is no
business of ftfy's and has a test of its own.
"""

from __future__ import annotations

import re

from ftfy import TextFixerConfig, fix_encoding

from streams.inventory.cleaning.base import Scalar, Signs, SparesOrdinary

#: The first byte of a UTF-8 sequence and a later one, read as Latin-1 or Windows-1252.
_LATIN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
#: What cannot be told for sure is left.
_CERTAIN = TextFixerConfig(replace_lossy_sequences=False, explain=False)

_HAN = re.compile("[\u4e00-\u9fff]")
_LEAST_HAN = 2


class Mojibake(SparesOrdinary):
    """Undoes wrong readings of UTF-8, as ``cafÃ©`` and ``涓枃``."""

    name = "mojibake"
    says = "read again in the encoding that they were written in"

    def suspects(self, signs: Signs) -> bool:
        """Look for pairs of signs that such a reading makes, and for Chinese characters beyond the common ones."""
        return bool(_LATIN.search(signs.rare)) or _beyond_gb2312(signs.rare)

    def clean(self, text: str) -> Scalar:
        """Return the text as it was meant, or as it is."""
        if text.isascii():
            return text
        if _LATIN.search(text):
            return str(fix_encoding(text, _CERTAIN))
        return _from_gbk(text)


def _from_gbk(text: str) -> str:
    """Undo reading UTF-8 as GBK.

    Certain is that when all of the text's bytes are UTF-8 of common Chinese characters, at least two, while the text
    itself has some that are not common: as it stands it would be rare, and so would be that its bytes fit by chance.
    """
    try:
        meant = text.encode("gb18030").decode()
        meant.encode("gb2312")
    except UnicodeError:
        return text
    return meant if len(_HAN.findall(meant)) >= _LEAST_HAN and _beyond_gb2312(text) else text


def _beyond_gb2312(text: str) -> bool:
    """Tell whether there is a Chinese character that GB2312, the common ones, lacks."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return _HAN.search(text) is not None
    return False
