"""``pandian models compare``: what the labels say of two models."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING

import click

from pandian.options import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from export.comparing import Outcome


@click.command(
    "compare",
    short_help="Say which of two models people prefer.",
    epilog="Example: pandian models compare --promote",
)
@click.argument("models", nargs=-1, metavar="[[CHAMPION] CHALLENGER]")
@click.option("--promote", "promoting", is_flag=True, help="Let the challenger answer if it is better.")
@click.option(
    "--every",
    type=Number(min=1),
    default=None,
    metavar="SECONDS",
    help="Look again and again, until the verdict is better or worse.",
)
@click.option("--by", default=None, help="Who does this. [the user of this session]")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
def compare(
    *, models: tuple[str, ...], promoting: bool, every: float | None, by: str | None, as_json: bool
) -> None:
    """Compare CHALLENGER with CHAMPION by what people did: AUC on the same labels, clicks, and interleaved pages.

    Default: the registry's challenger and its champion. All intervals hold at all times: run it as often as you like.
    With --promote, PANDIAN_PROMOTE_LABELS, _ALPHA and _GAIN say what a challenger must reach; the evidence is kept with
    the pointer.
    """
    from export.comparing import pair_of, weigh
    from export.registry import open_registry
    from pandian.errors import UsageError
    from pandian.output import print_json, say
    from pandian.settings import load_settings

    if len(models) > 2:
        raise UsageError(
            " ".join(models), "must be two models at most", "name the champion and the challenger"
        )
    settings = load_settings()
    registry = open_registry(settings)
    found = _looked(
        lambda: weigh(registry, settings, pair_of(registry, models), promoting=promoting, by=by), every
    )
    if found.left_out:
        say(f"{found.left_out:,} labels were left out: the first ones are compared")
    if found.promotion and found.promotion.trouble:
        say(f"the pointer is set, but could not be announced on pandian.models: {found.promotion.trouble}")
    if found.promotion and found.promotion.warning:
        say(found.promotion.warning)
    if as_json:
        print_json(found.document())
        return
    from rich.console import Console

    from export.compare_view import compare_view

    Console().print(compare_view(found))


def _looked(look: Callable[[], Outcome], every: float | None) -> Outcome:
    """Look once, or until something is decided; a broker that is away is asked again."""
    from monitoring.experiments.rule import UNDECIDED
    from pandian.errors import BrokerError
    from pandian.output import say

    said = ""
    while True:
        try:
            found = look()
            if every is None or found.compared.verdict.outcome != UNDECIDED:
                return found
            text = found.compared.verdict.text
        except BrokerError as error:
            if every is None:
                raise
            text = str(error)
        if text != said:
            said = text
            say(text)
        sleep(every)
