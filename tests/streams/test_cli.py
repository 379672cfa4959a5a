import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from pandian import __version__
from pandian.errors import PandianError
from streams import cli

PANDIAN = [sys.executable, "-m", "streams.cli"]


def pandian(*arguments, **options):
    return subprocess.run(
        [*PANDIAN, *arguments], capture_output=True, text=True, timeout=60, check=False, **options
    )


@pytest.fixture
def verb(monkeypatch):
    """Let ``pandian try`` run a function."""

    def register(function):
        command = click.command("try")(function)
        monkeypatch.setitem(cli.VERBS, "try", cli.Verb("tests:none", "A test."))
        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: command)

    return register


def test_help_names_every_command_and_imports_none():
    names = [
        "pandian",
        "streams",
        "kafka",
        "rich",
        "pyarrow",
        "pydantic",
        "orjson",
        "numpy",
        "faust",
        "aiohttp",
    ]
    code = (
        "import sys; from streams import cli; assert cli.run(['--help']) == 0;"
        f"print([m for m in {names[2:]} if m in sys.modules], [m for m in sys.modules if m.startswith('streams.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *shown, loaded = done.stdout.splitlines()
    assert loaded == "[] ['streams.cli']"
    for name in ("demo", "worker", "produce", "inventory", "profile"):
        assert any(line.split()[:1] == [name] for line in shown)


@pytest.mark.parametrize("name", list(cli.VERBS))
def test_every_command_has_help_with_an_example(name):
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    text = command.get_help(click.Context(command, info_name=name))
    assert "Example" in text
    assert f"pandian {name}" in text
    assert len(cli.VERBS[name].summary) < 66


def test_help_of_commands_needs_nothing_heavy():
    for name in ("produce", "profile", "inventory", "recommend"):
        code = (
            f"import sys; from streams import cli; assert cli.run(['{name}', '--help']) == 0;"
            "print([m for m in ('kafka', 'rich', 'pyarrow', 'pydantic', 'numpy', 'datasketches') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


def test_version():
    done = pandian("--version")
    assert done.stdout == f"pandian {__version__}\n"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "pandian: No such command 'nonsense'; see pandian --help\n"),
        (["--nonsense"], "pandian: No such option: --nonsense; see pandian --help\n"),
        (["produce"], "pandian: Missing argument 'FILE...'; see pandian produce --help\n"),
        (["produce", "x", "--topic", "t", "--rate", "fast"], None),
    ],
)
def test_bad_usage_is_one_line_and_2(arguments, said):
    done = pandian(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in (None, done.stderr)


def test_an_error_is_one_line_with_its_code_and_a_traceback_only_on_request(verb, capsys):
    def fail():
        raise PandianError("a.csv", "must be\nthere", "make it")

    verb(fail)
    assert cli.run(["try"]) == 1
    assert capsys.readouterr() == ("", "pandian: a.csv: must be there; make it\n")
    assert cli.run(["--debug", "try"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_debug_by_environment(verb, capsys, monkeypatch):
    def fail():
        raise PandianError("a", "b", "c")

    verb(fail)
    monkeypatch.setenv("PANDIAN_DEBUG", "1")
    cli.run(["try"])
    assert "Traceback" in capsys.readouterr().err


def test_an_error_of_our_own_names_its_place_and_not_its_text(verb, capsys):
    def fail():
        raise ValueError("jane.doe@example.com")

    verb(fail)
    assert cli.run(["try"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pandian: ValueError in test_cli.py:")
    assert "jane" not in err
    assert err.count("\n") == 1


def test_interruption_is_one_line_and_130(tmp_path):
    fifo = tmp_path / "f.csv"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [*PANDIAN, "profile", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == "pandian: interrupted\n"


def test_a_reader_that_goes_away_is_no_error(verb, tmp_path):
    script = tmp_path / "x.py"
    script.write_text(
        "import click\nfrom streams import cli\n"
        "command = click.command('try')(lambda: [click.echo('x' * 1000) for _ in range(10_000)])\n"
        "cli.LazyGroup.get_command = lambda *_: command\ncli.main(['try'])\n"
    )
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(20) == cli.BROKEN_PIPE
    assert process.stderr.read() == b""


def test_the_entry_point_is_installed():
    done = subprocess.run(
        [Path(sys.executable).with_name("pandian"), "--version"], capture_output=True, check=True
    )
    assert done.stdout.startswith(b"pandian ")
