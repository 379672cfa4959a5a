"""The ``pandian`` command: a thin group whose verbs are imported only when they are called."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

import click

import pandian
from pandian.errors import PandianError

INTERRUPTED = 130
BROKEN_PIPE = 141


class Verb(NamedTuple):
    """Where a command is, and what the overview says about it."""

    target: str
    """``module:attribute`` of a :class:`click.Command`."""
    summary: str


#: The commands in the order of the help.
VERBS: dict[str, Verb] = {
    "demo": Verb(
        "streams.commands.demo:command", "See it work: a shop's live inventory, a model, and its live AUC."
    ),
    "worker": Verb("streams.commands.worker:command", "Run one worker: topics in, a live inventory out."),
    "produce": Verb("streams.commands.produce:command", "Send the rows of files to a Kafka topic."),
    "inventory": Verb("streams.commands.inventory:command", "Show the live inventory of a running worker."),
    "profile": Verb("streams.commands.profile:command", "Take the inventory of files, without a broker."),
    "export": Verb(
        "streams.commands.catalogs:command", "Write the inventory for catalogues, contracts and people."
    ),
    "archive": Verb("streams.commands.archive:command", "Show what the archive holds, and let old days go."),
    "train": Verb("models.commands.train:command", "Train a model on interactions."),
    "evaluate": Verb(
        "models.commands.evaluate:command", "Say how well a model finds what comes next, or which of two."
    ),
    "tune": Verb("models.commands.tune:command", "Search the settings of a kind of model."),
    "retrain": Verb("models.commands.retrain:command", "Train again, and promote the model if it is better."),
    "shrink": Verb("models.commands.shrink:command", "Make a model smaller, if it answers as well."),
    "models": Verb("export.commands:command", "Keep trained models, and say which of them answers."),
    "recommend": Verb(
        "streams.commands.recommend:command", "Show what a running worker recommends to a user."
    ),
    "dashboards": Verb("monitoring.commands:command", "Write the Grafana dashboards."),
}


class _Interrupted(Exception):  # noqa: N818 - no error: the user asked for it
    """Ctrl-C, carried past click, which would print a line of its own."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(VERBS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Import a command; None when there is no such verb."""
        if name not in VERBS:
            return None
        module, attribute = VERBS[name].target.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command and turn what goes wrong into one line and an exit code."""
        debug = bool(ctx.params["debug"])
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except PandianError as error:
            _complain(str(error), debug)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as interrupt:
            raise _Interrupted(*interrupt.args) from None
        except BrokenPipeError:
            _discard_output()
            ctx.exit(BROKEN_PIPE)
        except Exception as error:  # noqa: BLE001 - the last place that can turn it into one line
            full = isinstance(error, OSError) and error.errno == errno.ENOSPC
            _complain(
                "no space is left to write to; make room, or write elsewhere" if full else _unexpected(error),
                debug,
            )
            if full:
                _discard_output()
            ctx.exit(1)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: pandian profile orders.csv",
)
@click.version_option(pandian.__version__, prog_name="pandian", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, envvar="PANDIAN_DEBUG", help="Show where an error comes from.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Take stock of your data: a live, exact inventory of an e-commerce company's Kafka topics."""
    if debug:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 bad usage, 130 interrupted."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = cli.main(args=arguments, prog_name="pandian", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "pandian"
        _complain(f"{error.format_message().rstrip('.')}; see {path} --help", debug=False)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except _Interrupted as interrupt:
        _complain("; ".join(["interrupted", *map(str, interrupt.args)]), debug=False)
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    return code if isinstance(code, int) else 0


def _complain(text: str, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    click.echo(f"pandian: {' '.join(text.splitlines())}", err=True)


def _unexpected(error: Exception) -> str:
    """Name an error of our own by type and place only: its text may hold a value of the data."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{type(error).__name__} in {os.path.basename(place.filename)}:{place.lineno}: "  # noqa: PTH119 - a name only
        "this is an error of Pandian itself; run it again with PANDIAN_DEBUG=1 and report what it shows"
    )


def _discard_output() -> None:
    """Let Python's last flush go nowhere: nobody reads our output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
