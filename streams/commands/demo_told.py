"""What ``pandian demo`` prints in the end: the inventory, the model, what came of it, and what to try next."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.commands.asset_list import assets_table
from streams.commands.demo_noticed import tell_noticed
from streams.commands.tables import asset_table, plain
from streams.demo.model import HR, NDCG
from streams.demo.model_lines import SIMULATED, fallen, live
from streams.demo.outcome import Outcome

#: Characters in a line where it is not printed on a terminal.
_FILE_WIDTH = 120


def tell(outcome: Outcome, kept: bool) -> None:
    """Print what came of the demo; ``kept``: everything goes on running."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    _tell_inventory(console, outcome)
    tell_noticed(console, outcome.inventory, outcome.announced, outcome.second)
    _tell_model(console, outcome)
    _tell_example(console, outcome)
    _tell_counts(console, outcome)
    _head(console, "What to try next")
    for what, how in _next(outcome, kept):
        console.print(Text.assemble(f"  {what}\n    ", (how, "cyan")), soft_wrap=True)


def _tell_inventory(console: Console, outcome: Outcome) -> None:
    assets = outcome.inventory["assets"]
    console.print(Text("The inventory", style="bold"))
    console.print(assets_table(assets, console.width))
    for asset in assets:
        console.print()
        console.print(asset_table(asset, console.width))


def _tell_model(console: Console, outcome: Outcome) -> None:
    model = outcome.model
    _head(console, "The model")
    if model.missing:
        console.print(Text(f"No model was trained: {model.missing}."))
        console.print(f"The worker served the baselines that it keeps itself ({model.name or 'none'}).")
    else:
        again = outcome.second and outcome.second.answers
        months = "all months, after the repair" if again else "the first months"
        console.print(
            f"{model.name} {model.version}, trained on {months}; tested on the newest purchases of these:"
        )
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("")
        table.add_column("NDCG@10", justify="right")
        table.add_column("HR@10", justify="right")
        ndcg, hits = model.offline(NDCG), model.offline(HR)
        for name in ndcg:
            table.add_row(plain(name), f"{ndcg[name]:.4f}", f"{hits[name]:.4f}" if name in hits else "–")
        console.print(table)
    console.print(Text(f"Live AUC: {live(model)}", style="bold"))
    if model.alarm:
        console.print(Text(f"  {fallen(model)}", style="yellow"), soft_wrap=True)
    for other in outcome.others:
        console.print(Text(f"  {other.name} {other.version}: {live(other)}", style="dim"))
    fallbacks = f", {outcome.fallbacks:,} of them to customers of whom too little was known for the model"
    console.print(
        f"{outcome.pages:,} pages with {outcome.shown:,} items were shown before their invoice"
        f"{fallbacks if outcome.fallbacks and not model.missing else ''}; {SIMULATED}. Their scores were written before"
        f" the purchases were sent, which are the actions; {outcome.due:,} labels were due by the last order.",
        soft_wrap=True,
    )


def _tell_example(console: Console, outcome: Outcome) -> None:
    example = outcome.example
    if not example or not example["items"]:
        return
    _head(console, f"Recommended to customer {example['user_id']}")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("score", justify="right")
    table.add_column("item", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("why")
    for item in example["items"]:
        name = outcome.names.get(item["item_id"], "")
        table.add_row(f"{item['score']:.2f}", plain(item["item_id"]), plain(name), plain(item["reason"]))
    console.print(table)
    if example["fallback"]:
        console.print(Text(str(example["fallback"]), style="dim"))


def _tell_counts(console: Console, outcome: Outcome) -> None:
    console.print()
    console.print(
        f"{outcome.records:,} records sent, {outcome.records:,} counted ({outcome.records_per_s:,.0f} a second while"
        f" the shop was open); {outcome.seconds:.0f} s in all, the first inventory was there after"
        f" {outcome.first_inventory_s:.0f} s.",
        soft_wrap=True,
    )


def _head(console: Console, words: str) -> None:
    console.print(Text(f"\n{words}", style="bold"))


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
    second = (
        "The second act: a catalogue import goes wrong, an alert names what moved, a retraining brings it back:",
        f"{pandian} demo --wrong-import --keep",
    )
    acts = [] if outcome.second else [second]
    if not kept:
        return [("The live page, and time to look at it:", f"{pandian} demo --keep"), *acts, *own]
    user = outcome.example["user_id"] if outcome.example else "USER"
    models = f"PANDIAN_MODELS={outcome.models} {pandian} models list"
    retrain = f"PANDIAN_BROKER={outcome.broker} PANDIAN_MODELS={outcome.models} {pandian} retrain"
    return [
        ("The live page:", outcome.url),
        (
            "A recommendation with its reasons, in another terminal:",
            f"{pandian} recommend {user} --url {outcome.url}",
        ),
        ("The models that there are:", models),
        ("A new model of all that the stream has, promoted when it is better:", retrain),
        ("Every field of the orders:", f"{pandian} inventory shop.orders --url {outcome.url}"),
        (
            "A file of yours as one more topic of the shop:",
            f"{pandian} produce orders.csv --topic shop.mine --broker {outcome.broker}",
        ),
        *acts,
        *own,
    ]


def _program() -> str:
    """Return how this program can be called again: its name, or its path where the shell would not find it."""
    called = Path(sys.argv[0])
    if shutil.which("pandian") or called.name != "pandian":
        return "pandian"
    here = Path.cwd()
    return str(called.relative_to(here) if called.is_relative_to(here) else called)
