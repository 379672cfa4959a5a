"""Says whether an export is valid by its owner: by the owner's library, or by the schema that the owner publishes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import great_expectations
import yaml
from jsonschema import Draft201909Validator, Draft202012Validator
from open_data_contract_standard.model import OpenDataContractStandard

from tests.catalogs import avro_json

_SCHEMAS = Path(__file__).parent / "schemas"
_URN = re.compile(r"urn:li:(dataset|tag|glossaryTerm|assertion):[^\s]+", re.DOTALL)


@cache
def _schemas(name: str) -> Any:
    # On the way through JSON DataHub leaves out the part of a name that says where the schema was made.
    return json.loads(
        (_SCHEMAS / name)
        .read_text(encoding="utf-8")
        .replace(".pegasus2avro.", ".")
        .replace('.pegasus2avro"', '"')
    )


def strict_json(text: str) -> Any:
    """Return a JSON document; NaN and infinities are none."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def json_schema(text: str) -> None:
    schema = strict_json(text)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def odcs(text: str) -> None:
    contract = yaml.load(text, yaml.CSafeLoader)
    schema = strict_json(
        files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    )
    errors = list(Draft201909Validator(schema).iter_errors(contract))
    assert not errors, [(list(error.absolute_path), error.message[:200]) for error in errors[:3]]
    assert OpenDataContractStandard.model_validate(contract).schema_ is not None


def great_expectations_suite(text: str) -> None:
    raw = strict_json(text)
    suite = great_expectations.ExpectationSuite(**raw)
    assert len(suite.expectations) == len(raw["expectations"])
    assert suite.name == raw["name"]


def datahub(text: str) -> None:
    _proposals(strict_json(text), lambda aspect: aspect["json"])


def datahub_rest(text: str) -> None:
    for line in text.splitlines():
        body = strict_json(line)
        assert set(body) == {"proposals", "async"}
        assert 0 < len(body["proposals"]) <= 200
        assert len(line.encode()) < 16_000_000
        _proposals(body["proposals"], _serialised)


def _serialised(aspect: dict[str, str]) -> Any:
    assert set(aspect) == {"value", "contentType"}
    assert aspect["contentType"] == "application/json"
    assert aspect["value"].isascii()
    return strict_json(aspect["value"])


def _proposals(proposals: list[dict[str, Any]], value: Callable[[Any], Any]) -> None:
    schemas = _schemas("datahub_aspects.json")
    for one in proposals:
        assert set(one) == {"entityType", "entityUrn", "changeType", "aspectName", "aspect"}
        urn = one["entityUrn"]
        assert _URN.fullmatch(urn), urn
        assert urn.split(":")[2] == one["entityType"]
        assert len(urn.encode()) <= 512
        errors = avro_json.errors(schemas[one["aspectName"]], value(one["aspect"]))
        assert not errors, (one["aspectName"], errors[:3])


def openmetadata(text: str) -> None:
    schemas = _schemas("openmetadata_requests.json")
    for request in strict_json(text)["requests"]:
        errors = list(Draft202012Validator(schemas[request["schema"]]).iter_errors(request["body"]))
        assert not errors, (request["path"], [(list(e.absolute_path), e.message[:200]) for e in errors[:3]])
        # The published pattern of names, which the models leave to the server.
        assert "::" not in request["body"].get("name", "")


def csv_table(text: str) -> None:
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows[1:] for cell in row if re.match(r"\s*[=@|%\t\r]", cell)]
    assert not [cell for row in rows[1:] for cell in row if re.match(r"\s*[+-]", cell) and not _number(cell)]


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class Page(HTMLParser):
    """Elements of a page with their attributes; knows whether they close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("script", "style"):
            self.texts.append(data)


def html(text: str) -> None:
    page = Page(text)
    names = [name for name, _ in page.elements]
    assert names.count("script") == names.count("style") == 1
    assert not {
        "img",
        "link",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "image",
        "use",
        "foreignobject",
    } & set(names)
    for _, attributes in page.elements:
        assert not [
            key
            for key in attributes
            if key.startswith("on") or key in ("src", "style", "xlink:href", "action")
        ]
        assert attributes.get("href", "#").startswith("#")
    identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


#: By the name of the format.
VALID: dict[str, Callable[[str], None]] = {
    "html": html,
    "csv": csv_table,
    "json-schema": json_schema,
    "odcs": odcs,
    "great-expectations": great_expectations_suite,
    "datahub": datahub,
    "datahub-rest": datahub_rest,
    "openmetadata": openmetadata,
}
