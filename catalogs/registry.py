"""The formats by name. An exporter is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from catalogs.base import Exporter


class Format(NamedTuple):
    """Where an exporter is, and what is said about it."""

    target: str
    """``module:attribute`` of an :class:`~catalogs.base.Exporter`."""
    summary: str


#: The formats in the order of the help.
FORMATS: dict[str, Format] = {
    "html": Format("catalogs.html.report:HtmlReport", "one page for people, with plots; needs nothing else"),
    "csv": Format("catalogs.csv_table:CsvTable", "one row a field, for spreadsheets"),
    "json-schema": Format("catalogs.json_schema:JsonSchema", "JSON Schema 2020-12, a file an asset"),
    "odcs": Format("catalogs.odcs:DataContract", "data contract, Open Data Contract Standard 3.1, YAML"),
    "great-expectations": Format(
        "catalogs.great_expectations:ExpectationSuite", "Great Expectations 1.x suite, a file an asset"
    ),
    "datahub": Format("catalogs.datahub.exporters:DataHubFile", "for `datahub ingest` with its file source"),
    "datahub-rest": Format(
        "catalogs.datahub.exporters:DataHubRest", "bodies for POST /aspects?action=ingestProposalBatch"
    ),
    "openmetadata": Format(
        "catalogs.openmetadata.exporter:OpenMetadata", "requests to OpenMetadata's REST API, in order"
    ),
}


def exporter(name: str) -> Exporter:
    """Return the exporter of a format.

    Raises:
        KeyError: there is no such format.
    """
    module, attribute = FORMATS[name].target.split(":")
    made: Exporter = getattr(import_module(module), attribute)()
    return made
