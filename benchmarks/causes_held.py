"""Which data moved when an AUC fell, of data sets and faults that the method was not made on.

    python -m benchmarks.causes_held [--sets NAME,…] [--shares P,…] [--names FAULT,…] [--show] [--write]

As ``benchmarks.causes``, with the shops of ``benchmarks.causes_held_shops``, the faults of
``benchmarks.causes_held_faults`` and what happens while no data moves (``benchmarks.causes_unmoved``). The ``seen``
sets were looked at while the method was mended, the ``fresh`` one was not. From the command line all faults are
tried, which is a long bench, and ``--write`` keeps the result; among the other benches it is every eighth of them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.base import Row, real_data
from benchmarks.causes import Case, Watched, cases, is_among_three, is_first, is_right, share_of, show
from benchmarks.causes import Sizes as Replays
from benchmarks.causes_faults import Fault
from benchmarks.causes_held_faults import held_out
from benchmarks.causes_held_shops import FRESH, ONCE, SEEN
from benchmarks.causes_replay import Replay, policy
from benchmarks.causes_shops import Sent, Shop
from benchmarks.causes_unmoved import unmoved

_SHOPS = {**SEEN, **ONCE, **FRESH}
#: The smallest set has some 20,000 interactions.
_ONSET, _AFTER, _LEAST, _LOOK = 14_000, 5_000, 8_000, 500
_SHARES = (1.0, 0.3)
_FIRST, _THREE = 0.85, 1.0
RESULT = Path(__file__).parent / "results" / "causes-held.json"


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """The outcome is the same each time."""
    sets: Sequence[str] = tuple(_SHOPS)
    share: float = 1.0
    """Of the records that a fault changes: how many it does change."""
    every: int = 8
    """Of so many faults one is tried in each set, another one in the next."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how often the true cause is first, among the first three, and the verdict right.

    Raises:
        Skipped: the real data are not there.
    """
    sizes = sizes or Sizes()
    folder = real_data()
    found = [one for name in sizes.sets for one in held(folder, name, sizes.share, every=sizes.every)]
    of = figures(found)
    how = f"{of['faults']} faults in replays of {len(sizes.sets)} real data sets that the method was not made on"
    missed = {"not": of["not first"]}
    yield Row("cause_held_first", float(str(of["first"])), "of the faults", how, (">=", _FIRST), missed)
    yield Row("cause_held_top3", float(str(of["top3"])), "of the faults", how, (">=", _THREE))
    detail = {"not": of["wrong verdict"]}
    yield Row(
        "cause_held_verdict", float(str(of["verdict"])), "of the faults are called data", how, None, detail
    )
    how = f"{of['alarms for another model']} alarms while no data moves"
    yield Row("cause_held_model", float(str(of["model"])), "are called model, or behaviour, rightly", how)


def held(
    folder: Path, name: str, share: float, names: Collection[str] = (), every: int = 1
) -> Iterator[Case]:
    """Yield the cases of one shop, and what happens there while no data moves."""
    shop = _SHOPS[name]
    first = [*_SHOPS].index(name)

    def some(shop: Shop, sent: Sequence[Sent]) -> Iterator[Fault]:
        yield from [*held_out(shop, sent)][first % every :: every]

    sizes = Replays(onsets=(_ONSET,), after=_AFTER, share=share, names=[*names], least=_LEAST, look=_LOOK)
    yield from cases(shop, folder, sizes, some)
    if share == 1.0 and not names:
        chance = random.Random(name)
        sent = list(shop.sent(folder, _ONSET + _AFTER))
        watched = Watched(Replay(policy()), shop.step_ms, _LOOK)
        watched.play(sent, 0, _ONSET + _AFTER, [], chance)
        yield from unmoved(shop, sent, watched, _ONSET, _AFTER, chance)


def figures(found: Sequence[Case]) -> Mapping[str, object]:
    """Return the figures of some cases."""
    faulty = [one for one in found if one.fault is not None]
    still = [one for one in faulty if not one.fault.fields]
    broken = [one for one in faulty if one.fault.fields and one.fault.verdict != "behaviour"]
    data = [one for one in broken if one.fault.verdict == "data"]
    people = [one for one in faulty if one.fault.fields and one.fault.verdict == "behaviour"]
    quiet = [one for one in found if one.fault is None]
    return {
        "faults": len(broken),
        "first": round(share_of(broken, is_first), 4),
        "top3": round(share_of(broken, is_among_three), 4),
        "verdict": round(share_of(data, is_right), 4),
        "people": len(people),
        "behaviour": round(share_of(people, is_right), 4),
        "alarms for another model": len(still),
        "model": round(share_of(still, is_right), 4),
        "alarms for nothing": len(quiet),
        "that blame data": round(share_of(quiet, lambda one: one.explanation.verdict == "data"), 4),
        "not first": _counted(one for one in broken if not is_first(one)),
        "not among three": _counted(one for one in broken if not is_among_three(one)),
        "wrong verdict": _counted(one for one in [*data, *people, *still] if not is_right(one)),
    }


def _counted(found: Iterator[Case]) -> dict[str, int]:
    return dict(Counter(_name(one) for one in found))


def _name(case: Case) -> str:
    fault = case.fault
    if fault is None:
        return case.shop
    field = f"{fault.topic}.{fault.fields[0]} " if fault.fields else ""
    return f"{case.shop}: {field}{fault.name}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(_SHOPS))
    parser.add_argument("--shares", default=",".join(map(str, _SHARES)))
    parser.add_argument("--names", default="")
    parser.add_argument("--show", action="store_true", help="print what is said of each case")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {RESULT.name}")
    options = parser.parse_args()
    folder = real_data()
    kept = {}
    for share in map(float, options.shares.split(",")):
        by_set: dict[str, list[Case]] = {}
        for name in options.sets.split(","):
            for case in held(folder, name, share, [*filter(None, options.names.split(","))]):
                by_set.setdefault(name, []).append(case)
                if options.show:
                    show(case)
        for group, names in (("seen", SEEN), ("seen once", ONCE), ("fresh", FRESH)):
            for name in filter(by_set.__contains__, names):
                kept[f"{name} ({group}), {share:.0%} of the records"] = figures(by_set[name])
    for title, of in kept.items():
        print(title)
        for figure, value in of.items():
            print(f"  {figure}: {value}")
    if options.write:
        RESULT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
