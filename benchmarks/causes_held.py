"""Which data moved when an AUC fell, of data sets and faults that the method was not tuned on.

    python -m benchmarks.causes_held [--sets NAME,…] [--shares P,…] [--names FAULT,…] [--show]

As ``benchmarks.causes``, with the shops of ``benchmarks.causes_held_shops`` and the faults of
``benchmarks.causes_held_faults``. A long bench.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.causes import Case, Sizes, cases, is_among_three, is_first, is_right, share_of, show
from benchmarks.causes_held_faults import held_out
from benchmarks.causes_held_shops import FRESH, SEEN
from tests.support.data import data_folder

_SHOPS = {**SEEN, **FRESH}
#: The smallest set has some 20,000 interactions.
_ONSET, _AFTER, _LEAST, _LOOK = 14_000, 5_000, 8_000, 500
_SHARES = (1.0, 0.3)


def held(folder: Path, names: Sequence[str], share: float, faults: Sequence[str] = ()) -> Iterator[Case]:
    """Yield the cases of some shops."""
    sizes = Sizes(onsets=(_ONSET,), after=_AFTER, share=share, names=faults, least=_LEAST, look=_LOOK)
    for name in names:
        yield from cases(_SHOPS[name], folder, sizes, held_out)


def figures(found: Sequence[Case]) -> dict[str, object]:
    """Return the figures of some cases."""
    broken = [one for one in found if one.fault is not None and one.fault.verdict != "behaviour"]
    data = [one for one in broken if one.fault is not None and one.fault.verdict == "data"]
    people = [one for one in found if one.fault is not None and one.fault.verdict == "behaviour"]
    quiet = [one for one in found if one.fault is None]
    return {
        "faults": len(broken),
        "first": round(share_of(broken, is_first), 4),
        "top3": round(share_of(broken, is_among_three), 4),
        "verdict": round(share_of(data, is_right), 4),
        "behaviour": round(share_of(people, is_right), 4),
        "quiet": len(quiet),
        "blamed": round(share_of(quiet, lambda one: one.explanation.verdict == "data"), 4),
        "not first": dict(Counter(_name(one) for one in broken if not is_first(one))),
        "not among three": dict(Counter(_name(one) for one in broken if not is_among_three(one))),
        "wrong verdict": dict(Counter(_name(one) for one in [*data, *people] if not is_right(one))),
    }


def _name(case: Case) -> str:
    fault = case.fault
    return f"{case.shop}: {fault.topic}.{fault.fields[0]} {fault.name}" if fault is not None else case.shop


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(SEEN))
    parser.add_argument("--shares", default=",".join(map(str, _SHARES)))
    parser.add_argument("--names", default="")
    parser.add_argument("--show", action="store_true", help="print what is said of each case")
    options = parser.parse_args()
    folder = data_folder()
    assert folder is not None
    for share in map(float, options.shares.split(",")):
        found = []
        for case in held(folder, options.sets.split(","), share, [*filter(None, options.names.split(","))]):
            found.append(case)
            if options.show:
                show(case)
        print(share)
        for name, value in figures(found).items():
            print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
