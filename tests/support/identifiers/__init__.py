"""Made-up identifiers that are valid: checksums, regions, plans and prefixes are right.

``base`` says what a kind is; ``chinese``, ``western``, ``contacts`` and ``technical`` make personal ones, ``near``
makes what looks like one and is none. The same seed gives the same values.
"""

from tests.support.identifiers.base import Kind, column
from tests.support.identifiers.chinese import CHINESE
from tests.support.identifiers.contacts import CONTACTS
from tests.support.identifiers.near import NEAR
from tests.support.identifiers.technical import TECHNICAL
from tests.support.identifiers.western import WESTERN

PERSONAL: tuple[Kind, ...] = (*CHINESE, *WESTERN, *CONTACTS, *TECHNICAL)

__all__ = ["NEAR", "PERSONAL", "Kind", "column"]
