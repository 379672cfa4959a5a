"""Where a lease is written: in a file of a folder, or in numbered objects at an address.

``retraining.json``, ``retraining.lock``   in a folder; the lock, held while the file changes, ends with its process
``leases/00000001.json`` …                 at an address; the newest counts, and older ones are removed
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import orjson

from export.registry.exceptions import RegistryError
from export.registry.folders import replace_file, writing
from export.registry.lease import Holding
from export.registry.racing import until_won
from pandian.stores import Store

_FOLDER = "leases"
_NAME = re.compile(rf"{_FOLDER}/(\d{{8}})\.json")
#: How long others may be quicker before we give up.
_PATIENCE_SECONDS = 20.0


class FolderLeases:
    """The lease of a registry in a folder.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.address = str(root)
        self._root = root
        self._file = root / "retraining.json"

    def holding(self) -> Holding | None:
        """Return what was written last; None when nothing was.

        Raises:
            RegistryError: when it cannot be read.
        """
        try:
            return _decoded(str(self._file), self._file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RegistryError(
                str(self._file), f"cannot be read ({error.strerror})", "give permission to read it"
            ) from error

    def change(self, decide: Callable[[Holding | None], Holding | None]) -> None:
        """Write what ``decide`` makes of what holds just then; None: nothing.

        Raises:
            RegistryError: when it cannot be read or written.
        """
        with writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = (self._root / "retraining.lock").open("a")
        with lock:
            with writing(self._root):
                fcntl.flock(lock, fcntl.LOCK_EX)
            wanted = decide(self.holding())
            if wanted is not None:
                replace_file(self._file, _encoded(wanted))


class ObjectLeases:
    """The lease of a registry at an address.

    Each change is an object with the next number, made where there is none: of two who try, one gets it, and the other
    decides again. As older ones are removed, a number may be free that was taken before, so what was made counts only
    when it is the newest.

    Args:
        store: what lies at the address.
        check: makes sure that the store makes an object only where there is none.
    """

    def __init__(self, store: Store, check: Callable[[], None]) -> None:
        self.address = store.address
        self._store = store
        self._check = check

    def holding(self) -> Holding | None:
        """Return what was written last; None when nothing was.

        Raises:
            RegistryError: when it cannot be read.
        """
        return self._newest()[1]

    def change(self, decide: Callable[[Holding | None], Holding | None]) -> None:
        """Write what ``decide`` makes of what holds just then; None: nothing.

        Raises:
            RegistryError: when it cannot be read or written, or others are quicker again and again.
        """

        def attempt() -> bool:
            number, found = self._newest()
            wanted = decide(found)
            if wanted is None:
                return True
            self._check()
            return self._taken(number + 1, _encoded(wanted))

        lost = RegistryError(
            f"the registry {self.address}",
            f"was asked for by others again and again for {_PATIENCE_SECONDS:.0f} s",
            "try again when fewer retrain at once",
        )
        until_won(attempt, _PATIENCE_SECONDS, lost)

    def _taken(self, number: int, data: bytes) -> bool:
        """Write under a number; False when somebody else has it, or has had it."""
        name = _name(number)
        if not self._store.take(name, data):
            return False
        numbers = self._numbers()
        if max(numbers, default=0) != number:
            self._store.remove(name)
            return False
        with suppress(RegistryError):  # what is left is removed the next time
            for older in numbers:
                if older < number - 1:
                    self._store.remove(_name(older))
        return True

    def _newest(self) -> tuple[int, Holding | None]:
        number = max(self._numbers(), default=0)
        name = _name(number)
        data = self._store.read(name) if number else None
        return number, None if data is None else _decoded(f"{self.address}/{name}", data)

    def _numbers(self) -> list[int]:
        matches = (_NAME.fullmatch(path) for path in self._store.find(_FOLDER))
        return [int(match[1]) for match in matches if match]


def _name(number: int) -> str:
    return f"{_FOLDER}/{number:08}.json"


def _encoded(holding: Holding) -> bytes:
    return orjson.dumps(asdict(holding), option=orjson.OPT_APPEND_NEWLINE)


def _decoded(where: str, data: bytes) -> Holding:
    try:
        return Holding.of(orjson.loads(data))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise RegistryError(
            f"{where}: {len(data):,} bytes", "must be what `pandian retrain` writes", "remove it"
        ) from error
