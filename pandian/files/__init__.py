"""Files as streams of records: csv, tsv, json lines, json and parquet, plain, gzip or zstd, or standard input.

:func:`open_records` tells the format by name and content and gives a :class:`RecordFile`, whose batches hold each
row as the bytes of one JSON object. Rows that break their format's rules are told apart, with line and rule.
"""

from pandian.files.base import BadRow, Batch
from pandian.files.exceptions import FileError
from pandian.files.formats import FORMATS
from pandian.files.opening import RecordFile, check_readable, open_records

__all__ = ["FORMATS", "BadRow", "Batch", "FileError", "RecordFile", "check_readable", "open_records"]
