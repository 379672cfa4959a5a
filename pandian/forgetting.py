"""Who asked to be forgotten, as ``pandian.forgotten`` says it: a hash in place of the id, and how far it reaches.

What is forgotten is told by offsets of ``pandian.interactions`` and not by times: whatever stood there when somebody
asked is passed over by every reader from then on, and what the person does afterwards counts again.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pandian.settings import Settings

#: Of the HMAC: of a billion people, two share a name with probability 1e-21.
_BYTES = 16
_FINGERPRINT = b"pandian key fingerprint"
#: Where no key is set. Then a name hides nobody from those who may read the topic and can guess ids.
_NO_KEY = "pandian.forgotten"


class Names:
    """Names people so that the topic does not hold their ids: HMAC-SHA256 (RFC 2104) of the id letter for letter.

    A pseudonym of :class:`~pandian.hashing.KeyedHash` is of all who are spelled alike: ``Ann`` is not ``ann`` here.

    Args:
        key: the secret, see the setting ``PANDIAN_HASH_KEY``; None: a fixed one that everybody knows.
    """

    def __init__(self, key: str | None) -> None:
        self._key = (key or _NO_KEY).encode()
        self.fingerprint = self._hash(_FINGERPRINT)[:8]
        """Tells two keys apart and says nothing of either."""

    @classmethod
    def of(cls, settings: Settings) -> Names:
        """Return the names under the key of the settings."""
        return cls(settings.hash_key.get_secret_value() if settings.hash_key else None)

    def __call__(self, user_id: str) -> str:
        """Return the name of a user."""
        return self._hash(user_id.encode("utf-8", "surrogatepass"))

    def _hash(self, value: bytes) -> str:
        return hmac.digest(self._key, value, "sha256")[:_BYTES].hex()


@dataclass(frozen=True, slots=True)
class Erasure:
    """One record of ``pandian.forgotten``; its key is the person's name."""

    topic_id: str
    """Of ``pandian.interactions`` then, 32 hexadecimal digits: of a topic made again it says nothing."""
    until: Mapping[int, int]
    """Offset behind the last record of each partition then."""
    key: str
    """Fingerprint of the key that the name was made with."""
    time: int
    """Epoch milliseconds."""

    def encode(self) -> bytes:
        """Return it as JSON."""
        until = {str(partition): end for partition, end in self.until.items()}
        return orjson.dumps({"topic_id": self.topic_id, "until": until, "key": self.key, "time": self.time})


def decode(value: bytes) -> Erasure:
    """Return what a record says; keys that are not known are passed over.

    Raises:
        ValueError: when it is none.
    """
    try:
        found: dict[str, Any] = orjson.loads(value)
        until = {int(partition): int(end) for partition, end in found["until"].items()}
        return Erasure(str(found["topic_id"]), until, str(found["key"]), int(found["time"]))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError("no erasure") from error


class Erasures:
    """All who asked to be forgotten.

    Args:
        names: names people.
    """

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names(None)
        self.foreign = 0
        """Records of another key: nobody can be found by them. All workers and trainings need the same key."""
        self._topic_id = ""
        self._found: dict[str, Erasure] = {}
        self._furthest: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._found)

    def of_topic(self, topic_id: str) -> None:
        """Say which ``pandian.interactions`` is read now."""
        if topic_id != self._topic_id:
            self._topic_id = topic_id
            self._measure()

    def take(self, key: bytes | None, value: bytes | None) -> str | None:
        """Take a record of the topic; return the name of whom it is about, when somebody can be found by it."""
        name = (key or b"").decode(errors="replace")
        if value is None:
            self._found.pop(name, None)
            return None
        try:
            erasure = decode(value)
        except ValueError:
            return None
        if erasure.key != self.names.fingerprint:
            self.foreign += 1
            return None
        self._found[name] = erasure
        self._reach(erasure)
        return name

    def reaches(self, partition: int, offset: int) -> bool:
        """Tell whether anybody's erasure reaches beyond an offset: where none does, nobody need be looked for."""
        return offset < self._furthest.get(partition, 0)

    def covers(self, user_id: str, partition: int, offset: int) -> bool:
        """Tell whether a record of a user is to be passed over."""
        erasure = self._found.get(self.names(user_id))
        if erasure is None or erasure.topic_id != self._topic_id:
            return False
        return offset < erasure.until.get(partition, 0)

    def asked(self, user_id: str) -> int | None:
        """Return when a user asked last, epoch milliseconds; None for one who never did."""
        erasure = self._found.get(self.names(user_id))
        return erasure.time if erasure else None

    def named(self, users: Iterable[str], names: frozenset[str]) -> list[str]:
        """Return those of some users who bear one of some names."""
        return [user_id for user_id in users if self.names(user_id) in names]

    def _measure(self) -> None:
        self._furthest = {}
        for erasure in self._found.values():
            self._reach(erasure)

    def _reach(self, erasure: Erasure) -> None:
        if erasure.topic_id == self._topic_id:
            for partition, end in erasure.until.items():
                self._furthest[partition] = max(end, self._furthest.get(partition, 0))
