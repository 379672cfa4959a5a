"""``pandian worker``: one worker, until it is told to stop."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click

from pandian.errors import UsageError
from pandian.globs import check_glob
from pandian.options import Number
from pandian.settings import load_settings
from streams.commands.running import run
from streams.stages.loading import StartFrom
from streams.worker import ROLES, WorkerOptions, run_worker
from streams.worklog import set_up


@click.command(
    "worker",
    short_help="Run one worker: topics in, a live inventory out.",
    epilog="Example: pandian worker --broker kafka.example.com:9092 --topics 'shop.*' --topics clicks",
)
@click.option(
    "--topics", "globs", multiple=True, metavar="GLOB", help="Topics to read; may be repeated. Default: all."
)
@click.option(
    "--from",
    "start",
    default="earliest",
    metavar="earliest|latest|TIME",
    show_default=True,
    help="Where to begin a topic of which nothing is known; TIME in ISO 8601, UTC unless it says otherwise.",
)
@click.option("--roles", default=",".join(ROLES), show_default=True, help="What this worker does.")
@click.option("--broker", metavar="HOST:PORT", help="Kafka to connect to, instead of PANDIAN_BROKER.")
@click.option(
    "--host", metavar="ADDRESS", help="Address of the page, instead of PANDIAN_HOST.  [default: 127.0.0.1]"
)
@click.option(
    "--port", type=int, metavar="N", help="Port of the page, instead of PANDIAN_PORT.  [default: 6066]"
)
@click.option("--max-rate", type=Number(min=1), metavar="N", help="At most N records a second.")
@click.option("--verbose", is_flag=True, help="Show the log lines of the libraries too.")
@click.argument("more", nargs=-1, metavar="[GLOB ...]")
def command(
    globs: tuple[str, ...],
    start: str,
    roles: str,
    broker: str | None,
    host: str | None,
    port: int | None,
    max_rate: float | None,
    verbose: bool,
    more: tuple[str, ...],
) -> None:
    """Read topics and keep their live inventory; serve the page and the API.

    Without PANDIAN_BROKER an embedded broker is started that forgets everything when the worker ends. More
    workers on the same broker share the work. SIGTERM and Ctrl-C stop in order.
    """
    settings = load_settings(broker=broker, host=host, port=port)
    options = WorkerOptions(
        globs=tuple(check_glob("--topics", glob) for glob in (*globs, *more)) or ("*",),
        roles=_roles(roles),
        start=start_from(start),
        max_rate=max_rate,
    )
    set_up(verbose=verbose)
    run(run_worker(settings, options))
    # Everything is written and closed. What is left are threads of clients that may wait seconds for a broker that
    # is away, and sketches, whose library complains about those that live until the end.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(filter(None, (role.strip() for role in text.split(","))))
    if not roles or roles - set(ROLES):
        raise UsageError(
            f"--roles {text}", f"must name some of {', '.join(ROLES)}", "separate them by commas"
        )
    return roles


def start_from(text: str) -> StartFrom:
    """Turn ``earliest``, ``latest`` or an ISO 8601 time into where to begin."""
    if text in ("earliest", "latest"):
        return StartFrom(latest=text == "latest")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--from {text}", "must be earliest, latest or a time", "write it like 2026-01-31T08:00:00Z"
        ) from error
    return StartFrom(
        time_ms=int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    )
