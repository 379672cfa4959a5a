"""What the papers say is so: commands parse, links resolve; settings, metrics, paths and keys are those of the code."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
from jsonschema import Draft202012Validator

from pandian import metrics, topics
from pandian.actions import ACTIONS
from pandian.semantics import KINDS, semantic_types
from pandian.settings import PREFIX, Settings
from streams.cli import cli
from streams.counting.base import ReloadReason
from streams.decode import reasons
from streams.interactions.base import ROLES as PARTS
from streams.interactions.interactions import OUTCOMES
from streams.inventory.masking.finders import FINDERS
from streams.web.files import openapi
from streams.worker import ROLES
from tools import bench_table

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
INVENTORY = ROOT / "docs" / "inventory.md"
INTERACTIONS = ROOT / "docs" / "interactions.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PAPERS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Variables that are no settings: one of the command line, one of the tests.
OTHER_VARIABLES = {"PANDIAN_DEBUG", "PANDIAN_TEST_DATA"}

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What ends a command in a shell line.
ENDS = {"|", "||", "&", "&&", ";", ">", ">>", "<", "(", ")"}

papers = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)


def text(paper: Path) -> str:
    return paper.read_text(encoding="utf-8")


def blocks(paper: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(text(paper)) if name == language]


def section(paper: Path, heading: str) -> str:
    """Return what stands under a heading, subsections included."""
    found = re.search(rf"^(#+) {re.escape(heading)}$\n(.*?)(?=^#{{1,2}} |\Z)", text(paper), re.M | re.S)
    assert found, f"{paper.name} has no heading {heading!r}"
    return found[2]


def rows(markdown: str) -> list[list[str]]:
    """Return the cells of all table rows but headings and rules."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    rules = [place for place, row in enumerate(cells) if all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    headings = {place - 1 for place in rules}
    return [row for place, row in enumerate(cells) if place not in headings | set(rules)]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def slug(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class Call(NamedTuple):
    verb: str
    arguments: list[str]


def calls(script: str) -> Iterator[Call]:
    """Yield the calls of ``pandian`` in shell lines, as a shell would read them."""
    for line in script.replace("\\\n", " ").splitlines():
        words: list[str] = []
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        for word in [*lexer, ";"]:
            if word not in ENDS:
                words.append(word)
                continue
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                del words[0]
            if words and words[0].rpartition("/")[2] == "pandian":
                yield Call(words[1], words[2:])
            words = []


def command(verb: str) -> click.Command:
    found = cli.get_command(click.Context(cli), verb)
    assert found, f"there is no pandian {verb}"
    return found


def resolved(call: Call) -> tuple[click.Command, list[str]]:
    """Return the command that a call means, which may be one of a group, and its arguments."""
    found, arguments = command(call.verb), list(call.arguments)
    while isinstance(found, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        assert name in found.commands, f"there is no pandian {call.verb} {name}"
        found = found.commands[name]
    return found, arguments


@papers
def test_command_lines_parse(paper: Path) -> None:
    for script in blocks(paper, "sh"):
        for call in calls(script):
            found, arguments = resolved(call)
            found.make_context(call.verb, arguments)


def test_there_are_command_lines_to_parse() -> None:
    found = [call.verb for script in blocks(README, "sh") for call in calls(script)]
    assert set(found) >= {"worker", "inventory", "produce", "profile", "train", "models", "recommend"}
    with pytest.raises(click.UsageError):
        command("worker").make_context("worker", ["--tpoics", "x"])


@papers
def test_options_named_in_the_text_are_listed_by_help(paper: Path) -> None:
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text(paper)))
    for span in [span for span in spans if re.match(r"(PANDIAN_\w+=\S+ )*pandian [a-z]", span)]:
        for call in calls(span.replace("…", "")):
            found, arguments = resolved(call)
            options = {name for option in found.params for name in option.opts} | {"--help"}
            used = {word.partition("=")[0] for word in arguments if word.startswith("--")}
            assert used <= options, span


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    script = next(script for script in blocks(README, "sh") if "/tmp/people.csv" in script)
    lines = [line for line in script.splitlines() if not line.startswith(("make ", ". .venv"))]
    script = "\n".join(lines).replace("/tmp/", f"{tmp_path}/")
    pandian = f'pandian() {{ "{sys.executable}" -m streams.cli "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-euc", pandian + script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "PERSONAL" in done.stdout
    assert "masked" in done.stdout
    assert "Ada" not in done.stdout + done.stderr
    assert "example.com" not in done.stdout + done.stderr


def test_the_test_command_stands_where_ci_looks_for_it() -> None:
    lines = [line for script in blocks(README, "sh") for line in script.splitlines()]
    assert [line.split("#")[0].strip() for line in lines if line.startswith("make test")] == ["make test"]


def test_layers_are_those_that_import_linter_holds() -> None:
    (drawing,) = [block for block in blocks(ARCHITECTURE, "") if block.startswith("pandian/")]
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    (layers,) = [one["layers"] for one in project["tool"]["importlinter"]["contracts"] if "layers" in one]
    assert re.findall(r"^  (\w+)/? ", drawing, re.MULTILINE) == layers


def documented_settings() -> dict[str, str]:
    return {code(name)[0]: default.strip("`") for name, default, _ in rows(section(OPERATIONS, "Settings"))}


def shown(default: object) -> str:
    if default is None or default == {}:
        return "unset"
    if isinstance(default, bool):
        return str(int(default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_settings_are_those_of_the_code() -> None:
    expected = {
        f"{PREFIX}{name.upper()}": shown(field.default) for name, field in Settings.model_fields.items()
    }
    assert documented_settings() == expected


@papers
def test_variables_named_anywhere_are_settings(paper: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", text(paper)))
    assert named <= documented_settings().keys() | OTHER_VARIABLES


def test_metrics_are_those_of_the_code() -> None:
    described = {
        code(name)[0]: tuple(code(labels)) for name, _, labels, _ in rows(section(OPERATIONS, "Metrics"))
    }
    known = [value for value in vars(metrics).values() if isinstance(value, metrics.Metric)]
    assert described == {metric.name: metric.labels for metric in known}


def test_reasons_are_those_of_the_code() -> None:
    quarantine = section(OPERATIONS, "Records that cannot be read")
    assert {code(row[0])[0] for row in rows(quarantine)} == set(reasons.EXPLANATIONS)
    reloads = next(row for row in rows(section(OPERATIONS, "Metrics")) if "pandian_reloads_total" in row[0])
    assert set(code(reloads[3])) == {reason.value for reason in ReloadReason}


def test_outcomes_roles_and_actions_of_interactions_are_those_of_the_code() -> None:
    table = rows(section(INTERACTIONS, "What can become of a record"))
    said = {code(name)[0]: re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", says) for name, says in table}
    assert said == OUTCOMES
    roles = [name for row in rows(section(INTERACTIONS, "Which field is what")) for name in code(row[0])]
    assert roles == list(PARTS)
    (actions,) = [line for line in text(INTERACTIONS).splitlines() if line.startswith("- **Actions** are")]
    assert code(actions) == list(ACTIONS)


def test_roles_topics_and_paths_are_those_of_the_code() -> None:
    assert [code(row[0])[0] for row in rows(section(OPERATIONS, "Several workers"))] == list(ROLES)
    made = [code(row[0])[0] for row in rows(section(OPERATIONS, "Topics that Pandian makes"))]
    assert made[:3] == [topics.PROFILES, topics.INVENTORY, topics.QUARANTINE]
    paths = {code(row[0])[0] for row in rows(section(OPERATIONS, "HTTP"))}
    assert paths == set(json.loads(openapi().body)["paths"]) | {"/openapi.json"}


def test_semantic_types_kinds_and_classes_are_those_of_the_code() -> None:
    described = {group: code(names) for group, names in rows(section(INVENTORY, "Semantic types"))}
    expected: dict[str, list[str]] = {}
    for kind in semantic_types().values():
        expected.setdefault(kind.group, []).append(kind.name)
    assert described == expected
    assert code(section(INVENTORY, "Kinds")) == list(KINDS)
    classes = {row[0]: set(code(row[2])) for row in rows(section(INVENTORY, "Personal data"))}
    for cls in ("pseudonym", "personal", "sensitive"):
        assert classes[cls] == {kind.name for kind in semantic_types().values() if kind.pii == cls}


def test_tags_in_texts_are_those_of_the_code() -> None:
    tags = {span for span in code(section(INVENTORY, "Personal data")) if span.startswith("[")}
    assert tags == {f"[{finder.tag}]" for finder in FINDERS}


def profiled(folder: Path) -> dict[str, Any]:
    """Return the asset that ``pandian profile`` makes of a small file."""
    from streams.commands.profile import profile_files

    file = folder / "orders.jsonl"
    file.write_text('{"order_id": 7, "price": 2.5}\n{"order_id": 8, "price": null}\n', encoding="utf-8")
    (asset,) = profile_files([str(file)])
    return asset


def test_keys_of_the_document_are_those_of_the_code(tmp_path: Path) -> None:
    asset = profiled(tmp_path)
    # The merge stage of a worker adds what was.
    assert {code(row[0])[0] for row in rows(section(INVENTORY, "An asset"))} == asset.keys() | {
        "history",
        "best_of_day",
    }
    described = {code(row[0])[0] for row in rows(section(INVENTORY, "A field"))}
    assert described == asset["fields"][0].keys()


@papers
def test_json_in_the_papers_parses(paper: Path) -> None:
    for block in blocks(paper, "json"):
        json.loads(block)


def test_the_example_document_is_one() -> None:
    description = json.loads(openapi().body)
    schema = {"$ref": "#/components/schemas/Inventory", "components": description["components"]}
    (block,) = blocks(INVENTORY, "json")
    example: Mapping[str, Any] = json.loads(block)
    Draft202012Validator(schema).validate(example)
    (asset,) = example["assets"]
    histogram = asset["fields"][0]["histogram"]
    assert sum(histogram["counts"]) == asset["fields"][0]["numbers"]
    assert asset.keys() == {code(row[0])[0] for row in rows(section(INVENTORY, "An asset"))}
    assert asset["fields"][0].keys() == {code(row[0])[0] for row in rows(section(INVENTORY, "A field"))}


def anchors(paper: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", text(paper)), re.MULTILINE)}


@papers
def test_links_between_the_papers_resolve(paper: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text(paper))):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = (paper.parent / target).resolve() if target else paper
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(link)
    assert not broken


def test_pictures_are_small() -> None:
    large = [
        picture.name for picture in (ROOT / "docs" / "images").iterdir() if picture.stat().st_size > 300_000
    ]
    assert not large


def test_figures_in_the_readme_are_those_that_were_measured() -> None:
    rows, then = bench_table.read(), "run: .venv/bin/python tools/bench_table.py"
    assert bench_table.between(text(README)) == bench_table.in_short(rows), then
    assert bench_table.between(text(bench_table.PAGE)) == bench_table.render(rows), then
    assert not rows or set(bench_table.WHAT) <= {row["name"] for row in rows}


def test_figures_are_rendered() -> None:
    row = {"name": "worker_rss_mb", "value": 312.4, "unit": "MB", "against": "a|b", "met": False}
    table = bench_table.render([{**row, "bar": {"op": "<=", "value": 500}}])
    assert "312 MB" in table
    assert "≤ 500 **missed**" in table
    assert "a\\|b" in table
    short = bench_table.in_short([{**row, "bar": {"op": "<=", "value": 300}}])
    assert "| 312 MB | ≤ 300 **missed** |" in short
    assert "Of 1 bars 0 are reached" in short
    before = f"x\n{bench_table.BEGIN}\nold\n{bench_table.END}\ny\n"
    assert bench_table.between(bench_table.replaced(before, table)) == table
    assert bench_table.replaced(before, table).endswith(f"{bench_table.END}\ny\n")
