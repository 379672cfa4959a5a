"""A JSON array of objects, or JSON objects one after another, however they are laid out over lines."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from pandian.files.base import MAX_RECORD_BYTES, BadReason, Batch, reason_not_object

_BATCH_CHARS = 1 << 18
_GAP = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


class JsonDocumentsReader:
    """Objects as they stand in the file, byte for byte; memory holds about one batch.

    Something that is not JSON ends the reading, as nothing tells where the next object would start: the rest counts
    as one bad row.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.notices: list[str] = []
        self.total_rows: int | None = None
        self.columns: tuple[str, ...] = ()
        # What is not UTF-8 becomes lone surrogates, which do not encode: the object is then a bad row.
        self._texts = codecs.iterdecode(blocks, "utf-8-sig", "surrogateescape")
        self._text = ""
        self._at = 0
        self._line = 1
        self._in_array = False
        self._ended = False
        self._constants = 0
        self._decoder = json.JSONDecoder(parse_constant=self._note_constant)

    def batches(self) -> Iterator[Batch]:
        """Yield the objects; a batch is about 256 KiB."""
        while not self._ended:
            batch = Batch()
            self._fill(_BATCH_CHARS)
            while not self._ended and self._at < _BATCH_CHARS and self._step(batch):
                pass
            self._text, self._at = self._text[self._at :], 0
            if batch:
                yield batch

    def _step(self, batch: Batch) -> bool:
        """Read one object, or one bracket of an array. Return whether the batch may go on."""
        gap = (_BETWEEN if self._in_array else _GAP).match(self._text, self._at)
        self._move(gap.end() if gap else self._at)
        if self._at == len(self._text):
            if self._more():
                return True
            if self._in_array:
                self._give_up(batch, "json-truncated", "the array must be closed")
            self._ended = True
            return False
        if self._text[self._at] == ("]" if self._in_array else "["):
            self._in_array = not self._in_array
            self._move(self._at + 1)
            return True
        return self._object(batch)

    def _object(self, batch: Batch) -> bool:
        self._constants = 0
        try:
            row, end = self._decoder.raw_decode(self._text, self._at)
        except (ValueError, RecursionError) as error:
            short = len(self._text) - self._at <= MAX_RECORD_BYTES
            if short and not isinstance(error, RecursionError) and self._more():
                return True
            self._give_up(batch, "json-malformed", "what follows must be JSON")
            return False
        # A number at the end of the text may go on in the next piece; an object ends with its bracket.
        if not isinstance(row, dict) and end == len(self._text) and self._more():
            return True
        self._add(row, self._text[self._at : end], batch)
        self._move(end)
        return True

    def _add(self, row: Any, text: str, batch: Batch) -> None:
        if not isinstance(row, dict):
            batch.reject(self._line, reason_not_object(row), "a record must be a JSON object")
        elif self._constants:
            batch.reject(self._line, "json-number", "JSON has no NaN and no Infinity")
        else:
            try:
                batch.accept(text.encode(), row)
            except UnicodeEncodeError:
                batch.reject(self._line, "not-utf8", "JSON must be UTF-8")

    def _give_up(self, batch: Batch, reason: BadReason, rule: str) -> None:
        batch.reject(self._line, reason, f"{rule}; the rest of the file is not read")
        self._ended = True

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        """Read on, at least as much as is there unread (so that a long object costs no more than twice)."""
        before = len(self._text)
        return self._fill(2 * before - self._at + 1) > before

    def _fill(self, size: int) -> int:
        pieces, total = [self._text], len(self._text)
        while total < size and (piece := next(self._texts, "")):
            pieces.append(piece)
            total += len(piece)
        self._text = "".join(pieces)
        return total

    def _note_constant(self, _: str) -> None:
        self._constants += 1
