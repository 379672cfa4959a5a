"""The README's five commands without Kafka: from a CSV and an empty registry to an explained recommendation."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.processes import free_port, kill_process, start_process, wait_until

_DAY = 86_400


def clicks(path: Path) -> None:
    """Write clicks of people who stay with one of five kinds of items."""
    draw, now = random.Random(1), int(time.time())
    lines = ["user_id,item_id,timestamp"]
    for user in range(150):
        kind, at = draw.randrange(5), now - 30 * _DAY + draw.randrange(28 * _DAY)
        for _ in range(draw.randrange(4, 12)):
            at += draw.randrange(30, 3_000)
            lines.append(f"u{user},item{kind * 20 + draw.randrange(20)},{at}")
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.slow
def test_five_commands(tmp_path: Path) -> None:
    clicks(tmp_path / "clicks.csv")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PANDIAN_")}
    environment |= {"PANDIAN_MODELS": str(tmp_path / "models"), "PANDIAN_DATADIR": str(tmp_path / "data")}
    port, log = free_port(), tmp_path / "worker.log"

    def pandian(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    pandian("train", "clicks.csv", "--out", "model", "--max-seconds", "8", "--threads", "1")
    pandian("models", "add", "model", "--promote")
    command = [sys.executable, "-m", "streams.cli", "worker", "--port", str(port)]
    worker = start_process(command, log=log, env=environment, cwd=tmp_path)
    try:
        wait_until(lambda: "the page:" in log.read_text(), 60, "the worker", 0.1, log)
        broker = re.search(r"embedded broker on (\S+),", log.read_text())
        assert broker is not None
        pandian("produce", "clicks.csv", "--topic", "clicks", "--key", "user_id", "--broker", broker[1])
        url = f"http://127.0.0.1:{port}"

        def answered() -> dict:
            found = json.loads(pandian("recommend", "u42", "-k", "3", "--url", url, "--json"))
            return found if found["items"] and found["fallback"] is None else {}

        wait_until(answered, 60, "an answer of the model", 0.5, log)
        answer = answered()
        card = json.loads((tmp_path / "model" / "card.json").read_text())
        assert (answer["model"], answer["version"]) == (card["model"], card["version"])
        assert len(answer["items"]) == 3
        assert all(item["reason"] for item in answer["items"])
        assert answer["items"][0]["reason"].startswith(("because you", "you "))
    finally:
        kill_process(worker)
