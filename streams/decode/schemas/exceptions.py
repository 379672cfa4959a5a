"""Why a schema cannot be had."""

from __future__ import annotations


class SchemaError(Exception):
    """A schema cannot be had. The message holds nothing of a record's content, and no password."""


class UnknownSchemaError(SchemaError):
    """The source says that it has no such schema."""


class RegistryDownError(SchemaError):
    """The registry did not answer, or not as one: what it would have said is not known."""


class UnusableSchemaError(SchemaError):
    """The schema cannot be understood, or reading by it would have no bounds."""
