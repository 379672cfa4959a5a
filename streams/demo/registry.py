"""Where the demo's model is kept: a folder of its own, or the registry that the user names."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from export.registry import Entry, ModelRegistry, Pointer, RegistryError, open_registry
from pandian.errors import UsageError
from pandian.settings import Settings

_BY = "pandian demo"


@contextmanager
def demo_registry(settings: Settings) -> Iterator[str]:
    """Give the address of a registry for a ``with`` block.

    Without ``PANDIAN_MODELS`` it is a temporary one, which goes at the end: a demo is not to fill, or to change, what
    workers serve from.

    Raises:
        UsageError: when ``PANDIAN_MODELS`` has a champion that is not of a demo: workers may be serving it.
    """
    if "models" in settings.model_fields_set:
        now = _champion(open_registry(settings))
        if now and now.by != _BY:
            raise UsageError(
                f"PANDIAN_MODELS={settings.models}",
                f"has a champion that the demo would replace, {now.model} {now.version}",
                "name another folder, or unset it for one that ends with the demo",
            )
        yield settings.models
        return
    with tempfile.TemporaryDirectory(prefix="pandian-demo-", ignore_cleanup_errors=True) as folder:
        yield str(Path(folder, "models"))


def _champion(registry: ModelRegistry) -> Pointer | None:
    """Return who answers now; of a registry that cannot be read nobody does, and the demo goes on without it."""
    try:
        return registry.champion()
    except RegistryError:
        return None


def promote(settings: Settings, trained: Path) -> Entry:
    """Add a trained entry to the registry and let it answer.

    Raises:
        PandianError: when it is no entry that can be trusted.
    """
    registry = open_registry(settings)
    entry = registry.add(trained)
    registry.promote(entry.model, entry.version, by=_BY, why="trained on the first months of the shop")
    return entry
