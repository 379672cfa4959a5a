"""What may be passed on of identifiers: nothing that is certainly personal, and personal fields only as keyed hashes.

A user known by e-mail address is still a user: with ``PANDIAN_HASH_KEY`` the address becomes a pseudonym, the same in
every topic; without the key such rows become nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pandian.hashing import KeyedHash
from streams.interactions.base import Part
from streams.interactions.ids import NoIdError, identifier
from streams.inventory.base import Masker
from streams.inventory.masking import ShapeMasker


class _Personal:
    """The only value of its type."""

    def __repr__(self) -> str:
        return "<personal>"


#: Stands for an identifier that is personal and of which nothing may be passed on.
PERSONAL: Final = _Personal()
#: Numbers below this are too short for an identity number.
_LONG_NUMBER = 10**16


class Identities:
    """Makes columns of identifiers fit to leave.

    Args:
        masker: knows what is certainly personal.
        hashing: makes pseudonyms; None without a key.
    """

    def __init__(self, masker: Masker, hashing: KeyedHash | None = None) -> None:
        self._masker = masker
        self._hashing = hashing

    @property
    def fingerprint(self) -> str | None:
        """Which key there is; None without one."""
        return self._hashing.fingerprint if self._hashing else None

    def fit(self, values: Sequence[Any], part: Part | None) -> Sequence[Any]:
        """Return a column with pseudonyms, or :data:`PERSONAL`, in place of what must not leave.

        Args:
            values: scalars or None.
            part: the field they are of; None where no field plays the role.

        Guarantees: of a field that is hashed nothing else comes out. Of others whatever is certainly personal is
        replaced, but for digits alone that pass as a card number: one order number in ten does.
        """
        if part is not None and part.hashed is not None:
            return list(map(self._hashed if part.hashed == self.fingerprint else _withheld, values))
        found = self._found({_text(value) for value in values if _may_be(value)})
        if not found:
            return values
        hidden = {text: self._hide(text) for text in found}
        return [hidden.get(_text(value), value) if _may_be(value) else value for value in values]

    def _found(self, texts: Iterable[str]) -> list[str]:
        """Return those texts that are certainly personal."""
        texts = list(texts)
        if not texts or not self._masker.suspicious(texts):
            return []
        return [text for text in texts if self._is_personal(text)]

    def _is_personal(self, text: str) -> bool:
        masked = self._masker.text(text)
        return masked != text and not (masked == "[card]" and text.isdigit())

    def _hide(self, text: str) -> Any:
        return PERSONAL if self._hashing is None else self._hashing(text)

    def _hashed(self, value: Any) -> Any:
        """Return the pseudonym of a value; what is no identifier stays what it is, to be counted as that."""
        try:
            found = identifier(value)
        except NoIdError:
            return False  # true or false is no identifier either, and nobody's
        return None if found is None or self._hashing is None else self._hashing(found)


def _withheld(value: Any) -> Any:
    return None if value is None else PERSONAL


def _may_be(value: Any) -> bool:
    return type(value) is str or (type(value) is int and value >= _LONG_NUMBER)


def _text(value: Any) -> str:
    return value if type(value) is str else str(value)


#: Where no key is set.
WITHOUT_KEY: Final = Identities(ShapeMasker())
