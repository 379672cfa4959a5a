"""All that ever happened to a registry, as numbered objects: ``changes/00000001.json`` and so on.

The newest says who answers and who is tried out, so a change is one object, which is there or is not. A number is
taken by making its object where there is none, which a store lets only one of several do; who comes second looks again
and decides again. So there is no lock that could be left behind, and no clock that could be wrong.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from export.registry.base import Challenger, Pointer, Standing
from export.registry.exceptions import RegistryError, ShareError
from export.registry.folders import replace_file
from export.registry.keeping import Change
from export.registry.pointers import challenger_of, pointer_of
from export.registry.racing import until_won
from pandian.stores import Store

_FOLDER = "changes"
_TRIED = f"{_FOLDER}/store.txt"
_NAME = re.compile(rf"{_FOLDER}/(\d{{8}})\.json")
#: How long others may be quicker before we give up.
_PATIENCE_SECONDS = 60.0
_NOBODY = Standing(None, None)


class _Newest(NamedTuple):
    number: int
    standing: Standing


class History:
    """The changes of one registry.

    Args:
        store: where they are.
        kept: file of this machine with the newest change that was seen, for times when the store cannot be reached.

    Every method may raise RegistryError.
    """

    def __init__(self, store: Store, kept: Path) -> None:
        self._store = store
        self._kept = kept
        self._known: _Newest | None = None
        self._trusted = False

    def standing(self) -> Standing:
        """Return what the newest change says: one request, when nothing has happened since we looked last."""
        return self._newest().standing

    def remembered(self) -> Standing | None:
        """Return what was seen last on this machine, without asking the store; None when nothing was."""
        try:
            data = self._kept.read_bytes()
        except OSError:
            return None
        return self._decoded(str(self._kept), data)

    def append(self, decide: Callable[[Standing], Change | None]) -> None:
        """Let something happen, or nothing (None), by what holds just then.

        Args:
            decide: is asked again when somebody else was quicker.
        """

        def attempt() -> bool:
            newest = self._newest()
            change = decide(newest.standing)
            if change is None:
                return True
            self.check_store()
            return self._taken(newest.number + 1, change)

        lost = RegistryError(
            f"the registry {self._store.address}",
            f"was changed by others again and again for {_PATIENCE_SECONDS:.0f} s",
            "try again when fewer change it at once",
        )
        until_won(attempt, _PATIENCE_SECONDS, lost)

    def _taken(self, number: int, change: Change) -> bool:
        """Write a change under a number; False when somebody else has it."""
        document: dict[str, Any] = {
            **change.record(),
            "champion": change.after.champion and asdict(change.after.champion),
            "challenger": change.after.challenger and asdict(change.after.challenger),
            # Tells this change from one that says the same: whether it was us who took the number.
            "id": uuid.uuid4().hex,
        }
        data = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        if not self._store.take(_name(number), data):
            return False
        self._take(_Newest(number, change.after), data)
        return True

    def _newest(self) -> _Newest:
        found = self._known or self._listed()
        while (data := self._store.read(_name(found.number + 1))) is not None:
            found = self._take(self._told(found.number + 1, data), data)
        return found

    def _take(self, newest: _Newest, data: bytes) -> _Newest:
        self._known = newest
        with suppress(OSError, RegistryError):  # a disk that is full keeps nobody from answering
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._kept, data)
        return newest

    def _listed(self) -> _Newest:
        matches = (_NAME.fullmatch(path) for path in self._store.find(_FOLDER))
        number = max((int(match[1]) for match in matches if match), default=0)
        data = self._store.read(_name(number)) if number else None
        return _Newest(0, _NOBODY) if data is None else self._take(self._told(number, data), data)

    def _told(self, number: int, data: bytes) -> _Newest:
        return _Newest(number, self._decoded(f"{self._store.address}/{_name(number)}", data))

    def _decoded(self, where: str, data: bytes) -> Standing:
        try:
            found = orjson.loads(data)
            champion: Pointer | None = pointer_of(found["champion"]) if found["champion"] else None
            challenger: Challenger | None = None
            if found["challenger"]:
                challenger = challenger_of(found["challenger"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, ShareError) as error:
            raise RegistryError(
                f"{where}: {len(data):,} bytes",
                "must be the change that `pandian models` writes",
                "remove it, and do again what should hold",
            ) from error
        return Standing(champion, challenger)

    def check_store(self) -> None:
        """Check that the store lets nobody write over a change: else two could take the same number.

        Asked for nothing but an object that is there already, it has to refuse. Some ignore what they do not know.
        """
        if self._trusted:
            return
        if self._store.can_create:
            self._store.create(
                _TRIED, b"Tells whether this store makes an object only where there is none.\n"
            )
            self._trusted = not self._store.create(_TRIED, b"It does not.\n")
        if not self._trusted:
            raise RegistryError(
                f"the registry {self._store.address}",
                "lies where two may write one object at once, and both succeed",
                "use S3, Google Cloud Storage, Azure or what works as they do, or mount it and name the folder",
            )


def _name(number: int) -> str:
    return f"{_FOLDER}/{number:08}.json"
