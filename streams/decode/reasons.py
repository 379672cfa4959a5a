"""Why a record cannot be read: a bounded set of stable codes, each with one line for people.

The codes are used in ``pandian.quarantine``, in metrics (so the set must stay small) and in the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TOMBSTONE: Final = "tombstone"
EMPTY: Final = "empty"
NOT_UTF8: Final = "not-utf8"
NOT_JSON_NOR_CSV: Final = "not-json-nor-csv"
JSON_ARRAY: Final = "json-array"
JSON_SCALAR: Final = "json-scalar"
JSON_NULL: Final = "json-null"
JSON_TRUNCATED: Final = "json-truncated"
JSON_MALFORMED: Final = "json-malformed"
JSON_NUMBER: Final = "json-number"
JSON_SEVERAL_VALUES: Final = "json-several-values"
JSON_TOO_DEEP: Final = "json-too-deep"
CSV_CELL_COUNT: Final = "csv-cell-count"
CSV_CELL_TOO_LONG: Final = "csv-cell-too-long"
CSV_COLUMNS_HEADER: Final = "csv-columns-header"
CSV_QUOTES: Final = "csv-quotes"
TOO_LARGE: Final = "too-large"
NO_ROWS: Final = "no-rows"
COMPRESSED_DAMAGED: Final = "compressed-damaged"
COMPRESSED_DICTIONARY: Final = "compressed-dictionary"
MSGPACK_MALFORMED: Final = "msgpack-malformed"
MSGPACK_NOT_ROWS: Final = "msgpack-not-rows"
PARQUET_MALFORMED: Final = "parquet-malformed"
AVRO_MALFORMED: Final = "avro-malformed"
PROTOBUF_MALFORMED: Final = "protobuf-malformed"
SCHEMA_UNKNOWN: Final = "schema-unknown"
SCHEMA_UNUSABLE: Final = "schema-unusable"
SCHEMA_REGISTRY_DOWN: Final = "schema-registry-down"

#: One line for each code.
EXPLANATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        TOMBSTONE: "The record has a key and no value: Kafka's marker for a deleted key.",
        EMPTY: "The value has no bytes, or nothing but blanks.",
        NOT_UTF8: "The value is not valid UTF-8: another encoding, a binary format, or damaged.",
        NOT_JSON_NOR_CSV: "The value is neither a JSON object nor a CSV line of two or more cells.",
        JSON_ARRAY: "The value is a JSON array that is empty, or whose elements are not all objects.",
        JSON_SCALAR: "The value is a single JSON string, number, true or false; a record is one JSON object.",
        JSON_NULL: "The value is the JSON null; a record is one JSON object.",
        JSON_TRUNCATED: "The JSON ends before it is complete.",
        JSON_MALFORMED: "The value starts like JSON and breaks its grammar.",
        JSON_NUMBER: "A number is NaN, infinite or too large for a 64-bit float, which JSON does not have.",
        JSON_SEVERAL_VALUES: "There is more after the end of a JSON value, and it is no object on a line of its own.",
        JSON_TOO_DEEP: "Objects and arrays are nested deeper than the JSON parser goes (1,024).",
        CSV_CELL_COUNT: "A line has more or fewer cells than the pandian.columns header names, or than the first line.",
        CSV_CELL_TOO_LONG: "A cell is longer than the CSV parser's limit (131,072 characters).",
        CSV_COLUMNS_HEADER: "The record's pandian.columns header is not one readable CSV line.",
        CSV_QUOTES: "A quoted cell is not closed, or goes on after its closing quote (RFC 4180).",
        TOO_LARGE: "What is inside of the value is larger, or is more rows or nesting, than is read of one record.",
        NO_ROWS: "The value is well formed and holds no row.",
        COMPRESSED_DAMAGED: "The gzip or zstd is cut off, fails its checksum, or is followed by something else.",
        COMPRESSED_DICTIONARY: "The zstd was made with a dictionary, which is not here.",
        MSGPACK_MALFORMED: "The value starts like MessagePack and is cut off, damaged or followed by something else.",
        MSGPACK_NOT_ROWS: "The MessagePack is no map with text keys and no array of such maps.",
        PARQUET_MALFORMED: "The value starts and ends like a Parquet file and cannot be read as one.",
        AVRO_MALFORMED: "The Avro is cut off, damaged, or does not follow the schema that it names.",
        PROTOBUF_MALFORMED: "The value is no Protobuf message of the type that it is taken for.",
        SCHEMA_UNKNOWN: "Neither the schema registry nor the schema folder has the schema that the record names.",
        SCHEMA_UNUSABLE: "The record's schema is not valid, not one of rows, or too large or too deep to read by.",
        SCHEMA_REGISTRY_DOWN: "The schema registry did not answer: the record can be read when it is back.",
    }
)
