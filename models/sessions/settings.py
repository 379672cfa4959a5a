"""What the session neighbours can be told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SessionsSettings(BaseModel):
    """Session neighbours. How sessions are weighed is chosen in validation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    gap_minutes: float | None = Field(default=None, gt=0)
    """A session ends where its user does nothing for so long; None: a user is one session, or sessions end at a gap
    that the data shows, whichever is better in validation."""
    per_item: int = Field(default=500, ge=1, le=5_000)
    """The newest sessions of an item, so many, are looked at."""
    neighbours: int = Field(default=500, ge=1, le=5_000)
    """Sessions most like the history, so many, say what comes next."""
    length: int = Field(default=6, ge=1, le=20)
    """Items of a history that look for sessions, the newest."""
    session_length: int = Field(default=20, ge=2, le=200)
    """Different items of a session that are kept, the newest."""
    rows: int = Field(default=4_000_000, ge=1)
    """Rows of sessions that are kept, of the newest sessions: some 16 bytes of the exported model each."""
