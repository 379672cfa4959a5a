"""The contract of what runs in a worker beside its Faust agents."""

from __future__ import annotations

from typing import Protocol


class Part(Protocol):
    """Something with a life of its own in a worker. Parts start in order and close together."""

    async def start(self) -> None:
        """Make topics, load state, register agents. Called once, before the worker joins its group."""
        ...

    async def run(self) -> None:
        """Work until cancelled. What it raises ends the worker."""
        ...

    async def close(self) -> None:
        """Write what is not written yet, within a second. Called before the app stops, while ``run`` still runs; and
        when a part could not start."""
        ...
