"""Schemas of a registry, asked for in the background and kept.

What an id means never changes, so a schema is asked for once. That there is none is believed for a while. While the
registry is down it is left alone for a time that grows, and what was kept goes on being used.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Final, Protocol

from streams.decode import reasons
from streams.decode.halves import Failure
from streams.decode.schemas.base import Schema, flattened
from streams.decode.schemas.exceptions import RegistryDownError, UnknownSchemaError, UnusableSchemaError
from streams.decode.schemas.kept import Kept

#: Ids that are asked for at one time, at most: those of further records wait.
MAX_ASKED: Final = 100
#: For how long an id that the registry does not know is not asked for again.
UNKNOWN_SECONDS: Final = 30.0

_KEPT_BYTES = 64 * 2**20
_KEPT_FAILURES = 10_000
_SHORTEST, _LONGEST = 0.5, 15.0
_NOT_YET: Final = Failure(reasons.SCHEMA_REGISTRY_DOWN, "the schema registry has not answered yet")


class Client(Protocol):
    """What is asked of a registry: see :class:`streams.decode.schemas.client.RegistryClient`."""

    def schema(self, key: int) -> Schema:
        """Return a schema, or raise a :class:`~streams.decode.schemas.exceptions.SchemaError`."""
        ...


class RegistrySchemas:
    """Schemas by their id in a registry. Safe for threads.

    Args:
        client: how it is asked; called by one thread at a time.
        clock: seconds that never go back.
    """

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._queue: SimpleQueue[int | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._schemas: Kept[int, Schema] = Kept(_KEPT_BYTES)
        self._failures: Kept[int, tuple[Failure, float]] = Kept(_KEPT_FAILURES)
        self._asked: dict[int, Future[None]] = {}
        self._pause = 0.0
        self._down: Failure | None = None
        self._silent_until = -1.0

    def find(self, key: int) -> Schema | Failure:
        """Return what is known of an id; see :meth:`streams.decode.schemas.base.SchemaSource.find`."""
        with self._lock:
            return self._find(key)

    def _find(self, key: int) -> Schema | Failure:
        schema = self._schemas.get(key)
        if schema is not None:
            return schema
        failed = self._failures.get(key)
        if failed is not None and self._clock() < failed[1]:
            return failed[0]
        return self._down or _NOT_YET

    def fetch(self, keys: Collection[int], seconds: float) -> None:
        """Learn of ids; see :meth:`streams.decode.schemas.base.SchemaSource.fetch`.

        Returns at once while the registry is left alone.
        """
        with self._lock:
            if self._clock() < self._silent_until:
                return
            wanted = [key for key in sorted(keys) if self._find(key) in (self._down, _NOT_YET)]
            waiting = [future for key in wanted if (future := self._ask(key)) is not None]
        wait(waiting, timeout=max(seconds, 0))

    def _ask(self, key: int) -> Future[None] | None:
        future = self._asked.get(key)
        if future is None and len(self._asked) < MAX_ASKED:
            future = self._asked[key] = Future()
            self._queue.put(key)
            if self._thread is None:
                # A daemon: a registry that does not answer must not keep the process from ending.
                self._thread = threading.Thread(target=self._work, name="schema-registry", daemon=True)
                self._thread.start()
        return future

    def _work(self) -> None:
        while (key := self._queue.get()) is not None:
            self._learn(key)

    def _learn(self, key: int) -> None:
        with self._lock:
            silent = self._clock() < self._silent_until
        found = None if silent else self._answer(key)
        with self._lock:
            future = self._asked.pop(key)
            if isinstance(found, Schema):
                self._schemas.put(key, found, _weight(found))
            elif found is not None and found.reason != reasons.SCHEMA_REGISTRY_DOWN:
                self._failures.put(key, (found, self._clock() + UNKNOWN_SECONDS))
            elif found is not None:
                self._pause = min(max(2 * self._pause, _SHORTEST), _LONGEST)
                self._silent_until = self._clock() + self._pause
                self._down = found
            if found is not None and found is not self._down:
                self._pause, self._down, self._silent_until = 0.0, None, -1.0
        future.set_result(None)

    def _answer(self, key: int) -> Schema | Failure:
        try:
            return self._client.schema(key)
        except UnknownSchemaError as error:
            return Failure(reasons.SCHEMA_UNKNOWN, str(error))
        except UnusableSchemaError as error:
            return Failure(reasons.SCHEMA_UNUSABLE, str(error))
        except RegistryDownError as error:
            return Failure(reasons.SCHEMA_REGISTRY_DOWN, str(error))
        except Exception as error:  # noqa: BLE001 whatever a registry answers, the thread goes on
            detail = f"the schema registry's answer is not understood ({type(error).__name__})"
            return Failure(reasons.SCHEMA_REGISTRY_DOWN, detail)

    def close(self) -> None:
        """Ask no more, once what was asked for is answered. What is known stays known."""
        self._queue.put(None)


def _weight(schema: Schema) -> int:
    parts = [schema, *(reference.schema for reference in flattened(schema))]
    return sum(1_000 + len(one.text) + len(one.descriptor) for one in parts)
