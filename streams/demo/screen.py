"""What a person sees while the demo runs: a live screen on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from streams.demo.interesting import ASCII_BARS, BARS, FieldLine, field_lines
from streams.demo.model import Model
from streams.demo.model_lines import live, model_lines
from streams.demo.progress import Progress

_LINE_EVERY_S = 3.0
_NAME_WIDTH = 22
_GRADES = {"A": "green", "B": "green", "C": "yellow", "D": "yellow", "E": "red", "F": "red"}


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the screen shows at one moment."""

    doing: str
    """What is going on, in a few words."""
    seconds: float = 0.0
    """Since the demo started."""
    url: str = ""
    """Where the page is; empty while it is not up."""
    progress: Progress = field(default_factory=Progress)
    """The replay."""
    counted: int = 0
    """Records in the inventory."""
    rate: float = 0.0
    """Records a second that the worker reads."""
    document: Mapping[str, Any] = field(default_factory=lambda: {"assets": []})
    """The inventory of the shop's topics."""
    model: Model = field(default_factory=Model)
    """The model that serves."""
    training: str = ""
    """What the training said last, while there is one."""


class View(Protocol):
    """Shows scenes."""

    def show(self, scene: Scene) -> None:
        """Show the scene instead of the one before. Called several times a second."""
        ...

    def say(self, line: str) -> None:
        """Show a line that stays."""
        ...


class LiveView:
    """Draws each scene in place of the one before. Use as a context manager; what was drawn is cleared at the end.

    Lines that others write to standard error meanwhile appear above.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=True
        )

    def show(self, scene: Scene) -> None:
        """Draw the scene."""
        bars = ASCII_BARS if self._console.options.ascii_only else BARS
        self._live.update(drawn(scene, bars), refresh=True)

    def say(self, line: str) -> None:
        """Print a line above what is drawn."""
        self._console.print(Text(line))

    def close(self) -> None:
        """Clear what is drawn and draw no more; :meth:`say` still works."""
        self._live.stop()

    def __enter__(self) -> LiveView:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class PlainView:
    """Prints a line when something else begins, and one every three seconds. A context manager like the other."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._doing = ""
        self._next = 0.0

    def show(self, scene: Scene) -> None:
        """Print the scene in a line when it is time to."""
        now = time.monotonic()
        if scene.doing == self._doing and now < self._next:
            return
        self._doing, self._next = scene.doing, now + _LINE_EVERY_S
        self.say(in_a_line(scene))

    def say(self, line: str) -> None:
        """Print a line."""
        self._console.print(Text(line), soft_wrap=True)

    def close(self) -> None:
        """Do nothing: what is printed stays."""

    def __enter__(self) -> PlainView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return


def in_a_line(scene: Scene) -> str:
    """Return a scene in one line."""
    parts = [f"{scene.seconds:5.1f} s  {scene.doing}"]
    if scene.progress.sent:
        parts.append(f"the shop's clock says {scene.progress.date}")
        parts.append(f"{scene.counted:,} of {scene.progress.sent:,} sent records in the inventory")
    for asset in scene.document["assets"]:
        parts.append(f"{asset['asset']} {asset['records']:,}")
    if scene.training:
        parts.append(scene.training)
    if scene.progress.pages:
        parts.append(f"{scene.progress.pages:,} pages (simulated)")
        parts.append(f"{scene.model.name} AUC {live(scene.model)}")
    return "; ".join(parts)


def drawn(scene: Scene, bars: str = BARS) -> RenderableType:
    """Return a scene as something that rich draws, some 20 lines high."""
    parts: list[RenderableType] = [_head(scene), _replay(scene), _counts(scene)]
    if lines := model_lines(scene.model, scene.progress, scene.training):
        parts += ["", *lines]
    if scene.document["assets"]:
        parts += ["", _inventory(scene.document, bars)]
    return Group(*parts)


def grade(asset: Mapping[str, Any]) -> str:
    """Return the letter of an asset's quality; empty while there is none."""
    return str((asset.get("quality") or {}).get("grade") or "")


def _head(scene: Scene) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right")
    line.add_row(
        Text.assemble(("Pandian", "bold"), f"  {scene.doing}"),
        Text.assemble(("live page ", "dim"), (scene.url, "underline")) if scene.url else "",
    )
    return line


def _replay(scene: Scene) -> RenderableType:
    progress = scene.progress
    line = Table.grid(expand=True, padding=(0, 2, 0, 0))
    line.add_column(no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(
        Text(progress.date[:16] or "the shop is closed"),
        ProgressBar(total=max(progress.of, 1), completed=progress.rows),
        Text(
            f"{progress.rows / max(progress.of, 1):.0%} of {progress.of:,} order lines" if progress.of else ""
        ),
    )
    return line


def _counts(scene: Scene) -> RenderableType:
    counted = f"{scene.counted:,} of {scene.progress.sent:,} records counted"
    return Text(f"{scene.rate:,.0f} records/s, {counted}, {scene.seconds:.0f} s", style="dim")


def _inventory(document: Mapping[str, Any], bars: str) -> Table:
    """Draw each asset in a line, with a few of its fields below it."""
    table = Table(box=None, header_style="dim", pad_edge=False, expand=True)
    table.add_column("asset, field", no_wrap=True, max_width=_NAME_WIDTH)
    table.add_column("meaning", no_wrap=True, min_width=10)
    table.add_column("missing", no_wrap=True, min_width=7, justify="right")
    table.add_column("distribution", no_wrap=True, min_width=15)
    table.add_column("least … median … greatest", no_wrap=True, ratio=1)
    for asset in document["assets"]:
        letter = grade(asset)
        table.add_row(
            Text(asset["asset"], style="bold"),
            Text(asset["kind"], style="bold"),
            "",
            Text(f"{asset['records']:,} records", style="bold"),
            Text.assemble(
                *((f"grade {letter}", _GRADES.get(letter, "")), ", ") if letter else "",
                asset["source"].get("format") or "no format",
                f", {asset['quarantined']:,} quarantined" if asset["quarantined"] else "",
            ),
        )
        for line in field_lines(asset, bars=bars):
            table.add_row(*_cells(line))
    return table


def _cells(line: FieldLine) -> tuple[RenderableType, ...]:
    return (
        Text(f"  {line.field}"),
        Text(line.meaning),
        Text(f"{line.missing:.1%}" if line.missing else ""),
        Text(line.shape, style="cyan"),
        Text(line.words),
    )
