"""``pandian models``: the registry at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from export.compare_command import compare
from pandian.options import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from export.promotion import Promotion, Shadowing
    from export.registry import Challenger, Entry, ModelRegistry, Pointer

_FORCE = click.option(
    "--force", is_flag=True, help="Also if it knows the items of hardly any of the newest interactions."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")


def _reasons(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--by", default=None, help="Who does this. [the user of this session]")(command)
    return click.option("--why", default="", help="Why: it is kept with the pointer.")(command)


@click.group("models", epilog="Example: pandian models list", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Keep trained models, and say which of them answers.

    The registry is what PANDIAN_MODELS names: a folder, or an address such as s3://bucket/models. MODEL is a name such
    as sasrec, which means its newest version, or name@version.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


command.add_command(compare)


@command.command(
    "list",
    short_help="Show all models, which of them answers, and which is tried out.",
    epilog="Example: pandian models list --json",
)
@_JSON
def list_(*, as_json: bool) -> None:
    """Show all models, which of them answers (★), and which is tried out beside it (☆)."""
    from pandian.output import print_json, say

    registry = _registry()
    entries, damaged = registry.scan()
    champion, challenger = registry.champion(), registry.challenger()
    for error in damaged:
        say(f"left out: {error}")
    if as_json:
        print_json(
            {
                "registry": registry.address,
                "champion": _document(champion),
                "challenger": _document(challenger),
                "models": [_summary(registry, entry, champion, challenger) for entry in entries],
                "damaged": [str(error) for error in damaged],
            }
        )
        return
    from rich.console import Console

    from export.tables import models_table

    Console().print(models_table(entries, champion, challenger, registry.address))


@command.command(
    "show", short_help="Show what a model is, and how good.", epilog="Example: pandian models show sasrec"
)
@click.argument("model", required=False)
@_JSON
def show(*, model: str | None, as_json: bool) -> None:
    """Show the card of MODEL: what it is and how good. Default: the champion."""
    from pandian.errors import UsageError
    from pandian.output import print_json

    registry = _registry()
    champion, challenger = registry.champion(), registry.challenger()
    if model is None and champion is None:
        raise UsageError(
            registry.address, "has no champion to show", "name a model; `pandian models list` shows them"
        )
    entry = registry.entry(*_named(model or str(champion.reference if champion else "")))
    if as_json:
        files = {name: {"sha256": file.sha256, "bytes": file.bytes} for name, file in entry.files.items()}
        print_json({**_summary(registry, entry, champion, challenger), "files": files, "card": entry.card})
        return
    from rich.console import Console

    from export.tables import card_view

    Console().print(card_view(entry, champion, challenger, registry.place(entry.reference)))


@command.command(
    "add",
    short_help="Take a model that was trained.",
    epilog="Example: pandian models add model/ --promote --why 'first model'",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--promote", "promoted", is_flag=True, help="Let it answer from now on.")
@_FORCE
@_reasons
@_JSON
def add(*, folder: Path, promoted: bool, force: bool, by: str | None, why: str, as_json: bool) -> None:
    """Take a copy of the model that `pandian train --out DIR` wrote.

    Its files are checked against their checksums, and it must give here the logits that it was exported with. Adding
    the same again changes nothing.
    """
    from export.promotion import promote as promote_entry
    from export.registry import Entry
    from export.runtime import OnnxModel
    from pandian.settings import load_settings
    from pandian.who import current_user

    registry = _registry()
    OnnxModel(Entry.open(folder))
    entry = registry.add(folder, by=by or current_user(), why=why)
    document: dict[str, Any] = {"model": entry.model, "version": entry.version}
    document["path"] = registry.place(entry.reference)
    if promoted:
        document |= _promoted(
            promote_entry(registry, entry, by=by, why=why, settings=load_settings(), force=force)
        )
    _report(document, f"{entry.model}@{entry.version} is in the registry {registry.address}", as_json=as_json)


@command.command(
    "promote",
    short_help="Let a model answer from now on.",
    epilog="Example: pandian models promote sasrec --why 'better NDCG'",
)
@click.argument("model")
@_FORCE
@_reasons
@_JSON
def promote(*, model: str, force: bool, by: str | None, why: str, as_json: bool) -> None:
    """Let MODEL answer from now on: workers load it within PANDIAN_MODELS_SECONDS.

    If it was tried out beside the champion, it is that no longer. With PANDIAN_BROKER set, one that knows the items of
    hardly any of the newest interactions is refused.
    """
    from export.promotion import promote as promote_entry
    from pandian.settings import load_settings

    registry = _registry()
    entry = registry.entry(*_named(model))
    promotion = promote_entry(registry, entry, by=by, why=why, settings=load_settings(), force=force)
    _report(_promoted(promotion), "", as_json=as_json)


@command.command(
    "rollback",
    short_help="Let the champion before this one answer again.",
    epilog="Example: pandian models rollback --why 'AUC fell'",
)
@_reasons
@_JSON
def rollback(*, by: str | None, why: str, as_json: bool) -> None:
    """Let the champion before this one answer again; once more goes to the one before that."""
    from export.promotion import rollback as roll_back
    from pandian.settings import load_settings

    promotion = roll_back(_registry(), by=by, why=why, settings=load_settings())
    _report(_promoted(promotion), "", as_json=as_json)


@command.command(
    "shadow",
    short_help="Try a model out beside the champion.",
    epilog="Example: pandian models shadow sasrec --share 0.1 --why 'better NDCG'",
)
@click.argument("model", required=False)
@click.option(
    "--share",
    type=Number(0, 1),
    help="Of the users, who get it; 0: nobody does, it only scores what others get.  [default: 0]",
)
@click.option("--stop", is_flag=True, help="Let nothing be tried out any more.")
@_reasons
@_JSON
def shadow(
    *, model: str | None, share: float | None, stop: bool, by: str | None, why: str, as_json: bool
) -> None:
    """Try MODEL out beside the champion, instead of what is: `pandian models compare` says which is better.

    Workers load it within PANDIAN_MODELS_SECONDS. Named again, its share is another one from then on. It ends when it
    is promoted, or with --stop.
    """
    from export.promotion import end_shadow
    from export.promotion import shadow as shadow_entry
    from pandian.settings import load_settings

    if stop is (model is not None) or (stop and share is not None):
        raise click.UsageError("name a MODEL (and its --share), or --stop alone")
    registry, settings = _registry(), load_settings()
    if model is None:
        _report_shadow(end_shadow(registry, by=by, why=why, settings=settings), ended=True, as_json=as_json)
        return
    entry = registry.entry(*_named(model))
    found = shadow_entry(registry, entry, share=share or 0.0, by=by, why=why, settings=settings)
    _report_shadow(found, ended=False, as_json=as_json)


def _report_shadow(found: Shadowing, *, ended: bool, as_json: bool) -> None:
    from pandian.output import print_json

    _warn(found.trouble)
    one = found.challenger
    if as_json:
        document = {
            "challenger": None if ended else _document(one),
            "ended": _document(one) if ended else None,
        }
        print_json({**document, "announced": found.announced})
    elif ended:
        click.echo(f"{one.reference} is no challenger any more")
    else:
        get = (
            f"{one.share:.4g} of the users get it"
            if one.share
            else "nobody gets it, it scores what others get"
        )
        click.echo(f"{one.reference} is the challenger: {get}")


def _promoted(promotion: Promotion) -> dict[str, Any]:
    """Return what there is to report, and warn when the broker did not take it, or the model knows little."""
    from dataclasses import asdict

    from pandian.output import say

    _warn(promotion.trouble)
    known = promotion.known
    if promotion.warning:
        say(promotion.warning)
    return {
        "champion": _document(promotion.pointer),
        "announced": promotion.announced,
        "known": asdict(known) if known else None,
    }


def _warn(trouble: str | None) -> None:
    from pandian.output import say

    if trouble:
        say(f"the pointer is set, but could not be announced on pandian.models: {trouble}")


def _report(document: dict[str, Any], line: str, *, as_json: bool) -> None:
    from pandian.output import print_json

    if as_json:
        print_json(document)
        return
    if line:
        click.echo(line)
    champion = document.get("champion")
    if champion:
        previous = champion["previous"]
        instead = f" (before: {previous['model']}@{previous['version']})" if previous else ""
        click.echo(f"{champion['model']}@{champion['version']} is the champion{instead}")


def _registry() -> ModelRegistry:
    from export.registry import open_registry
    from pandian.settings import load_settings

    return open_registry(load_settings())


def _named(text: str) -> tuple[str, str | None]:
    model, at, version = text.partition("@")
    return model, version if at else None


def _summary(
    registry: ModelRegistry, entry: Entry, champion: Pointer | None, challenger: Challenger | None
) -> dict[str, Any]:
    return {
        "model": entry.model,
        "version": entry.version,
        "champion": champion is not None and champion.reference == entry.reference,
        "challenger": challenger is not None and challenger.reference == entry.reference,
        "created": entry.card["created"],
        "bytes": entry.size,
        "metrics": entry.card["metrics"],
        "path": registry.place(entry.reference),
    }


def _document(found: Pointer | Challenger | None) -> dict[str, Any] | None:
    from dataclasses import asdict

    return asdict(found) if found else None
