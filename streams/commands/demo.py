"""``pandian demo``: a shop's events, replayed into a live inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandian.settings import Settings
    from streams.demo.run import DemoOptions, Outcome
    from streams.demo.screen import LiveView, PlainView


#: Characters in a line where the inventory is not printed on a terminal.
_FILE_WIDTH = 120


@click.command(
    "demo",
    short_help="See it work: a shop's events, replayed into a live inventory.",
    epilog="Example: pandian demo --keep",
)
@click.option("--keep", is_flag=True, help="Leave the worker and its page running at the end, until Ctrl-C.")
@click.option(
    "--rate", type=click.FloatRange(min=1), metavar="N", help="Send N records a second.  [default: 12000]"
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Replay the first N order lines only.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Port of the page; when it is taken, a free one.  [default: 6066]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
def command(*, keep: bool, rate: float | None, limit: int | None, port: int | None, as_json: bool) -> None:
    """Replay nine months of a real shop and watch its inventory grow.

    320,705 order lines of an online shop (UCI Online Retail: D. Chen, 2015, CC BY 4.0) become the events of three
    topics: a catalogue, customers and orders, with the returns, blanks and odd rows that they have. A worker takes
    the inventory while they come in. Without PANDIAN_BROKER all of this happens on an embedded broker, which ends
    with the demo; with it, in three new topics on that Kafka.
    """
    from pandian.settings import load_settings
    from streams.demo.replay import RATE
    from streams.demo.run import DemoOptions

    settings = load_settings(port=port)
    _run(settings, DemoOptions(rate=rate or RATE, limit=limit, keep=keep), as_json)


def _run(settings: Settings, options: DemoOptions, as_json: bool) -> None:
    from rich.console import Console

    from streams.commands.output import print_json
    from streams.demo.screen import LiveView, PlainView

    console = Console(stderr=True)
    outcomes: list[Outcome] = []

    def finished(outcome: Outcome) -> None:
        outcomes.append(outcome)
        view.close()
        if as_json:
            print_json(outcome.document())
        else:
            _tell(outcome, kept=options.keep)
        if options.keep:
            view.say(f"Running until Ctrl-C. The page: {outcome.url}")

    view: LiveView | PlainView = LiveView(console) if console.is_terminal else PlainView(console)
    try:
        with view:
            _until_interrupted(settings, options, view, finished)
    except KeyboardInterrupt:
        if not outcomes:
            raise KeyboardInterrupt("worker, replay and broker have ended") from None


def _until_interrupted(
    settings: Settings,
    options: DemoOptions,
    view: LiveView | PlainView,
    finished: Callable[[Outcome], None],
) -> None:
    """Run the demo; Ctrl-C and SIGTERM end it in order.

    Raises:
        KeyboardInterrupt: when it was ended so, after everything has stopped.
    """
    import asyncio
    import logging
    import signal

    from streams.demo.run import Demo
    from streams.worklog import set_up

    async def main() -> None:
        task = asyncio.current_task()
        if task:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await Demo(settings, options, view).run(finished)

    set_up()
    logging.getLogger().setLevel(logging.WARNING)
    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _tell(outcome: Outcome, kept: bool) -> None:
    """Print the inventory and what to try next."""
    from rich.console import Console
    from rich.text import Text

    from streams.commands.tables import asset_table, assets_table

    console = Console()
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    assets = outcome.inventory["assets"]
    console.print(Text("The inventory", style="bold"))
    console.print(assets_table(assets))
    for asset in assets:
        console.print()
        console.print(asset_table(asset, console.width))
    console.print()
    console.print(
        f"{outcome.records:,} records sent, {outcome.records:,} counted, in {outcome.seconds:.0f} s"
        f" ({outcome.records_per_s:,.0f} a second; the first inventory was there after"
        f" {outcome.first_inventory_s:.0f} s).",
        highlight=False,
    )
    console.print(Text("\nWhat to try next", style="bold"))
    for what, how in _next(outcome, kept):
        console.print(Text.assemble(f"  {what}\n    ", (how, "cyan")), soft_wrap=True)


def _next(outcome: Outcome, kept: bool) -> list[tuple[str, str]]:
    """Return what to try next: what it does, and the exact command."""
    pandian = _program()
    own = [
        ("The inventory of a file of yours, without any Kafka:", f"{pandian} profile orders.csv"),
        (
            "Your own Kafka: all its topics, read from the start, nothing written to them:",
            f"PANDIAN_BROKER=localhost:9092 {pandian} worker",
        ),
    ]
    if not kept:
        return [("The live page, and time to look at it:", f"{pandian} demo --keep"), *own]
    return [
        ("The live page:", outcome.url),
        (
            "Every field of the orders, in another terminal:",
            f"{pandian} inventory shop.orders --url {outcome.url}",
        ),
        (
            "A file of yours as one more topic of the shop:",
            f"{pandian} produce orders.csv --topic shop.mine --broker {outcome.broker}",
        ),
        *own,
    ]


def _program() -> str:
    """Return how this program can be called again: its name, or its path where the shell would not find it."""
    import shutil
    import sys
    from pathlib import Path

    called = Path(sys.argv[0])
    if shutil.which("pandian") or called.name != "pandian":
        return "pandian"
    here = Path.cwd()
    return str(called.relative_to(here) if called.is_relative_to(here) else called)
