"""Addresses and numbers of people: e-mail, telephone."""

from __future__ import annotations

import re

import phonenumbers

from streams.inventory.cleaning.base import Scalar, Signs
from streams.inventory.masking.finders import emails


class Emails:
    """Writes the domain of an address in small letters; before the ``@`` capitals may mean something (RFC 5321)."""

    name = "email"
    says = "addresses, their domain in small letters"

    def suspects(self, signs: Signs) -> bool:
        """Look for capitals."""
        return signs.joined != signs.joined.lower()

    def clean(self, text: str) -> Scalar:
        """Return the address, or the text as it is when it is not one address."""
        local, at, domain = text.rpartition("@")
        if not at or domain == domain.lower() or next(emails(text), None) != (0, len(text)):
            return text
        return f"{local}@{domain.lower()}"


_MOBILE = re.compile(r"(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})")
_LONGEST = 40


class Phones:
    """Writes telephone numbers as E.164 does: those with a country's code, and Chinese mobile numbers.

    A number without a code could be of any country, and stays.
    """

    name = "phone"
    says = "telephone numbers, written as E.164 has them"

    def suspects(self, signs: Signs) -> bool:
        """Always."""
        del signs
        return True

    def clean(self, text: str) -> Scalar:
        """Return the number, or the text as it is when it is no valid one."""
        if len(text) > _LONGEST:
            return text
        mobile = _MOBILE.fullmatch(text)
        bare = "+86" + mobile[1] if mobile else "+" + text[2:] if text.startswith("00") else text
        if not bare.startswith("+"):
            return text
        try:
            number = phonenumbers.parse(bare)
        except phonenumbers.NumberParseException:
            return text
        if number.extension or not phonenumbers.is_valid_number(number):
            return text
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
