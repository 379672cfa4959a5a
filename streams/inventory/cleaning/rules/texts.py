"""Rules for any text: white space, signs that nobody sees, full-width letters, marks of spreadsheets, "no value"."""

from __future__ import annotations

import re
import unicodedata

from streams.inventory.cleaning.base import Scalar, Signs, SparesOrdinary
from streams.inventory.profile.missing import NOTHING, is_spelled_missing

_SPACES = re.compile(r"\s+")
_WIDE_SPACES = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class Whitespace(SparesOrdinary):
    """Takes blanks off both ends, makes one blank of several, and one line break of what holds a line break."""

    name = "whitespace"
    says = "rid of blanks around and of repeated ones"

    def suspects(self, signs: Signs) -> bool:
        """Look for two blanks in a row, one beside a border, one that is no space."""
        if signs.loose_blanks or signs.controls:
            return True
        return _WIDE_SPACES.search(signs.rare) is not None

    def clean(self, text: str) -> Scalar:
        """Return the text with single blanks and line breaks only."""
        return _SPACES.sub(_one, text.strip())


def _one(match: re.Match[str]) -> str:
    run = match.group()
    return "\n" if "\n" in run or "\r" in run else " "


#: Controls that are no white space, the byte order mark, what has no width, directions; no joiners, which mean
#: something in emoji and in Indic scripts.
_WIDE_CONTROLS = (
    "\x80-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
)
_INVISIBLE = re.compile(f"[\x00-\x08\x0e-\x1b\x7f{_WIDE_CONTROLS}]")
_LONE = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII = re.compile(f"[{_WIDE_CONTROLS}\ud800-\udfff]")


class Invisible(SparesOrdinary):
    """Takes out signs that nobody sees, and puts U+FFFD for halves of signs that no encoding can write."""

    name = "invisible"
    says = "rid of control characters and other signs that nobody sees"

    def suspects(self, signs: Signs) -> bool:
        """Look for such signs, and for marks inside the texts."""
        if signs.controls:
            return True
        return _BEYOND_ASCII.search(signs.rare) is not None

    def clean(self, text: str) -> Scalar:
        """Return the text without them."""
        return _LONE.sub("\ufffd", _INVISIBLE.sub("", text))


#: Letters, digits and the signs of numbers and codes are what they are at any width. Commas, stops and brackets
#: of full width are right in Chinese and Japanese.
_ALWAYS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_ALWAYS |= {ord(sign): ord(sign) - 0xFEE0 for sign in "％＋／＝＿＠＃＆＊＄"} | {0x3000: 0x20}
_EVERY = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5, 0xFFE1: 0xA3}
_WIDE = re.compile("[\uff01-\uff5e\u3000\uffe5\uffe1]")
#: Among these are all that may join with what stands before them, which may be ASCII.
_MAY_COMPOSE = re.compile(
    "[\u0300-\u1fff\u20d0-\u20ff\u3099\u309a\ua66f-\uabff\ufb00-\ufe2f\U00010000-\U0010ffff]"
)
_CJK = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")


class Width(SparesOrdinary):
    """Makes full-width letters and digits plain ones, and composes what was written in parts (Unicode's NFC).

    Full-width punctuation is changed only in texts without Chinese, Japanese and Korean characters.
    """

    name = "width"
    says = "written with letters and digits of ordinary width, accents composed"

    def suspects(self, signs: Signs) -> bool:
        """Look for signs of full width and for decomposed ones."""
        if not signs.rare:
            return False
        if _WIDE.search(signs.rare) or not unicodedata.is_normalized("NFC", signs.rare):
            return True
        return bool(_MAY_COMPOSE.search(signs.rare)) and not unicodedata.is_normalized("NFC", signs.joined)

    def clean(self, text: str) -> Scalar:
        """Return the text in ordinary width."""
        if text.isascii():
            return text
        if _WIDE.search(text):
            chinese = _CJK.search(text) is not None
            text = text.translate(_ALWAYS if chinese else _EVERY)
            text = _INSIDE.sub(_narrow, text)
        return unicodedata.normalize("NFC", text)


#: Of full width inside a number or a code: ``１．９``.
_INSIDE = re.compile("(?<=[0-9A-Za-z])[．－](?=[0-9A-Za-z])")


def _narrow(match: re.Match[str]) -> str:
    return chr(ord(match.group()) - 0xFEE0)


#: "'00123" and "=""00123""", so that a spreadsheet keeps the zeros; the years "'90s" and "rock 'n' roll" stay.
_KEPT_AS_TEXT = re.compile(r"'(\+?[0-9][0-9A-Z+./ ()-]{1,60})|=\"([^\"]{1,200})\"")


class Spreadsheet(SparesOrdinary):
    """Takes off the apostrophe or the formula by which a spreadsheet keeps digits as they are written."""

    name = "spreadsheet"
    says = "rid of the marks by which spreadsheets keep digits as text"

    def suspects(self, signs: Signs) -> bool:
        """Look for texts that begin with either."""
        return "\x00'" in signs.joined or '\x00="' in signs.joined

    def clean(self, text: str) -> Scalar:
        """Return what is kept."""
        found = _KEPT_AS_TEXT.fullmatch(text) if text[:1] in ("'", "=") else None
        return text if found is None else found[1] or found[2]


_ZERO_DATE = re.compile(
    r"0000([-/.])00?\1 ?00?(?:[T ]00?:00(?::00(?:\.0{1,9})?)?(?:Z|[+-]00:?00)?)?|0000年0?0月0?0日"
)


class Missing:
    """Makes null of blanks, of spellings of "no value", and of dates that are all zeros.

    Args:
        but: spellings that are values in this field, such as ``NA`` for Namibia.
    """

    name = "missing"
    says = "null: blank, or a spelling of it"

    def __init__(self, but: frozenset[str] = frozenset()) -> None:
        self._but = but

    def suspects(self, signs: Signs) -> bool:
        """Look all of them up."""
        return "0000" in signs.joined or not NOTHING.isdisjoint(map(str.strip, signs.texts))

    def clean(self, text: str) -> Scalar:
        """Return None, or the text."""
        if text in self._but:
            return text
        if not text.strip() or is_spelled_missing(text) or _ZERO_DATE.fullmatch(text):
            return None
        return text
