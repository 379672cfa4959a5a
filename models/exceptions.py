"""Errors of training and evaluation."""

from __future__ import annotations

from pandian.errors import PandianError


class DataError(PandianError):
    """There is nothing to learn from, or it cannot be read as interactions."""


class TrainingError(PandianError):
    """A model cannot be trained as asked."""
