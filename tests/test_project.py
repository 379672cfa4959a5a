"""What holds for the whole project: sizes, docstrings, pinned versions, and the commands that the papers name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("pandian", "streams", "models", "export", "monitoring", "catalogs")
MODULES = sorted(path for room in (*ROOMS, "benchmarks", "tests") for path in (ROOT / room).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
# In the interface of Faust and of aiohttp, which pin what fits them.
PART_OF_ANOTHER = {"mode-streaming", "multidict", "yarl"}
# Trained and exported with; what serves and counts does without, which import-linter holds.
OFFLINE_ROOMS = {"models", "export"}
TRAIN = [Requirement(line) for line in PROJECT["optional-dependencies"]["train"]]
DEV = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]
# Development tools that code of ours imports, by folder: what it makes is in the repository.
BUILT_WITH = {"monitoring/dashboards": "grafana-foundation-sdk"}
EXTRAS = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]


def test_modules_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) >= 400
    }
    assert not long


def test_modules_say_what_they_are_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.relative_to(ROOT).parts[0] != "tests"
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_packages_are_packages() -> None:
    """A folder without ``__init__.py`` would be left out of the wheel, and of import-linter's view."""
    folders = {path.parent for path in MODULES if path.relative_to(ROOT).parts[0] in ROOMS}
    assert not [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {
        canonicalize_name(name): Version(version)
        for name, _, version in (line.partition("==") for line in lines if "==" in line)
    }
    wrong = [
        str(requirement)
        for requirement in RUNTIME + EXTRAS
        if (pin := pins.get(canonicalize_name(requirement.name))) is None or pin not in requirement.specifier
    ]
    assert not wrong, "run: make pin"


def test_tests_of_one_group_run_in_one_process(tmp_path: Path) -> None:
    """They share what is slow to start: one Kafka, one Prometheus. A pytest that xdist does not know lets go of it."""
    code = """
import os, pathlib, time, pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_it(number):
    time.sleep(0.05)
    pathlib.Path(f"{number}.pid").write_text(str(os.getpid()))
"""
    (tmp_path / "test_groups.py").write_text(code, encoding="utf-8")
    (line,) = re.findall(r"-m pytest (-n .*) \$\(ARGS\)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *line.split(), "test_groups.py"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    pids = {path.read_text() for path in tmp_path.glob("*.pid")}
    assert len(list(tmp_path.glob("*.pid"))) == 6
    assert len(pids) == 1


def test_whatever_is_imported_is_declared() -> None:
    runtime = {canonicalize_name(requirement.name) for requirement in RUNTIME}
    offline = runtime | {canonicalize_name(requirement.name) for requirement in TRAIN}
    belongs = packages_distributions()
    missing = set()
    for path in MODULES:
        room = path.relative_to(ROOT).parts[0]
        if room not in ROOMS:
            continue
        declared = offline if room in OFFLINE_ROOMS else runtime
        declared = declared | {BUILT_WITH.get(str(path.relative_to(ROOT).parent), "")}
        for name in _imported(path) - set(ROOMS) - set(sys.stdlib_module_names):
            owners = {canonicalize_name(owner) for owner in belongs.get(name, [name])}
            if not owners & (declared | PART_OF_ANOTHER):
                missing.add(f"{path.relative_to(ROOT)} imports {name}")
    assert not missing


def test_what_only_builds_is_a_tool_of_development() -> None:
    tools = {canonicalize_name(requirement.name) for requirement in DEV}
    needed = {canonicalize_name(requirement.name) for requirement in RUNTIME + TRAIN}
    assert set(BUILT_WITH.values()) <= tools - needed
    assert all((ROOT / folder).is_dir() for folder in BUILT_WITH)


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md"])
def test_make_commands_in_the_papers_exist(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, flags=re.MULTILINE))
    assert named
    listing = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert named <= set(re.findall(r"^  make ([a-z-]+)", listing, flags=re.MULTILINE))


@pytest.mark.parametrize(
    "paper",
    ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))],
)
def test_paths_in_the_papers_exist(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    rooms = "|".join((*ROOMS, "tests", "benchmarks", "tools", "docs"))
    named = set(re.findall(rf"`((?:{rooms})/[A-Za-z0-9_./-]*[A-Za-z0-9_/])`", text))
    gone = [path for path in named if not (ROOT / path).exists() and path != "benchmarks/results/latest.json"]
    assert not gone
