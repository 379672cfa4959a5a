"""A thread for calls that block, which holds up neither the event loop nor the end of the process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class BackgroundThread(Executor):
    """Runs calls one after the other.

    With :class:`concurrent.futures.ThreadPoolExecutor` the interpreter would wait at its end for the call under way:
    half a minute, where that asks a broker that is away.

    Args:
        name: of the thread, which starts with the first call.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._over = False

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call after those before it.

        Raises:
            RuntimeError: after :meth:`shutdown`.
        """
        if self._over:
            raise RuntimeError(f"the thread {self._name} takes no more calls")
        if self._thread is None:
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._calls.put((future, lambda: call(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls.

        Args:
            wait: until those that were taken are done.
            cancel_futures: those that have not begun are not run.
        """
        self._over = True
        while cancel_futures and not self._calls.empty():
            if (waiting := self._calls.get()) is not None:
                waiting[0].cancel()
        self._calls.put(None)
        if wait and self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (waiting := self._calls.get()) is not None:
            future, call = waiting
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - whoever asked gets it
                future.set_exception(error)
