"""Chinese mobile numbers that stand against other signs: in addresses of pages, and in running text.

Alone, ``order-13800138000-7`` may be any code, and is left. In an address (``/u/13800138000/orders``) or in a text of
words (``加微信wx13800138000``) eleven digits of a mobile's form that the numbering plan knows are taken for one, unless
what stands before says that they number something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.inventory.masking import checks

Span = tuple[int, int]

#: Numbers checked against the numbering plan in one text; further ones are taken as found.
_CHECKED = 32
#: Eleven digits, no more; a sign encoded for a URL may stand before them (``%20``, ``%2B86``), whose digits are not
#: theirs.
_MOBILE = re.compile(
    r"1(?:(?<![0-9]1)|(?<=%[0-9A-Fa-f]{2}1)|(?<=%2[Bb]861))(?<![0-9][.,]1)[3-9][0-9]{9}(?![0-9]|[.,][0-9])"
)
_ADDRESS = re.compile(r"\A(?:/|www\.)|://|[?&][\w.%\[\]-]{1,64}=")
_WORDS = re.compile(r"\s|[\u3040-\u9fff]")
#: The word before, and one sign between.
_BEFORE = re.compile(r"(?:[0-9]?[A-Za-z]{0,24}(?:%[0-9A-Fa-f]{2}|[-_/.=:# ])?)\Z")
#: What follows in a key, and in the name of a file, whose number is its own.
_TAIL = re.compile(
    r"[A-Za-z]{1,24}[0-9]"
    r"|[\w@-]{0,40}\.(?:[a-z]?html?|php|aspx?|jsp|jpe?g|png|gif|webp|svg|avif|bmp|mp[34]|m3u8|pdf|zip|json|xml|txt|csv)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+")
_LOOK_BACK = 32
#: ``+86``, encoded.
_COUNTRY = "%2B86"
#: What numbers something else than telephones.
_NUMBERED = re.compile(
    r"(?:items?|goods|prod(?:ucts?)?|skus?|spu|orders?|trade|invoice|articles?|details?|posts?|news|videos?|photos?|im(?:g|age)s?"
    r"|files?|docs?|pages?|threads?|topics?|comments?|shops?|stores?|p|dp|sn|nr|num|number|code|ean|gtin|asin|isbn|t|ts"
    r"|time(?:stamp)?|v|ver|version|\w*(?:ids?|no))"
)
#: Behind these a telephone number stands, whatever it is part of.
_CALLED = re.compile(r"\w*(?:phone|mobile)\w*|\w*(?:tel|mob|cell|call|sms|whatsapp|wechat|wx)")


def glued_mobiles(text: str) -> Iterator[Span]:
    """Find mobile numbers of eleven digits in addresses and in running text, whatever stands against them."""
    if _MOBILE.search(text) is None or text.strip().isdigit():
        return
    among_words = _ADDRESS.search(text) is not None or _WORDS.search(text) is not None
    checked = 0
    for match in _MOBILE.finditer(text):
        if not _may_be(text, match.start(), match.end(), among_words=among_words):
            continue
        checked += 1
        if checked > _CHECKED or checks.phone(match.group(), "CN"):
            yield match.span()


def _may_be(text: str, start: int, end: int, *, among_words: bool) -> bool:
    """Tell whether what stands around eleven digits leaves them a telephone number."""
    if text[max(0, start - len(_COUNTRY)) : start].upper() == _COUNTRY:
        return True
    before = _BEFORE.search(text, max(0, start - _LOOK_BACK), start)
    found = before.group() if before else ""
    if found[:1].isdigit() and found[1:2].isalpha():
        return False  # digits, letters and digits: a key
    if _TAIL.match(text, end):
        return False
    words = _WORD.findall(found)
    word = words[0].lower() if words else ""
    return bool(_CALLED.fullmatch(word)) or (among_words and not _NUMBERED.fullmatch(word))
