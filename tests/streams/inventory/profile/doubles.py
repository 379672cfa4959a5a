"""A small classifier and a small masker that really classify and mask, and columns from rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import zstandard

from streams.decode.base import Column, Decoded, Reject, RowGroup
from streams.inventory.base import UNKNOWN, Classification, FieldEvidence, Pii
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


class ToyClassifier:
    """An email by its name or when half of the samples are, a phone by its name. Remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Sequence[FieldEvidence]] = []

    def fields(self, evidence: Sequence[FieldEvidence]) -> dict[str, Classification]:
        self.shown.append(evidence)
        return {one.path: self._one(one) for one in evidence}

    @staticmethod
    def _one(evidence: FieldEvidence) -> Classification:
        if evidence.masked_as is not None:
            return Classification(evidence.masked_as, 1.0, "stands", Pii("personal"))
        hits = sum(bool(EMAIL.fullmatch(text)) for text, _ in evidence.samples)
        if "email" in evidence.path or (hits and 2 * hits >= len(evidence.samples)):
            return Classification("email", 0.9, "form", Pii("personal", hits, len(evidence.samples)))
        if "phone" in evidence.path:
            return Classification("phone", 0.9, "name", Pii("personal", 0, 0))
        return UNKNOWN

    def kind(self, asset: str, fields: Mapping[str, Classification]) -> str:
        return "other"


class ToyMasker:
    """Letters to a, digits to 9; emails anywhere to ``[email]``."""

    def value(self, text: str, semantic_type: str) -> str:
        return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))

    def text(self, text: str) -> str:
        return EMAIL.sub("[email]", text)

    def suspicious(self, texts: Sequence[str]) -> bool:
        return any("@" in text for text in texts)


class CardMasker(ToyMasker):
    """Masks sixteen digits anywhere, too."""

    def text(self, text: str) -> str:
        return re.sub(r"\d{16}", "[card]", super().text(text))

    def suspicious(self, texts: Sequence[str]) -> bool:
        return any(len(text) >= 16 or "@" in text for text in texts)


def policy(max_fields: int = 1000, classifier: Any = None, masker: Any = None) -> ProfilePolicy:
    return ProfilePolicy(classifier or ToyClassifier(), masker or ToyMasker(), max_fields)


def column(path: str, values: Sequence[Any]) -> Column:
    """Make a column as a decoder would; None is a null."""
    present = [value for value in values if value is not None]
    kinds = {type(value).__name__ for value in present}
    return Column(path, present, len(values) - len(present), {}, kinds.pop() if len(kinds) == 1 else "")


def group(rows: Sequence[Mapping[str, Any]], format: str = "json") -> RowGroup:
    paths = dict.fromkeys(path for row in rows for path in row)
    columns = [column(path, [row[path] for row in rows if path in row]) for path in paths]
    return RowGroup(format, range(len(rows)), columns)


def decoded(rows: Sequence[Mapping[str, Any]], rejects: Sequence[str] = ()) -> Decoded:
    return Decoded([group(rows)], [Reject(i, reason, "") for i, reason in enumerate(rejects)])


META = BatchMeta(bytes=10, now_ms=1_700_000_000_000)


def profile_of(rows: Sequence[Mapping[str, Any]], batch: int = 0, **options: Any) -> PartitionProfile:
    """Count rows, in batches of ``batch`` (0: one)."""
    profile = PartitionProfile("t", policy(**options))
    size = batch or max(len(rows), 1)
    for start in range(0, len(rows), size):
        profile.add(decoded(rows[start : start + size]), META)
    return profile


def contents(profile: PartitionProfile) -> bytes:
    """Return all that a serialised profile holds, decompressed."""
    return zstandard.ZstdDecompressor().decompress(profile.to_bytes()[6:], max_output_size=1 << 28)
