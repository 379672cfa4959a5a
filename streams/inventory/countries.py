"""What countries are called in many languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import phonenumbers


@cache
def country_names() -> Mapping[str, Mapping[str, str]]:
    """Return names by ISO 3166 code and language; one that begins with ``*`` is that of the language behind it.

    The table of ``phonenumbers``, read by its file: to import its package loads where every telephone number of the
    world is, 100 MB that nobody asks for.
    """
    path = Path(phonenumbers.__file__).parent / "geodata" / "locale.py"
    spec = spec_from_file_location("phonenumbers.geodata.locale", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    names: Mapping[str, Mapping[str, str]] = module.LOCALE_DATA
    return names
