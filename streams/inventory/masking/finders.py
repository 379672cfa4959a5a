"""Finders of what is certainly personal inside a text: each finds one kind, proven by form and checksum.

Every pattern is linear: possessive or bounded repeats behind a border, so that a hostile text costs no more
than its length. What each finder may find is foretold, for many texts at once, by :mod:`.gates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from pandian.semantics import PiiClass
from streams.inventory.masking import checks
from streams.inventory.masking.glued import glued_mobiles

Span = tuple[int, int]

#: International numbers checked against the numbering plans in one text; further ones are taken as found.
_PHONES_CHECKED = 32


@dataclass(frozen=True, slots=True)
class Finder:
    """One kind of personal substring."""

    tag: str
    """What stands in its place, in brackets; also the semantic type's everyday name."""
    cls: PiiClass
    """How personal it is."""
    spans: Callable[[str], Iterator[Span]]
    """Finds it: start and end of each, ascending, not overlapping."""
    needs: str = ""
    """A sign without which there is nothing to find."""
    numeric: bool = False
    """Whether there is nothing to find without :data:`LONG_NUMBER`."""


# --- e-mail: expanded around each "@", because a pattern that begins with a free repeat is not linear; in addresses of
# pages it is written %40, and %2540 where one is part of another ---

_WIDE = r"[^\W\u3040-\u9fff\uac00-\ud7af]"
_LOCALS = (re.compile(rf"(?:{_WIDE}|[.%+'-]){{1,64}}+"), re.compile(r"[\w.%+'-]{1,64}+"))
_DOT = r"(?:\.|%2[Ee])"
_DOMAINS = (
    re.compile(rf"[A-Za-z0-9-]{{1,63}}+(?:{_DOT}[A-Za-z0-9-]{{1,63}}+){{1,8}}+"),
    re.compile(rf"[\w-]{{1,63}}+(?:{_DOT}[\w-]{{1,63}}+){{1,8}}+"),
)
_DOTS = re.compile(f"({_DOT})")
#: An "@", as it is or encoded, with a domain behind it.
AT = re.compile(rf"@(?=[\w-]{{1,63}}+{_DOT}[\w-])")
ENCODED_AT = re.compile(rf"%(?:25)?40(?=[\w-]{{1,63}}+{_DOT}[\w-])")
#: No domain ends so: ``icon@2x.png``, ``jquery@3.7.1.min.js``.
_FILES = frozenset(
    ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "js", "mjs", "css", "map", "html", "json"]
)


def _domain_end(text: str, start: int) -> int:
    """Return where a domain that begins at ``start`` ends, or 0 when there is none."""
    for pattern in _DOMAINS:
        if match := pattern.match(text, start):
            labels = _DOTS.split(match.group())
            while len(labels) > 1:
                last = labels[-1]
                if (last.isalpha() and 2 <= len(last) <= 24) or last.lower().startswith("xn--"):
                    return 0 if last.lower() in _FILES else start + len("".join(labels))
                del labels[-2:]
    return 0


def emails(text: str) -> Iterator[Span]:
    """Find e-mail addresses, also with letters of any script; ``icon@2x.png`` is none."""
    return _addresses(text, AT)


def encoded_emails(text: str) -> Iterator[Span]:
    """Find e-mail addresses as they stand in a URL: ``ann%40example.com``."""
    return _addresses(text, ENCODED_AT)


def _addresses(text: str, sign: re.Pattern[str]) -> Iterator[Span]:
    done = 0
    for match in sign.finditer(text):
        at = match.start()
        if at < done:
            continue
        before = text[max(done, at - 64) : at][::-1]
        local = next((found for pattern in _LOCALS if (found := pattern.match(before))), None)
        end = _domain_end(text, match.end()) if local else 0
        if local and end:
            yield at - local.end(), end
            done = end


# --- numbers ---

# The border before is looked for behind the first sign: so the scan skips to such signs at C speed.
_BEFORE = r"(?<![0-9A-Za-z].)"
_AFTER = r"(?![0-9A-Za-z])"
_RESIDENT = re.compile(rf"[1-9]{_BEFORE}[0-9]{{16}}[0-9Xx]{_AFTER}")
_CARD = re.compile(
    rf"[2-6]{_BEFORE}(?<![0-9][.,].)(?:[0-9]{{12,18}}"
    r"|[0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?(?!\1[0-9])"
    r"|[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5}"
    rf"){_AFTER}(?![.,][0-9])"
)
_MOBILE = re.compile(
    r"1(?<![0-9A-Za-z_+/.-].)[3-9](?:[0-9]{9}|[0-9]([ -])[0-9]{4}\1[0-9]{4})(?![0-9A-Za-z]|[-_./][0-9A-Za-z])"
)
_PLUS = re.compile(r"\+(?<![0-9A-Za-z+].)[1-9](?:[ ().-]{0,2}[0-9]){6,14}+(?![0-9])")
_IBAN = re.compile(rf"[A-Za-z]{_BEFORE}[A-Za-z][0-9]{{2}}(?= ?[0-9A-Za-z]{{4}})")
_LAST_GROUP = re.compile(r"[ ().-]{1,2}[0-9]{1,15}\Z")
_SOCIAL = re.compile(
    r"[0-8](?<![0-9A-Za-z_./-].)[0-9]{2}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}"
    r"(?![0-9A-Za-z]|[-_./][0-9A-Za-z])"
)
#: As dialled within a country, with the region whose plan has to know it: North America, and Chinese landlines.
_DIALLED = (
    (
        re.compile(
            r"[2-9(](?<![0-9A-Za-z_+./-].)"
            r"(?:(?<=\()[2-9][0-9]{2}\)[ -]?[2-9][0-9]{2}[ .-]|[0-9]{2}([ .-])[2-9][0-9]{2}\1)"
            r"[0-9]{4}(?![0-9A-Za-z]|[-_./][0-9A-Za-z])"
        ),
        "US",
    ),
    (
        re.compile(r"0(?<![0-9A-Za-z_+./-].)[1-9][0-9]{1,2}-[2-8][0-9]{6,7}(?![0-9A-Za-z]|[_./][0-9A-Za-z])"),
        "CN",
    ),
)
#: Nothing but numbers, six and more, two of them no part of what was found: what somebody bought, in its order.
_OTHERS = 2
_NUMBERS = re.compile(r"\s*(?>[0-9]+)(?:[ ,;]{1,2}(?>[0-9]+)){5,}\s*")
#: Every number looked for holds ten digits in a row, or two, a separator, four.
LONG_NUMBER = re.compile(r"[0-9]{10}|[0-9]{2}[ .-][0-9]{4}")


def resident_ids(text: str) -> Iterator[Span]:
    """Find Chinese resident identity numbers: province, date of birth and check digit are right."""
    for match in _RESIDENT.finditer(text):
        if checks.resident_id(match.group()):
            yield match.span()


def bank_cards(text: str) -> Iterator[Span]:
    """Find card numbers: a known issuer's prefix, its length and a valid Luhn digit; a GTIN is none."""
    yield from _alone_in(text, [one.span() for one in _CARD.finditer(text) if checks.bank_card(one.group())])


def ibans(text: str) -> Iterator[Span]:
    """Find IBANs: the country's length and form, and valid check digits."""
    done = 0
    for match in _IBAN.finditer(text):
        pattern = checks.iban_pattern(match.group()[:2].upper())
        whole = pattern.match(text, match.start()) if pattern and match.start() >= done else None
        if whole and checks.iban(whole.group()):
            done = whole.end()
            yield whole.span()


def chinese_mobiles(text: str) -> Iterator[Span]:
    """Find mainland mobile numbers that stand alone in a text; a text that is nothing but digits may be any key."""
    if not text.strip().isdigit():
        found = [match.span() for match in _MOBILE.finditer(text)]
        yield from _alone_in(text, found)


def social_security_numbers(text: str) -> Iterator[Span]:
    """Find US social security numbers in their groups, but for those that are never given out."""
    for match in _SOCIAL.finditer(text):
        if match.group()[:3] not in ("000", "666"):
            yield match.span()


def dialled_phones(text: str) -> Iterator[Span]:
    """Find North American numbers and Chinese landlines in their groups, which the numbering plan knows."""
    spans = [
        match.span()
        for pattern, region in _DIALLED
        for match in islice(pattern.finditer(text), _PHONES_CHECKED)
        if checks.phone(match.group(), region)
    ]
    yield from _alone_in(text, sorted(spans))


def _alone_in(text: str, spans: list[Span]) -> list[Span]:
    """Return the numbers in groups that are not just neighbours in a row of numbers."""
    return [] if spans and _in_a_row(text, spans) else spans


def _in_a_row(text: str, spans: list[Span]) -> bool:
    """Tell whether a text is a row of numbers of which ``spans`` in groups are a part: two more are none of them."""
    grouped = any(" " in text[start:end] for start, end in spans)
    if not grouped or _NUMBERS.fullmatch(text) is None:
        return False
    return len(text.split()) - sum(len(text[start:end].split()) for start, end in spans) >= _OTHERS


def international_phones(text: str) -> Iterator[Span]:
    """Find numbers written with ``+`` and country code that a numbering plan knows."""
    for place, match in enumerate(_PLUS.finditer(text)):
        found = match.group()
        while found and place < _PHONES_CHECKED and not checks.international_phone(found):
            shorter = _LAST_GROUP.sub("", found)
            found = shorter if shorter != found else ""
        if found:
            yield match.start(), match.start() + len(found)


# --- secrets: a literal that only they have, then the rest ---

_TOKEN = r"[A-Za-z0-9_-]"  # noqa: S105 - a character class, no secret
_CRYPT = r"[./A-Za-z0-9]"
#: Somewhere in what follows there are 16 signs in a row as :mod:`.gates` looks for them: Base64's plus is none.
_LONG = r"(?=[A-Za-z0-9+/=,.$:-]{0,160}?[A-Za-z0-9/]{16})"
#: Key: a sign that ordinary texts often lack; then literals that hold it, each with its pattern.
_SECRETS: dict[str, tuple[tuple[str, str], ...]] = {
    "J": (("eyJ", rf"eyJ{_TOKEN}{{12,}}+\.{_TOKEN}{{2,}}+\.{_TOKEN}*+"),),
    "_": (
        ("sk_", r"sk_(?:live|test)_[A-Za-z0-9]{16,}+"),
        ("rk_", r"rk_(?:live|test)_[A-Za-z0-9]{16,}+"),
        ("whsec_", r"whsec_[A-Za-z0-9]{16,}+"),
        ("gh", r"gh[pousr]_[A-Za-z0-9]{30,}+"),
        ("github_pat_", r"github_pat_[A-Za-z0-9_]{22,}+"),
        ("npm_", r"npm_[A-Za-z0-9]{30,}+"),
        ("hf_", r"hf_[A-Za-z0-9]{30,}+"),
    ),
    "A": (
        ("AKIA", r"AKIA[A-Z0-9]{16}(?![A-Z0-9])"),
        ("ASIA", r"ASIA[A-Z0-9]{16}(?![A-Z0-9])"),
        ("LTAI", r"LTAI[A-Za-z0-9]{12,24}(?![A-Za-z0-9])"),
        ("AIza", rf"AIza{_TOKEN}{{35}}"),
    ),
    "G": (("SG.", rf"SG\.{_TOKEN}{{16,}}+\.{_TOKEN}{{16,}}+"),),
    "p": (("glpat-", rf"glpat-{_TOKEN}{{16,}}+"),),
    "x": (("xox", r"xox[abprs]-[A-Za-z0-9-]{12,}+"),),
    "k": (("sk-", rf"sk-(?:ant-|proj-)?{_TOKEN}{{28,}}+"),),
    "V": (
        (
            "PRIVATE KEY-----",
            r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:\s|\\[nr]){1,4}[A-Za-z0-9/]{16}[A-Za-z0-9+/=\s\\-]*+",
        ),
    ),
    "$": (
        ("$2", r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}(?![A-Za-z0-9])"),
        ("$1$", rf"\$1\${_CRYPT}{{1,8}}\${_CRYPT}{{22}}(?![A-Za-z0-9])"),
        ("$5$", rf"\$5\$(?:rounds=[0-9]{{1,9}}\$)?{_CRYPT}{{1,16}}\${_CRYPT}{{43}}"),
        ("$6$", rf"\$6\$(?:rounds=[0-9]{{1,9}}\$)?{_CRYPT}{{1,16}}\${_CRYPT}{{86}}"),
        ("$argon2", rf"\$argon2(?:id?|d)\${_LONG}[A-Za-z0-9+/=,.$-]{{40,}}+"),
        ("$scrypt$", rf"\$scrypt\${_LONG}[A-Za-z0-9+/=,.$-]{{40,}}+"),
        (
            "pbkdf2",
            rf"pbkdf2[_:](?:hmac[_:])?sha[0-9]{{1,3}}[$:][0-9]{{1,9}}[$:]{_LONG}[A-Za-z0-9+/=.$:-]{{30,}}+",
        ),
    ),
    " ": (("earer ", r"[Bb]earer [A-Za-z0-9._~/=-]{16,}+"),),
}
_SECRET_PATTERNS = {
    literal: re.compile(rf"(?<![A-Za-z0-9_]){pattern}")
    for group in _SECRETS.values()
    for literal, pattern in group
}


def _secret_literals(text: str, *, keys: bool = True) -> Iterator[str]:
    for sign, group in _SECRETS.items():
        if sign in text and (keys or sign != "_"):
            yield from (literal for literal, _ in group if literal in text)


def may_hold_secret(text: str, *, keys: bool) -> bool:
    """Tell whether ``text`` holds the fixed beginning of a secret. About 0.3 ns a character, often far less.

    Args:
        text: any text.
        keys: whether 16 letters and digits stand in a row: without them, secrets with underscores are not searched.
    """
    return next(_secret_literals(text, keys=keys), None) is not None


def secrets(text: str) -> Iterator[Span]:
    """Find JSON web tokens, keys of well-known services and hashes of passwords, by their fixed beginnings."""
    spans = [
        match.span()
        for literal in _secret_literals(text)
        for match in _SECRET_PATTERNS[literal].finditer(text)
    ]
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            done = end
            yield start, end


FINDERS: tuple[Finder, ...] = (
    Finder("token", "sensitive", secrets),
    Finder("email", "personal", emails, needs="@"),
    Finder("email", "personal", encoded_emails, needs="%"),
    Finder("iban", "sensitive", ibans, numeric=True),
    Finder("national-id", "sensitive", resident_ids, numeric=True),
    Finder("national-id", "sensitive", social_security_numbers, numeric=True),
    Finder("card", "sensitive", bank_cards, numeric=True),
    Finder("phone", "personal", international_phones, needs="+"),
    Finder("phone", "personal", chinese_mobiles, numeric=True),
    Finder("phone", "personal", glued_mobiles, numeric=True),
    Finder("phone", "personal", dialled_phones, numeric=True),
)


def finders(text: str) -> Iterator[Finder]:
    """Return the finders that may find something in ``text``: cheap tests come first."""
    number: bool | None = None
    for finder in FINDERS:
        if finder.needs not in text:
            continue
        if finder.numeric and number is None:
            number = LONG_NUMBER.search(text) is not None
        if number or not finder.numeric:
            yield finder
