"""``pandian produce``: the rows of files to a Kafka topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pandian.errors import BrokerError, UsageError
from pandian.options import Number

if TYPE_CHECKING:
    from streams.commands.producing.run import Options, Report

_FORMATS = ("csv", "tsv", "jsonl", "json", "parquet")
_NO_BROKER = "`pandian worker` starts one of its own and says its address"


@click.command(
    "produce",
    short_help="Send the rows of files to a Kafka topic.",
    epilog="Example: pandian produce orders.csv.gz --topic shop.orders --broker localhost:9092 --key CustomerID",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--topic", required=True, help="Topic to send to; made when it is not there.")
@click.option("--broker", metavar="HOST:PORT", help="Kafka broker; default: PANDIAN_BROKER.")
@click.option("--key", metavar="FIELD", help="Field whose value becomes the record's key.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["json", "csv"]),
    default="json",
    show_default=True,
    help="Send JSON objects, or CSV lines whose columns the record header pandian.columns names.",
)
@click.option(
    "--partitions", type=click.IntRange(1, 100_000), help="Partitions of the topic when it is made. [1]"
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Send the first N rows only.")
@click.option("--rate", type=Number(0, min_open=True), metavar="N", help="Send N rows a second.")
@click.option(
    "--speed",
    type=Number(0, min_open=True),
    metavar="X",
    help="Replay by event time, X times as fast as it happened; record times are now.",
)
@click.option("--time", "time_field", metavar="FIELD", help="Field with the event time, for --speed. [found]")
@click.option(
    "--format", "fmt", type=click.Choice(_FORMATS), help="Format of the files. [by name and content]"
)
@click.option("--columns", metavar="A,B,...", help="Column names of csv and tsv files without a header line.")
@click.option("--skip-bad", is_flag=True, help="Count and leave out rows that cannot be read, and go on.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
def command(*, broker: str | None, as_json: bool, form: str, columns: str | None, **rest: Any) -> None:
    """Send each row of FILE... as one record to a Kafka topic, and count what the broker acknowledged.

    Reads csv, tsv, jsonl, json and parquet, plain, gzip or zstd; - is standard input. Rows of csv, tsv and parquet
    become JSON objects named by the header; cells of csv and tsv stay strings, an empty cell is null. JSON lines are
    sent unchanged. Ends with 1 when a row cannot be read or a record was not acknowledged.
    """
    from streams.commands.producing.run import Options

    if rest["rate"] and rest["speed"]:
        raise UsageError("--rate and --speed", "exclude each other", "give one of them")
    if rest["time_field"] and not rest["speed"]:
        raise UsageError("--time", "says by which field --speed replays", "give --speed, or leave --time out")
    names = columns.split(",") if columns else None
    _run(Options(as_csv=form == "csv", columns=names, **rest), broker, as_json)


def _run(options: Options, broker: str | None, as_json: bool) -> None:
    import gc

    from pandian.files import check_readable
    from pandian.settings import load_settings
    from streams.commands.output import print_json, say
    from streams.commands.producing.run import produce
    from streams.commands.progress import Reporter, total_size

    settings = load_settings(broker=broker)
    if not settings.bootstrap_servers:
        raise UsageError(
            "PANDIAN_BROKER",
            "must name a Kafka broker to produce to",
            f"set it or give --broker HOST:PORT; {_NO_BROKER}",
        )
    for path in options.files:
        check_readable(path)
    # A record in flight is a dozen objects; looking for garbage after every 700 of them costs a fifth of the speed.
    gc.set_threshold(50_000, 20, 20)
    with Reporter("acknowledged", total_size(options.files)) as progress:
        report = produce(options, settings, progress, say)
    if as_json:
        print_json(report.document())
    else:
        click.echo(_summary(report))
    if report.failed:
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in report.failed.items())
        raise BrokerError(
            f"{sum(report.failed.values()):,} of {report.sent:,} records for {report.topic}",
            f"were not acknowledged ({reasons})",
            "look after the broker and the topic's limits, then send them again",
        )


def _summary(report: Report) -> str:
    rate = report.acknowledged / report.seconds if report.seconds else 0.0
    skipped = f"; {report.skipped:,} bad rows left out" if report.skipped else ""
    return (
        f"{report.acknowledged:,} records acknowledged on {report.topic} in {report.seconds:.1f} s"
        f" ({rate:,.0f} a second){skipped}"
    )
