"""Settings as a TOML file that ``pandian train`` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel

from models.config import TrainConfig


def config_toml(config: TrainConfig, leave: Sequence[str] = ()) -> str:
    """Return what differs from the defaults.

    Args:
        config: settings; :func:`models.config.load_config` reads the same from the text, but for what is left out.
        leave: fields that are left out.
    """
    lines, tables = [], []
    for name, value in _changed(config).items():
        if name in leave:
            continue
        if isinstance(value, BaseModel):
            inner = _changed(value)
            tables += ["", f"[{name}]", *(f"{key} = {_toml(one)}" for key, one in inner.items())]
        else:
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join([*lines, *tables]).strip() + "\n"


def _changed(settings: BaseModel) -> dict[str, Any]:
    found = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if value is not None and value != field.default:
            found[name] = value
    return found


def _toml(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_toml(str(key))} = {_toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        # A text of JSON is one of TOML, but for this character.
        return orjson.dumps(str(value)).decode().replace("\x7f", "\\u007f")
    return repr(value)
