"""What one step of a retraining leaves to the next, as files: the interactions, and what was trained on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from export.registry import Entry
from models.data.histories import Targets
from models.data.log import InteractionLog
from models.retraining.exceptions import WorkError
from models.totals import Totals
from models.training import TrainedModel

LOG, TEST, ENTRY = "interactions.arrow", "test.npz", "entry"
_TARGETS = ("pool", "starts", "ends", "items", "users")


def save_log(folder: Path, log: InteractionLog) -> None:
    """Write interactions so that :func:`load_log` gives the same codes, rows and names.

    Raises:
        OSError: when it cannot be written.
    """
    columns = {
        "user": pa.DictionaryArray.from_arrays(pa.array(log.users), pa.array(log.user_ids, pa.string())),
        "item": pa.DictionaryArray.from_arrays(pa.array(log.items), pa.array(log.item_ids, pa.string())),
        "time": pa.array(log.times),
    }
    table = pa.table(columns).replace_schema_metadata({"read": str(log.read)})
    with pa.OSFile(str(folder / LOG), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def load_log(folder: Path) -> InteractionLog:
    """Return what :func:`save_log` wrote.

    Raises:
        WorkError: when it is something else.
    """
    try:
        with pa.OSFile(str(folder / LOG), "rb") as file:
            table = pa.ipc.open_file(file).read_all()
        users, items = (table[name].combine_chunks() for name in ("user", "item"))
        return InteractionLog(
            np.array(users.indices, np.int64),
            np.array(items.indices, np.int64),
            np.array(table["time"], np.int64),
            tuple(users.dictionary.to_pylist()),
            tuple(items.dictionary.to_pylist()),
            int(table.schema.metadata[b"read"]),
        )
    except (OSError, pa.ArrowException, LookupError, TypeError, ValueError) as error:
        raise _damaged(folder / LOG) from error


def save_test(folder: Path, trained: TrainedModel) -> None:
    """Write what the champion is to be compared on; the entry is in the folder already.

    Raises:
        OSError: when it cannot be written.
    """
    told: dict[str, Any] = {"validation": trained.validation, "seconds": trained.seconds}
    columns = {name: getattr(trained.test, name) for name in _TARGETS}
    with (folder / TEST).open("wb") as file:
        np.savez(file, ranks=trained.ranks, told=np.frombuffer(orjson.dumps(told), np.uint8), **columns)


def load_trained(folder: Path, log: InteractionLog) -> TrainedModel:
    """Return what was trained on a log.

    Raises:
        WorkError: when what it is to be compared on cannot be read.
        EntryError: when its entry is damaged.
    """
    try:
        with np.load(folder / TEST) as found:
            test = Targets(**{name: found[name] for name in _TARGETS})
            ranks, told = found["ranks"], orjson.loads(found["told"].tobytes())
        return TrainedModel(
            Entry.open(folder / ENTRY),
            told["validation"],
            test,
            ranks,
            log.item_ids,
            Totals.of(log),
            told["seconds"],
        )
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise _damaged(folder / TEST) from error


def _damaged(path: Path) -> WorkError:
    return WorkError(str(path), "must be whole", "remove the folder that it is in: all begins anew then")
