"""Errors that name the value, the rule and the fix, in one line a person can act on."""

from __future__ import annotations


class PandianError(Exception):
    """Something went wrong while working: the command ends with exit code 1.

    Args:
        value: What was found, as the user would recognise it (never a secret, never personal data).
        rule: What had to hold.
        fix: What the user can do about it.
    """

    exit_code = 1

    def __init__(self, value: str, rule: str, fix: str) -> None:
        self.value = value
        self.rule = rule
        self.fix = fix
        super().__init__(f"{value}: {rule}; {fix}")


class UsageError(PandianError):
    """The user asked for something that cannot be done as asked: exit code 2."""

    exit_code = 2


class SettingError(UsageError):
    """A setting has a value that its rule forbids."""


class BrokerError(PandianError):
    """The Kafka broker cannot be reached or refused what was asked."""


class FormatVersionError(PandianError):
    """State or a message was written by a newer Pandian than this one."""
