"""What holds for every command that the command line has: help with an example, and a clean end on Ctrl-C.

Commands are found from the application itself, so that a new one must say here how it is kept waiting.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click
import pytest

from export.registry import Registry
from streams.cli import cli
from tests.support import entries
from tests.support.processes import free_port, tail, wait_until

#: The exit code of what was interrupted, and of a worker, which stops in order: see docs/operations.md.
INTERRUPTED, DONE = 130, 0
_CSV = b"user_id,item_id,timestamp\n"


def found(group: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its name, groups before what they hold."""
    if path:
        yield " ".join(path), group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from found(command, (*path, name))


COMMANDS = dict(found())
LEAVES = [name for name, command in COMMANDS.items() if not isinstance(command, click.Group)]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    command = COMMANDS[name]
    text = command.get_help(click.Context(command, info_name=f"pandian {name}"))
    assert text.startswith(f"Usage: pandian {name}")
    assert "Example" in text
    examples = text[text.index("Example") :]
    assert f"pandian {name}" in " ".join(examples.split())


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in LEAVES])
def test_a_group_alone_shows_its_help(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", *name.split()],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: pandian {name} ")


@dataclass
class Running:
    """A command under way, which waits for something that never comes."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass
class Place:
    """Where a command runs, and what keeps it waiting."""

    folder: Path
    entry: Path
    """A model's folder."""
    silent: socket.socket = field(default_factory=socket.socket)
    """Listens, and never says a word."""

    def __post_init__(self) -> None:
        self.silent.bind(("127.0.0.1", 0))
        self.silent.listen()
        self.silent.settimeout(60)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.silent.getsockname()[1]}"

    def pipe(self, name: str) -> Path:
        """Return a file that whoever reads it waits for."""
        path = self.folder / name
        os.mkfifo(path)
        return path


#: Says how a command is called so that it waits, and gives the test that it does.
Waits = Callable[[Place], tuple[list[str], Callable[[Running], bool]]]


def on_input(*arguments: str) -> Waits:
    """Standard input that does not end."""

    def waits(place: Place) -> tuple[list[str], Callable[[Running], bool]]:
        def is_read(running: Running) -> bool:
            pipe: IO[bytes] | None = running.process.stdin
            assert pipe is not None
            left = array.array("i", [0])
            fcntl.ioctl(pipe.fileno(), termios.FIONREAD, left)
            return left[0] == 0

        return [one.format(entry=place.entry, out=place.folder / "out") for one in arguments], is_read

    return waits


def on_address(*arguments: str) -> Waits:
    """Somebody at the other end who does not answer."""

    def waits(place: Place) -> tuple[list[str], Callable[[Running], bool]]:
        calls: list[socket.socket] = []

        def is_asked(_: Running) -> bool:
            if not calls:
                place.silent.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    calls.append(place.silent.accept()[0])
            return bool(calls)

        return [one.format(address=place.address) for one in arguments], is_asked

    return waits


def on_registry(*arguments: str) -> Waits:
    """A registry whose pointer is never written to its end."""

    def waits(place: Place) -> tuple[list[str], Callable[[Running], bool]]:
        registry = Registry(place.folder / "models")
        registry.add(place.entry, by="test", why="")
        pipe = place.pipe("models/champion.json")
        return [one.format(entry=place.entry) for one in arguments], _is_opened(pipe)

    return waits


def on_lock(*arguments: str) -> Waits:
    """A registry that somebody else is changing, and never done with."""

    def waits(place: Place) -> tuple[list[str], Callable[[Running], bool]]:
        (place.folder / "models").mkdir()
        lock = (place.folder / "models" / "lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_EX)

        def is_wanted(running: Running) -> bool:
            # The file object lives as long as this function does, and with it the lock.
            opened = Path(f"/proc/{running.process.pid}/fd").iterdir()
            return any(os.path.realpath(one) == lock.name for one in opened)

        return [one.format(entry=place.entry) for one in arguments], is_wanted

    return waits


def _is_opened(pipe: Path) -> Callable[[Running], bool]:
    writers: list[int] = []

    def is_opened(_: Running) -> bool:
        if not writers:
            with contextlib.suppress(OSError):  # nobody reads yet
                writers.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(writers)

    return is_opened


def on_words(words: str, *arguments: str) -> Waits:
    """It runs until it is told to stop: it is under way when it says so."""

    def waits(_: Place) -> tuple[list[str], Callable[[Running], bool]]:
        return [one.format(port=free_port()) for one in arguments], lambda running: words in running.said

    return waits


#: How each command is kept waiting, and what it ends with.
WAITING: dict[str, tuple[Waits, int]] = {
    "demo": (
        on_words("the shop is open", "--limit", "3000", "--rate", "200", "--port", "{port}"),
        INTERRUPTED,
    ),
    "worker": (on_words("the page:", "--port", "{port}"), DONE),
    "produce": (on_address("in.csv", "--topic", "t", "--broker", "{address}"), INTERRUPTED),
    "inventory": (on_address("--url", "http://{address}"), INTERRUPTED),
    "profile": (on_input("-"), INTERRUPTED),
    "export": (on_input("csv", "--inventory", "-"), INTERRUPTED),
    "archive list": (on_address("--archive", "http://{address}/archive"), INTERRUPTED),
    "archive retain": (on_address("--archive", "http://{address}/archive", "--days", "3"), INTERRUPTED),
    "train": (on_input("-", "--out", "{out}"), INTERRUPTED),
    "tune": (on_input("-", "--model", "transitions", "--out", "{out}"), INTERRUPTED),
    "evaluate": (on_input("{entry}", "-"), INTERRUPTED),
    "retrain": (on_input("-"), INTERRUPTED),
    "shrink": (on_input("{entry}", "-", "--out", "{out}"), INTERRUPTED),
    "models list": (on_registry(), INTERRUPTED),
    "models show": (on_registry("popularity"), INTERRUPTED),
    "models add": (on_lock("{entry}"), INTERRUPTED),
    "models promote": (on_registry("popularity"), INTERRUPTED),
    "models rollback": (on_registry(), INTERRUPTED),
    "models shadow": (on_registry("popularity"), INTERRUPTED),
    "models compare": (on_registry(), INTERRUPTED),
    "recommend": (on_address("u", "--url", "http://{address}"), INTERRUPTED),
}
#: These end at once: there is nothing that they could wait for.
AT_ONCE: dict[str, list[str]] = {"dashboards": ["--out", "boards"]}


def test_every_command_is_here() -> None:
    assert sorted([*WAITING, *AT_ONCE]) == sorted(LEAVES)


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return entries.make_entry(tmp_path_factory.mktemp("entry") / "model").path


@pytest.fixture
def place(tmp_path: Path, entry: Path) -> Iterator[Place]:
    (tmp_path / "in.csv").write_bytes(_CSV + b"u,i,1\n")
    found = Place(tmp_path, entry)
    yield found
    found.silent.close()


@contextlib.contextmanager
def running(place: Place, arguments: list[str]) -> Iterator[Running]:
    """Start a command as a terminal would: it leads a group of processes, and Ctrl-C is not ignored."""
    log = place.folder / "said"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=place.folder,
            env={
                **os.environ,
                "PANDIAN_DATADIR": str(place.folder / "data"),
                "PANDIAN_MODELS": str(place.folder / "models"),
            },
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - takes no lock
        )
    try:
        yield Running(process, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("name", WAITING)
def test_ctrl_c_ends_it_cleanly(name: str, place: Place) -> None:
    waits, code = WAITING[name]
    arguments, is_waiting = waits(place)
    with running(place, [*name.split(), *arguments]) as one:
        pipe = one.process.stdin
        assert pipe is not None
        pipe.write(_CSV)
        pipe.flush()
        wait_until(
            lambda: is_waiting(one) or one.process.poll() is not None, 60, f"{name} waits", log=one.log
        )
        assert one.process.poll() is None, f"it ended by itself{tail(one.log)}"
        time.sleep(0.3)
        os.killpg(one.process.pid, signal.SIGINT)
        assert one.process.wait(30) == code, one.said
        assert "Traceback" not in one.said
        assert "Exception ignored" not in one.said
        last = one.said.splitlines()[-1]
        assert last.startswith("pandian: interrupted") or code == DONE


@pytest.mark.parametrize("name", AT_ONCE)
def test_the_others_end_by_themselves(name: str, place: Place) -> None:
    with running(place, [name, *AT_ONCE[name]]) as one:
        assert one.process.wait(60) == 0, one.said
        assert "Traceback" not in one.said
