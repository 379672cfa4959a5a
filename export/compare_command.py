"""``pandian models compare``: what the labels say of two models."""

from __future__ import annotations

import click


@click.command(
    "compare",
    short_help="Say which of two models people prefer.",
    epilog="Example: pandian models compare --promote",
)
@click.argument("models", nargs=-1, metavar="[[CHAMPION] CHALLENGER]")
@click.option("--promote", "promoting", is_flag=True, help="Let the challenger answer if it is better.")
@click.option("--by", default=None, help="Who does this. [the user of this session]")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
def compare(*, models: tuple[str, ...], promoting: bool, by: str | None, as_json: bool) -> None:
    """Compare CHALLENGER with CHAMPION by what people did: AUC on the same labels, clicks, and interleaved pages.

    Default: the registry's challenger and its champion. All intervals hold at all times: run it as often as you like.
    With --promote, PANDIAN_PROMOTE_LABELS, _ALPHA and _GAIN say what a challenger must reach; the evidence is kept with
    the pointer.
    """
    from export.comparing import pair_of, weigh
    from export.registry import Registry
    from pandian.errors import UsageError
    from pandian.output import print_json, say
    from pandian.settings import load_settings

    if len(models) > 2:
        raise UsageError(
            " ".join(models), "must be two models at most", "name the champion and the challenger"
        )
    settings = load_settings()
    registry = Registry(settings.models)
    found = weigh(registry, settings, pair_of(registry, models), promoting=promoting, by=by)
    if found.left_out:
        say(f"{found.left_out:,} labels were left out: the first ones are compared")
    if found.promotion and found.promotion.trouble:
        say(f"the pointer is set, but could not be announced on pandian.models: {found.promotion.trouble}")
    if as_json:
        print_json(found.document())
        return
    from rich.console import Console

    from export.compare_view import compare_view

    Console().print(compare_view(found))
