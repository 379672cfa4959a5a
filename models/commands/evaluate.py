"""``pandian evaluate``: how well an exported model finds what users did next, or which of two does better."""

from __future__ import annotations

import errno
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from export.registry import Entry, ModelRegistry
    from models.assessment.report import Report
    from models.evaluation import Seen


@click.command(
    "evaluate",
    short_help="Say how well a model finds what comes next, or which of two does.",
    epilog="Example: pandian evaluate model/ test.csv -k 10,20 --report report.html",
)
@click.argument("model")
@click.argument("test", nargs=-1, required=True, metavar="[OTHER] TEST...")
@click.option("-k", "ks", default="10,20", metavar="K,...", show_default=True, help="Lengths of lists.")
@click.option(
    "--every-step", is_flag=True, help="Ask for each row from a user's second on, not only the last."
)
@click.option(
    "--seen",
    type=click.Choice(("auto", "keep", "drop")),
    default="auto",
    show_default=True,
    help="Whether items of the history stay candidates; auto: as the model's card says.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write all of it, with plots, as one HTML page.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
def command(
    *,
    model: str,
    test: Sequence[str],
    ks: str,
    every_step: bool,
    seen: Seen | Literal["auto"],
    report: Path | None,
    as_json: bool,
) -> None:
    """Ask MODEL for the last row of each user in TEST, given the rows before it.

    MODEL is a folder that `pandian train` wrote, or name[@version] of the registry; OTHER is another one, which is
    compared with it on the same targets. TEST has the columns of training. All items of the model's catalogue are
    ranked; what it does not know is a miss, and ties count against it. Users with one row have no history and are not
    asked for.
    """
    from models.commands.evaluate_view import show
    from pandian.output import print_json, say

    started = time.monotonic()
    lengths = _lengths(ks)
    if report is not None:
        _check_report(report)
    found = evaluate(model, test, lengths, every_step=every_step, seen=seen, started=started)
    if report is not None:
        from models.assessment.report import report_page

        _write(report, report_page(found))
        say(f"written: {report}")
    if not as_json:
        show(found)
        return
    written = {} if report is None else {"report": str(report)}
    print_json({**document(found), **written, "seconds": round(time.monotonic() - started, 3)})


def evaluate(
    model: str,
    test: Sequence[str],
    ks: Sequence[int],
    *,
    every_step: bool = False,
    seen: Seen | Literal["auto"] = "auto",
    started: float | None = None,
) -> Report:
    """Return all that is found of a model, or of two.

    Args:
        model: a folder, or a name of the registry.
        test: files; the first of several may be another model.
        ks: lengths of lists.
        every_step: ask for each row from a user's second on.
        seen: ``keep`` or ``drop``; ``auto``: as each card says.
        started: of ``time.monotonic``, when the command began; None: now.

    Raises:
        DataError: when there is no target.
        PandianError: when a model or the files cannot be read.
    """
    from export.registry import open_registry
    from export.runtime import OnnxModel
    from models.assessment.assess import assess
    from models.assessment.facts import Facts
    from models.assessment.pair import compare_assessed
    from models.assessment.report import Report
    from models.entries import find_entry, last_targets
    from models.exceptions import DataError
    from models.progress import Reporter
    from models.source import read_source
    from pandian.output import say
    from pandian.settings import load_settings

    registry = open_registry(load_settings())
    entries = [find_entry(model, registry)]
    other = _other(test, registry)
    if other is not None:
        entries.append(other)
        test = test[1:]
    with Reporter(started=started) as progress:
        log = read_source(test, say, progress.rows)
        targets = last_targets(log, every_step=every_step)
        if not len(targets):
            raise DataError(
                f"{', '.join(test)}: {log.n_users:,} users with one row each",
                "there must be users with two rows or more: a history, and what came next",
                "give files with the whole histories of users",
            )
        facts = Facts.of(log, targets)
        models = []
        for entry in entries:
            wanted: Seen = entry.card["seen"] if seen == "auto" else seen

            def told(share: float, name: str = entry.model) -> None:
                progress(f"evaluating {name}", share)

            models.append(assess(OnnxModel(entry), log, targets, facts, ks, wanted, told))
        compared = compare_assessed(models[0], models[1], targets.users) if len(models) > 1 else {}
    users = len(set(targets.users.tolist()))
    return Report(tuple(models), facts, compared, test, users, len(targets))


def document(found: Report) -> dict[str, Any]:
    """Return it as JSON: what is found of the model, and where there is another one, of that and of both."""
    from models.assessment.document import comparison_document, data_document, model_document

    one, *others = found.models
    made = {
        **model_document(one),
        "targets": found.targets,
        "users": found.users,
        "data": data_document(found.facts),
    }
    for other in others:
        made |= {"other": model_document(other), "comparison": comparison_document(found.compared)}
    return made


def _other(test: Sequence[str], registry: ModelRegistry) -> Entry | None:
    """Return the other model, if what is named first is one and no file, and files come after it."""
    from models.entries import find_entry, is_entry
    from models.source import is_files
    from pandian.errors import UsageError

    name = test[0]
    if len(test) < 2 or name == "-" or not is_files(test[:1]):
        return None
    if is_entry(name):
        return find_entry(name, registry)
    if Path(name).exists():
        return None
    try:
        return find_entry(name, registry)
    except UsageError as error:
        if Path(name).suffix or "/" in name:
            return None  # it looks like a file, and is said to be missing as one
        raise error from None


def _check_report(path: Path) -> None:
    from pandian.errors import UsageError

    if path.is_dir():
        raise UsageError(f"--report {path}", "is a folder", "name a file in it, such as report.html")
    if not path.absolute().parent.is_dir():
        raise UsageError(
            f"--report {path}", "must be in a folder that is there", "make it, or name another one"
        )


def _lengths(text: str) -> tuple[int, ...]:
    from pandian.errors import UsageError

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= 100_000 for part in parts):
        raise UsageError(f"-k {text}", "must be whole numbers of 1 or more", "say for example -k 10,20")
    return tuple(sorted({int(part) for part in parts}))


def _write(path: Path, text: str) -> None:
    from pandian.errors import UsageError
    from pandian.output import write_whole

    try:
        write_whole(path, text)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise UsageError(
            f"--report {path}", f"cannot be written ({error.strerror})", "name another file"
        ) from error
