"""What can be wrong with vectors of texts."""

from __future__ import annotations

from pandian.errors import PandianError


class TextError(PandianError):
    """Texts cannot be encoded here, or what maps their vectors is not what was written."""
