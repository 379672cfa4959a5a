"""Log lines of a worker, to stderr: what happened, never what a record holds."""

from __future__ import annotations

import logging
import sys

from pandian.output import printable

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: Libraries that log what a worker does by design, such as each rebalance, or a broker that is away.
_CHATTY = ("aiokafka", "kafka", "faust", "mode", "aiohttp", "streams")


class _OneLine(logging.Formatter):
    """One line a message: names of models and fields come from data, and might end it and begin another."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return printable(super().formatMessage(record))


def logger(part: str) -> logging.Logger:
    """Return the logger of one part of the worker."""
    return logging.getLogger(f"pandian.{part}")


def set_up(*, verbose: bool = False) -> None:
    """Send Pandian's log lines to stderr; those of libraries only when they are errors, or when asked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine(_FORMAT, "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.CRITICAL)
