"""What goes wrong here."""

from __future__ import annotations

from pandian.errors import UsageError


class DocumentError(UsageError):
    """What was given is no inventory document; the message names the place, never a value."""

    def __init__(self, place: str, rule: str) -> None:
        super().__init__(
            place, rule, "give what `pandian inventory --json` or `pandian profile --json` printed"
        )
