"""The Dockerfile, as far as it can be checked without a Docker engine: what it copies, installs and runs as."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from pandian.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


class Instruction(NamedTuple):
    word: str
    rest: str


class Stage(NamedTuple):
    base: str
    name: str
    instructions: list[Instruction]

    def all(self, word: str) -> list[str]:
        return [one.rest for one in self.instructions if one.word == word]


def read() -> tuple[dict[str, str], dict[str, Stage]]:
    """The arguments before the first stage, and the stages by name, in order."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    arguments: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            found = re.fullmatch(r"(\S+) AS (\S+)", rest)
            assert found, f"{line}: every stage has a name"
            stage = stages[found[2]] = Stage(found[1], found[2], [])
        elif stage is None:
            assert word == "ARG"
            name, _, value = rest.partition("=")
            arguments[name] = value
        else:
            stage.instructions.append(Instruction(word, rest))
    return arguments, stages


ARGUMENTS, STAGES = read()


def lineage(name: str) -> list[Stage]:
    """A stage and all that it is made of, by FROM and by COPY --from."""
    stage = STAGES[name]
    found = [stage]
    parents = [
        stage.base,
        *(match for rest in stage.all("COPY") for match in re.findall(r"--from=(\S+)", rest)),
    ]
    for parent in parents:
        if parent in STAGES:
            found += lineage(parent)
    return found


def installs(name: str) -> list[list[str]]:
    """The arguments of every pip install that goes into an image."""
    runs = [rest for stage in lineage(name) for rest in stage.all("RUN")]
    commands = [part for run in runs for part in re.split(r"&&|;", run) if "pip install" in part]
    return [shlex.split(command.partition("pip install")[2]) for command in commands]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out: the last line that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            if (
                fnmatch(path, pattern)
                or fnmatch(path, f"{pattern}/*")
                or fnmatch(path, pattern.removeprefix("**/"))
            ):
                out = not line.startswith("!")
    return out


def test_base_images_do_not_move() -> None:
    outside = {stage.base for stage in STAGES.values()} - STAGES.keys()
    assert outside == {"python:${PYTHON}"}
    assert re.fullmatch(r"3\.\d+\.\d+-slim-\w+", ARGUMENTS["PYTHON"])
    lowest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert ARGUMENTS["PYTHON"].startswith(f"{lowest}.")


def test_the_worker_is_what_is_built_by_default() -> None:
    assert list(STAGES)[-1] == "worker"
    targets = {service["build"]["target"] for service in COMPOSE["services"].values() if "build" in service}
    assert targets == {"worker", "trainer"}
    assert targets <= STAGES.keys()


def test_what_is_copied_is_there_and_not_ignored() -> None:
    copies = [rest.split() for stage in STAGES.values() for rest in stage.all("COPY") if "--from" not in rest]
    sources = {source for *found, _ in copies for source in found}
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not ignored(source), source
    rooms = {
        pattern.removesuffix("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert rooms <= sources
    files = {PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]}
    assert files <= sources
    assert ignored("tests/conftest.py")
    assert ignored(".venv/bin/python")
    assert ignored("streams/__pycache__/cli.pyc")
    assert not ignored("streams/cli.py")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("train.txt", PROJECT["project"]["optional-dependencies"]["train"]),
    ],
)
def test_what_is_installed_are_the_dependencies_of_the_project(
    file: str, expected: list[str], tmp_path: Path
) -> None:
    runs = [rest for stage in STAGES.values() for rest in stage.all("RUN")]
    (line,) = [run for run in runs if run.endswith(f"> {file}")]
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    script = line.replace("python ", f"{shlex.quote(sys.executable)} ", 1)
    subprocess.run(["sh", "-euc", script], cwd=tmp_path, timeout=30, check=True)
    assert (tmp_path / file).read_text(encoding="utf-8").splitlines() == expected


@pytest.mark.parametrize("image", ["worker", "trainer"])
def test_versions_are_those_that_the_tests_ran_with(image: str) -> None:
    found = installs(image)
    assert found
    for arguments in found:
        assert "constraints.txt" in arguments, arguments
        # Source packages would need a compiler; the project itself is built, of Python only.
        assert "--only-binary=:all:" in arguments or "--no-deps" in arguments
    assert any("." in arguments for arguments in found), "the project itself"


def test_the_worker_has_no_torch() -> None:
    files = {word for arguments in installs("worker") for word in arguments if word.endswith(".txt")}
    assert files == {"constraints.txt", "requirements.txt"}
    assert not [line for line in PROJECT["project"]["dependencies"] if re.match(r"torch|onnx\b|scikit", line)]
    assert "train.txt" in {word for arguments in installs("trainer") for word in arguments}


@pytest.mark.parametrize("image", ["worker", "trainer"])
def test_images_run_the_command_as_nobody_special(image: str) -> None:
    stages = lineage(image)
    assert [user for stage in stages for user in stage.all("USER")] == ["pandian"]
    (entry,) = [entry for stage in stages for entry in stage.all("ENTRYPOINT")]
    assert entry == '["pandian"]'
    assert "pandian" in PROJECT["project"]["scripts"]
    (made,) = [run for stage in stages for run in stage.all("RUN") if "useradd" in run]
    (number,) = re.findall(r"--uid (\d+)", made)
    for service in COMPOSE["services"].values():
        if "build" in service:
            assert service["user"] == f"{number}:{number}"
    variables = dict(
        pair.split("=", 1) for stage in stages for rest in stage.all("ENV") for pair in shlex.split(rest)
    )
    ours = {name: value for name, value in variables.items() if name.startswith(PREFIX)}
    assert ours.keys() <= {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    for name in ("PANDIAN_DATADIR", "PANDIAN_MODELS"):
        assert ours[name] in made, "a folder that is not theirs cannot be written"
        assert COMPOSE["services"]["worker"]["environment"][name] == ours[name]
