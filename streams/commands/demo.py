"""``pandian demo``: a shop's events, replayed into a live inventory, a model and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pandian.options import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandian.settings import Settings
    from streams.demo.outcome import DemoOptions, Outcome
    from streams.demo.screen import LiveView, PlainView


@click.command(
    "demo",
    short_help="See it work: a shop's live inventory, a model, and its live AUC.",
    epilog="Example: pandian demo --keep",
)
@click.option("--keep", is_flag=True, help="Leave the worker and its page running at the end, until Ctrl-C.")
@click.option("--rate", type=Number(min=1), metavar="N", help="Send N records a second.  [default: 12000]")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Replay the first N order lines only.")
@click.option(
    "--train-seconds",
    type=Number(min=0),
    metavar="N",
    help="Train for at most N seconds; 0: serve the baselines that the worker keeps itself.  [default: 30]",
)
@click.option(
    "--wrong-import",
    is_flag=True,
    help="The second act: a catalogue import goes wrong, an alert names the field, the repair and a retraining help.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Port of the page; when it is taken, a free one.  [default: 6066]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
def command(
    *,
    keep: bool,
    rate: float | None,
    limit: int | None,
    train_seconds: float | None,
    wrong_import: bool,
    port: int | None,
    as_json: bool,
) -> None:
    """Replay nine months of a real shop: watch its inventory grow, a model learn from it, and serve.

    320,705 order lines of an online shop (UCI Online Retail: D. Chen, 2015, CC BY 4.0) become the events of three
    topics: a catalogue, customers and orders, with the returns, blanks and odd rows that they have. Names, e-mail
    addresses and phones of the customers are invented, and masked. A worker takes the inventory while they come in; it
    is to notice a new field and a drift of prices, which the demo injects and announces. A model is trained on the
    first five months and serves while the rest comes in: before each invoice of a known customer the shop shows a page,
    which is simulated (the items bought, among others drawn by popularity), and what is bought then tells how good the
    scores were: the live AUC.

    Without PANDIAN_BROKER all of this happens on an embedded broker, which ends with the demo; with it, in three new
    topics on that Kafka. The model goes to the registry that PANDIAN_MODELS names, or to one that ends with the demo.
    """
    from pandian.settings import load_settings
    from streams.demo.outcome import DemoOptions
    from streams.demo.replay import RATE
    from streams.demo.training import SECONDS

    options = DemoOptions(
        rate=rate or RATE,
        limit=limit,
        keep=keep,
        train_seconds=SECONDS if train_seconds is None else train_seconds,
        wrong=wrong_import,
    )
    _run(load_settings(port=port), options, as_json)


def _run(settings: Settings, options: DemoOptions, as_json: bool) -> None:
    from rich.console import Console

    from streams.commands.demo_told import tell
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
            tell(outcome, kept=options.keep)
        if options.keep:
            view.say(f"Running until Ctrl-C. The page: {outcome.url}")

    view: LiveView | PlainView = LiveView(console) if console.is_terminal else PlainView(console)
    try:
        with view:
            _until_interrupted(settings, options, view, finished)
    except KeyboardInterrupt:
        if not outcomes:
            raise KeyboardInterrupt("worker, replay, training and broker have ended") from None


def quiet_log() -> None:
    """Let the worker's log say what goes wrong, but not what its alerts say.

    The demo tells of those itself that mean something in a shop whose pages are simulated.
    """
    import logging

    from streams.worklog import logger, set_up

    set_up()
    logging.getLogger().setLevel(logging.WARNING)
    logger("alerts").setLevel(logging.ERROR)


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
    import signal

    from streams.commands.running import run
    from streams.demo.run import Demo

    async def main() -> None:
        task = asyncio.current_task()
        if task:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await Demo(settings, options, view).run(finished)

    quiet_log()
    try:
        run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
