"""Collects names of people and places from Faker (MIT) and python-phonenumbers (Apache-2.0), as sets of hashes."""

from __future__ import annotations

import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import faker.providers.address
import faker.providers.person
import numpy as np
import phonenumbers.geodata

from pandian.types.gazetteer import SETS, hashes
from pandian.types.ngrams import words

_CITY = re.compile(r"(?:cit(?:y_names?|ies|y_list)|towns|municipalit|village|communit).*")
_REGION = re.compile(
    r"(?:states?|province|region|prefecture|count(?:y|ies)|department|voivodeship|oblast|canton).*"
)
_STREET = re.compile(r"(?:street|road)_?(?:name|suffix|prefix|s).*")
_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "nl", "pl", "zh", "sv")
_ROADS = set(
    "street st road rd avenue ave lane ln drive dr boulevard blvd court ct place square way highway hwy suite apt "  # noqa: SIM905 - a list of words reads better as text
    "straße str strasse weg platz allee rue via calle avenida rua plaza 路 街 号 弄 室 栋 巷".split()
)


def collect() -> dict[str, set[str]]:
    """Return the names of each set, in lower case."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, values in _lists(faker.providers.person):
        if "format" not in name and ("first_name" in name or "last_name" in name):
            found["given" if "first_name" in name else "family"].update(values)
    for name, values in _lists(faker.providers.address):
        for kind, pattern in (("city", _CITY), ("region", _REGION), ("street", _STREET)):
            if pattern.fullmatch(name) and "format" not in name:
                found[kind].update(values)
    found["street"].update(_ROADS)
    for place in _dialled():
        town, *regions = [part.strip() for part in re.split(r"[,/()]| and | & ", place)]
        found["city"].add(town)
        found["region"].update(regions)
    return {kind: {name.casefold() for name in found[kind] if name} for kind in SETS}


def write(path: Path) -> int:
    """Write the sets of hashes; return how many hashes there are."""
    arrays = {}
    for kind, names in collect().items():
        arrays[kind] = hashes(names)
        arrays[f"{kind}_word"] = hashes({word for name in names for word in words(name)})
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return sum(len(array) for array in arrays.values())


def _lists(package: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the lists of strings that the providers of ``package`` hold, by attribute."""
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        provider = getattr(import_module(module.name), "Provider", None)
        for name in dir(provider):
            values = getattr(provider, name)
            if isinstance(values, (tuple, list, dict)):
                yield name, [value for value in values if isinstance(value, str)]


def _dialled() -> Iterator[str]:
    """Yield the places that telephone numbers belong to."""
    for module in pkgutil.iter_modules(phonenumbers.geodata.__path__):
        data = vars(import_module(f"phonenumbers.geodata.{module.name}"))
        for table in [value for value in data.values() if isinstance(value, dict)]:
            for names in table.values():
                if isinstance(names, dict):
                    yield from (text for language, text in names.items() if language in _LANGUAGES)
