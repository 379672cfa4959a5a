"""``pandian dashboards``: the Grafana dashboards as files, for a Grafana of one's own."""

from __future__ import annotations

from pathlib import Path

import click

#: What the code needs that a worker does not.
_NEEDED = "grafana_foundation_sdk"


@click.command(
    "dashboards",
    short_help="Write the Grafana dashboards.",
    epilog="Example: pandian dashboards --out /etc/grafana/dashboards",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="this folder",
    help="Folder for the files; it is made if need be.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as one JSON document.")
def command(*, out: Path, as_json: bool) -> None:
    """Write the Grafana dashboards, one JSON file each, to import or to provision: overview, inventory, an asset, the
    model, serving, and the workers.

    Grafana 11 or newer, with a Prometheus that scrapes the workers under the job name pandian.
    """
    from pandian.errors import PandianError
    from pandian.output import made_folder, print_json, printable, say

    try:
        from monitoring.dashboards.dashboard import write
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != _NEEDED:
            raise
        raise PandianError(
            _NEEDED,
            "must be installed to make the dashboards; a worker does without",
            "run: make setup, or pip install 'pandian[dev]'; made they are in monitoring/grafana/dashboards/",
        ) from None
    try:
        made = made_folder(out)
        paths = write(out)
    except OSError as error:
        raise PandianError(
            f"--out {out}", f"cannot be written ({error.strerror})", "choose another"
        ) from None
    if as_json:
        print_json({"dashboards": [{"uid": path.stem, "file": str(path)} for path in paths]})
        return
    if made:
        say(f"made the folder {printable(out)}")
    for path in paths:
        say(f"wrote {printable(path)}")
