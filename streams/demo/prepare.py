"""Makes ``online_retail.parquet`` from the order lines as CSV: ``python -m streams.demo.prepare lines.csv.gz``.

Every cell stays the text that it is in the CSV, and every row stays where it is; only the file format changes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from streams.demo.dataset import OrderLine

DATE = OrderLine._fields.index("InvoiceDate")


def read(source: Path) -> pa.Table:
    """Return the CSV (plain or gzip) as columns of text; a blank cell is an empty string, nothing is a null.

    Raises:
        ValueError: when the columns are others, or the rows are not in order of time.
    """
    table = pyarrow.csv.read_csv(
        source,
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(OrderLine._fields, pa.string()), strings_can_be_null=False
        ),
    )
    if tuple(table.column_names) != OrderLine._fields:
        raise ValueError(f"{source}: the columns must be {', '.join(OrderLine._fields)}")
    times = table.column(DATE).to_pylist()
    if times != sorted(times):
        raise ValueError(f"{source}: the rows must be in order of InvoiceDate")
    return table


def write(table: pa.Table, target: Path) -> None:
    """Write the rows as small as Parquet can: zstd at its highest level, one row group, dictionaries."""
    pq.write_table(
        table.combine_chunks(),
        target,
        compression="zstd",
        compression_level=22,
        row_group_size=table.num_rows,
        dictionary_pagesize_limit=8 << 20,
        write_statistics=False,
        store_schema=False,
    )


def main() -> None:
    """Read the CSV named on the command line and write the Parquet file beside this module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the order lines: CSV with a header line, plain or gzip")
    table = read(parser.parse_args().source)
    target = Path(__file__).with_name("online_retail.parquet")
    write(table, target)
    print(f"{target}: {table.num_rows:,} rows, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
